import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { BodyOf, ItemOf } from '../../../client/index.ts';
import { asDay } from '../agents/words.ts';
import { useNotify } from '../shell/notifications.tsx';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { useClient } from '../shell/use-client.ts';
import { Confirm } from './confirm.tsx';
import { Copy } from './overview-tab.tsx';
import type { TabProps } from './tabs.ts';
import { faultAt, isElsewhere } from './use-change.ts';

type ApiKey = ItemOf<'listApiKeys'>;
type Scope = ApiKey['scopes'][number];

const SCOPES: readonly { readonly id: Scope; readonly text: string; readonly about: string }[] = [
  { id: 'agents:talk', text: 'Talk', about: 'Calls, from a browser or program.' },
  { id: 'agents:ask', text: 'Ask', about: 'Questions in writing.' },
];

const scopeText = (scopes: readonly Scope[]): string =>
  SCOPES.flatMap(({ id, text }) => (scopes.includes(id) ? [text] : [])).join(', ');

/** Keys for websites and programs. */
export function KeysTab({ read: { agent } }: TabProps) {
  const client = useClient();
  const { agentId } = agent;
  const [isCreating, setCreating] = useState(false);
  const [revoked, setRevoked] = useState<ApiKey>();
  const keys = useQuery({
    queryKey: ['keys', agentId],
    queryFn: async ({ signal }) => (await client.call('listApiKeys', { path: { agentId }, signal })).data.apiKeys,
  });
  const revoke = useRevoke(agentId);
  if (keys.error) return <ProblemAlert error={keys.error} retry={() => void keys.refetch()} />;
  return (
    <>
      <Table
        header={
          <Header
            variant="h2"
            counter={keys.data ? `(${keys.data.length})` : ''}
            description="For websites and programs that talk to this agent. A key is shown once."
            actions={<Button onClick={() => setCreating(true)}>Create key</Button>}
          >
            API keys
          </Header>
        }
        loading={keys.isPending}
        loadingText="Reading the keys"
        items={keys.data ?? []}
        trackBy="keyId"
        ariaLabels={{ tableLabel: 'API keys' }}
        empty={<Box color="text-body-secondary">No keys yet.</Box>}
        columnDefinitions={[
          { id: 'name', header: 'Name', isRowHeader: true, cell: ({ name }) => name },
          {
            id: 'key',
            header: 'Key',
            cell: ({ start, lastFour }) => (
              <code>
                {start}…{lastFour}
              </code>
            ),
          },
          { id: 'scopes', header: 'May', cell: ({ scopes }) => scopeText(scopes) },
          { id: 'created', header: 'Created', cell: ({ createdAt }) => asDay(createdAt) },
          {
            id: 'expires',
            header: 'Ends',
            cell: ({ expiresAt }) => (expiresAt === null ? 'With the agent' : asDay(expiresAt)),
          },
          {
            id: 'used',
            header: 'Last used',
            cell: ({ lastUsedAt }) => (lastUsedAt === null ? 'Never' : asDay(lastUsedAt)),
          },
          {
            id: 'revoke',
            header: 'Revoke',
            cell: (key) => (
              <Button variant="inline-link" ariaLabel={`Revoke ${key.name}`} onClick={() => setRevoked(key)}>
                Revoke
              </Button>
            ),
          },
        ]}
      />
      {isCreating && <CreateKey agentId={agentId} onClose={() => setCreating(false)} />}
      {revoked !== undefined && (
        <Confirm
          title={`Revoke ${revoked.name}?`}
          action="Revoke"
          isBusy={revoke.isPending}
          onAnswer={(yes) => {
            if (yes) revoke.mutate(revoked.keyId, { onSettled: () => setRevoked(undefined) });
            else setRevoked(undefined);
          }}
        >
          Whoever uses it is refused from then on.
        </Confirm>
      )}
    </>
  );
}

