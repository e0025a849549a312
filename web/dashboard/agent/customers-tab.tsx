import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ItemOf } from '../../../client/index.ts';
import { asDay } from '../agents/words.ts';
import { asSentence, NOTHING } from '../calls/words.ts';
import { useNotify } from '../shell/notifications.tsx';
import { PageLoading } from '../shell/pages.tsx';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { useClient } from '../shell/use-client.ts';
import { Confirm } from './confirm.tsx';
import type { TabProps } from './tabs.ts';

type Customer = ItemOf<'listCustomers'>;

const nameOf = ({ displayName, identities, customerId }: Customer): string =>
  displayName ?? identities[0]?.value ?? customerId.slice(0, 8);

/** Who writes and calls, and what is known of them. */
export function CustomersTab({ read: { agent } }: TabProps) {
  const client = useClient();
  const { agentId } = agent;
  const [shown, setShown] = useState<Customer>();
  const [erased, setErased] = useState<Customer>();
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['customers', agentId],
    initialPageParam: '',
    queryFn: async ({ pageParam, signal }) => {
      const query = pageParam === '' ? {} : { cursor: pageParam };
      return (await client.call('listCustomers', { path: { agentId }, query, signal })).data;
    },
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
  if (error) return <ProblemAlert error={error} retry={() => void refetch()} />;
  return (
    <>
      <Table
        header={
          <Header variant="h2" description="Remembered across channels; forgotten when they stay away.">
            Customers
          </Header>
        }
        loading={isPending}
        loadingText="Reading the customers"
        items={data?.pages.flatMap(({ customers }) => customers) ?? []}
        trackBy="customerId"
        ariaLabels={{ tableLabel: 'Customers' }}
        empty={<Box color="text-body-secondary">Nobody has written or called yet.</Box>}
        columnDefinitions={[
          {
            id: 'name',
            header: 'Customer',
            isRowHeader: true,
            cell: (customer) => (
              <Button variant="inline-link" onClick={() => setShown(customer)}>
                {nameOf(customer)}
              </Button>
            ),
          },
          {
            id: 'identities',
            header: 'Reached by',
            cell: ({ identities }) => identities.map(({ kind }) => asSentence(kind)).join(', ') || NOTHING,
          },
          { id: 'entries', header: 'Things said', cell: ({ entries }) => entries },
          {
            id: 'channel',
            header: 'Last channel',
            cell: ({ lastChannel }) => (lastChannel === null ? NOTHING : asSentence(lastChannel)),
          },
          { id: 'seen', header: 'Last seen', cell: ({ lastSeenAt }) => asDay(lastSeenAt) },
          {
            id: 'erase',
            header: 'Erase',
            cell: (customer) => (
              <Button variant="inline-link" ariaLabel={`Erase ${nameOf(customer)}`} onClick={() => setErased(customer)}>
                Erase
              </Button>
            ),
          },
        ]}
        footer={
          hasNextPage && (
            <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              More customers
            </Button>
          )
        }
      />
      {shown !== undefined && <CustomerDetail customer={shown} onClose={() => setShown(undefined)} />}
      {erased !== undefined && <Erase agentId={agentId} customer={erased} onClose={() => setErased(undefined)} />}
    </>
  );
}

interface OneProps {
  readonly customer: Customer;
  readonly onClose: () => void;
}

function Erase({ agentId, customer, onClose }: OneProps & { readonly agentId: string }) {
  const client = useClient();
  const queries = useQueryClient();
  const notify = useNotify();
  const erase = useMutation({
    mutationFn: () => client.call('eraseCustomer', { path: { customerId: customer.customerId } }),
    onSuccess: () => notify({ type: 'success', header: `${nameOf(customer)} is forgotten` }),
    onError: (error) => notify.problem(error, 'The customer was not erased'),
    onSettled: async () => {
      await queries.invalidateQueries({ queryKey: ['customers', agentId] });
      onClose();
    },
  });
  return (
    <Confirm
      title={`Erase ${nameOf(customer)}?`}
      action="Erase"
      isBusy={erase.isPending}
      onAnswer={(yes) => (yes ? erase.mutate() : onClose())}
    >
      <Alert type="warning">Everything they said and everything known of them is deleted. This cannot be undone.</Alert>
    </Confirm>
  );
}

function CustomerDetail({ customer, onClose }: OneProps) {
  const client = useClient();
  const { customerId } = customer;
  const { data, error } = useQuery({
    queryKey: ['customer', customerId],
    queryFn: async ({ signal }) => (await client.call('getCustomer', { path: { customerId }, signal })).data,
  });
  const facts = Object.entries(data?.facts ?? {});
  return (
    <Modal visible size="large" header={nameOf(customer)} closeAriaLabel="Close" onDismiss={onClose}>
      <SpaceBetween size="m">
        {error && <ProblemAlert error={error} />}
        {!data && !error && <PageLoading what="Reading what was said" />}
        {facts.length > 0 && <KeyValuePairs columns={2} items={facts.map(([label, value]) => ({ label, value }))} />}
        {data?.summary && <Box variant="p">{data.summary}</Box>}
        {data && (
          <ol className="oratio-places" aria-label="Conversation, newest first">
            {data.conversation.map(({ entry, role, channel, text, atMs }) => (
              <li key={entry}>
                <Box variant="small" color="text-body-secondary">
                  {role === 'user' ? 'Customer' : role === 'human' ? 'Your team' : 'Agent'}, {asSentence(channel)},{' '}
                  {asDay(atMs / 1000)}
                </Box>
                <div>{text}</div>
              </li>
            ))}
          </ol>
        )}
      </SpaceBetween>
    </Modal>
  );
}
