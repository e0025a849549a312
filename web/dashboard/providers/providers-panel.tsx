import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { besides } from '../calls/field-errors.ts';
import { useNotify } from '../shell/notifications.tsx';
import { PageLoading } from '../shell/pages.tsx';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { useClient } from '../shell/use-client.ts';
import { PartForm } from './part-form.tsx';
import { changesOf, draftsOf, missingFields, type Providers } from './provider-draft.ts';
import { PARTS } from './provider-table.ts';

/** What was read, with the ETag that its change is made against. */
interface ReadProviders {
  readonly providers: Providers;
  readonly etag: string | undefined;
}

/** Whose services an agent hears, thinks and speaks with. */
export function ProvidersPanel({ agentId }: { readonly agentId: string }) {
  const client = useClient();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['providers', agentId],
    queryFn: async ({ signal }): Promise<ReadProviders> => {
      const { data: providers, etag } = await client.call('getProviders', { path: { agentId }, signal });
      return { providers, etag };
    },
    // What is being written is not exchanged below somebody's hands.
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (isPending) return <PageLoading what="Reading providers" />;
  if (data === undefined) return <ProblemAlert error={error} retry={() => void refetch()} />;
  return <Form key={`${agentId} ${data.etag}`} agentId={agentId} read={data} reload={() => void refetch()} />;
}

interface FormProps {
  readonly agentId: string;
  readonly read: ReadProviders;
  readonly reload: () => void;
}

function Form({ agentId, read: { providers, etag }, reload }: FormProps) {
  const client = useClient();
  const queries = useQueryClient();
  const notify = useNotify();
  const [drafts, setDrafts] = useState(() => draftsOf(providers));
  const changes = changesOf(providers, drafts);
  const isIncomplete = PARTS.some((part) => part in changes && missingFields(part, drafts[part]).length > 0);
  const save = useMutation({
    mutationFn: () =>
      client.call('putProviders', {
        path: { agentId },
        body: changes,
        ...(etag === undefined ? {} : { ifMatch: etag }),
      }),
    onSuccess: ({ data, etag: next }) => {
      queries.setQueryData<ReadProviders>(['providers', agentId], { providers: data, etag: next });
      notify({ type: 'success', content: 'Saved. Calls that go on take it up with their next turn.' });
    },
  });
  const rest = save.error
    ? besides(
        save.error,
        PARTS.map((part) => `/${part}`),
      )
    : undefined;
  return (
    <SpaceBetween size="l">
      {rest !== undefined && <ProblemAlert error={rest} retry={reload} />}
      {PARTS.map((part) => (
        <PartForm
          key={part}
          agentId={agentId}
          part={part}
          draft={drafts[part]}
          keyLastFour={providers[part].keyLastFour}
          error={save.error}
          change={(draft) => setDrafts((before) => ({ ...before, [part]: draft }))}
        />
      ))}
      <SpaceBetween size="xs" direction="horizontal">
        <Button
          variant="primary"
          disabled={Object.keys(changes).length === 0 || isIncomplete}
          loading={save.isPending}
          onClick={() => save.mutate()}
        >
          Save
        </Button>
        <Button disabled={Object.keys(changes).length === 0} onClick={() => setDrafts(draftsOf(providers))}>
          Undo changes
        </Button>
      </SpaceBetween>
    </SpaceBetween>
  );
}
