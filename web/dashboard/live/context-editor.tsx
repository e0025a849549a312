import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Textarea from '@cloudscape-design/components/textarea';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { memo, useState } from 'react';
import { codeOf } from '../calls/field-errors.ts';
import { useNotify } from '../shell/notifications.tsx';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { useClient } from '../shell/use-client.ts';
import { type JsonObject, mergePatchOf, readJsonObject } from './merge-patch.ts';

/** What the agent is told about this call, to be edited while it goes on. */
export const ContextEditor = memo(function ContextEditor({ callId }: { readonly callId: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <ExpandableSection
      variant="container"
      headerText="Context of this call"
      headerDescription="Facts about this call; the agent knows them from its next answer on."
      expanded={isOpen}
      onChange={({ detail }) => setOpen(detail.expanded)}
    >
      {isOpen && <ContextForm callId={callId} />}
    </ExpandableSection>
  );
});

function ContextForm({ callId }: { readonly callId: string }) {
  const client = useClient();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['call-context', callId],
    queryFn: async ({ signal }) => {
      const { contextOverride } = (await client.call('getCall', { path: { callId }, signal })).data;
      return (contextOverride ?? {}) as JsonObject;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (isPending) return <StatusIndicator type="loading">Reading the context</StatusIndicator>;
  if (data === undefined) return <ProblemAlert error={error} retry={() => void refetch()} />;
  return <JsonForm callId={callId} context={data} />;
}

function JsonForm({ callId, context }: { readonly callId: string; readonly context: JsonObject }) {
  const client = useClient();
  const queries = useQueryClient();
  const notify = useNotify();
  const [text, setText] = useState(() => JSON.stringify(context, null, 2));
  const read = readJsonObject(text);
  const save = useMutation({
    mutationFn: async ({ wanted, force }: { readonly wanted: JsonObject; readonly force: boolean }) => {
      const patch = mergePatchOf(context, wanted) as Record<string, null>;
      await client.call('patchCallContext', { path: { callId }, query: { force }, body: patch });
      return wanted;
    },
    onSuccess: (wanted) => {
      queries.setQueryData(['call-context', callId], wanted);
      notify({ type: 'success', content: 'The agent knows from its next answer on.', id: 'call-command' });
    },
  });
  const put = (force: boolean): void => {
    if ('value' in read) save.mutate({ wanted: read.value, force });
  };
  const isTaken = codeOf(save.error) === 'call-controlled';
  return (
    <SpaceBetween size="s">
      {save.error && <ProblemAlert error={save.error} />}
      <FormField label="JSON" errorText={'error' in read ? read.error : undefined} stretch>
        <Textarea value={text} rows={6} spellcheck={false} onChange={({ detail }) => setText(detail.value)} />
      </FormField>
      <SpaceBetween size="xs" direction="horizontal">
        <Button disabled={'error' in read} loading={save.isPending} onClick={() => put(false)}>
          Tell the agent
        </Button>
        {isTaken && <Button onClick={() => put(true)}>Take the call and tell it</Button>}
      </SpaceBetween>
    </SpaceBetween>
  );
}