function useRevoke(agentId: string) {
  const client = useClient();
  const queries = useQueryClient();
  const notify = useNotify();
  return useMutation({
    mutationFn: (keyId: string) => client.call('deleteApiKey', { path: { agentId, keyId } }),
    onSuccess: () => notify({ type: 'success', header: 'The key is revoked' }),
    onError: (error) => notify.problem(error, 'The key was not revoked'),
    onSettled: () => queries.invalidateQueries({ queryKey: ['keys', agentId] }),
  });
}

interface CreateKeyProps {
  readonly agentId: string;
  readonly onClose: () => void;
}

function useCreateKey(agentId: string) {
  const client = useClient();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (body: BodyOf<'createApiKey'>) =>
      (await client.call('createApiKey', { path: { agentId }, body })).data,
    onSettled: () => queries.invalidateQueries({ queryKey: ['keys', agentId] }),
  });
}

const isDays = (days: string): boolean => /^\d{1,4}$/.test(days) && Number(days) >= 1 && Number(days) <= 3650;

function CreateKey({ agentId, onClose }: CreateKeyProps) {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly Scope[]>(['agents:talk']);
  const [days, setDays] = useState('');
  const [isTried, setTried] = useState(false);
  const create = useCreateKey(agentId);
  const nameFault = isTried && name.trim() === '' ? 'Say what the key is for.' : faultAt(create.error, '/name');
  const scopeFault = isTried && scopes.length === 0 ? 'Choose at least one.' : faultAt(create.error, '/scopes');
  const daysFault =
    days !== '' && !isDays(days) ? 'A whole number from 1 to 3650.' : faultAt(create.error, '/expiresInDays');
  const submit = (): void => {
    setTried(true);
    if (name.trim() === '' || scopes.length === 0 || (days !== '' && !isDays(days))) return;
    create.mutate({
      name: name.trim(),
      scopes: [...scopes],
      ...(days === '' ? {} : { expiresInDays: Number(days) }),
    });
  };
  // One dialog for both: another one would give the focus back to a button of the first.
  return (
    <Modal
      visible
      header={create.data ? 'The key' : 'Create an API key'}
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          {create.data ? (
            <Button variant="primary" onClick={onClose}>
              I have kept it
            </Button>
          ) : (
            <SpaceBetween direction="horizontal" size="xs">
              <Button variant="link" onClick={onClose}>
                Cancel
              </Button>
              <Button variant="primary" loading={create.isPending} onClick={submit}>
                Create
              </Button>
            </SpaceBetween>
          )}
        </Box>
      }
    >
      {create.data ? (
        <ShownOnce apiKey={create.data.key} />
      ) : (
        <SpaceBetween size="m">
          {isElsewhere(create.error, ['/name', '/scopes', '/expiresInDays']) && <ProblemAlert error={create.error} />}
          <FormField label="Name" description="What it is for." errorText={nameFault}>
            <Input value={name} placeholder="Shop website" onChange={({ detail }) => setName(detail.value)} />
          </FormField>
          <FormField label="May" errorText={scopeFault}>
            {SCOPES.map(({ id, text, about }) => (
              <Checkbox
                key={id}
                checked={scopes.includes(id)}
                description={about}
                onChange={({ detail }) =>
                  setScopes(detail.checked ? [...scopes, id] : scopes.filter((scope) => scope !== id))
                }
              >
                {text}
              </Checkbox>
            ))}
          </FormField>
          <FormField label="Ends after days" description="Empty: with the agent." errorText={daysFault}>
            <Input value={days} inputMode="numeric" onChange={({ detail }) => setDays(detail.value.trim())} />
          </FormField>
        </SpaceBetween>
      )}
    </Modal>
  );
}

const ShownOnce = ({ apiKey }: { readonly apiKey: string }) => (
  <SpaceBetween size="m">
    <Alert type="warning">It is shown now and never again. Keep it where you keep passwords.</Alert>
    <Copy text={apiKey} what="the key" />
  </SpaceBetween>
);
