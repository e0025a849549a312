import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type AnswerOf, OratioProblem } from '../../../client/index.ts';
import { useNotify } from '../shell/notifications.tsx';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { useClient } from '../shell/use-client.ts';
import { CredentialEditor } from './credential-editor.tsx';
import { keptText, type PlatformForm } from './credential-fields.ts';
import { RemoveCredentials } from './remove-credentials.tsx';

type Kept = AnswerOf<'getChannelCredentials'>;

/** What is entrusted, or `null` when nothing is. */
function useKept(platform: string) {
  const client = useClient();
  return useQuery<Kept | null>({
    queryKey: ['channel-credentials', platform],
    queryFn: async ({ signal }) => {
      try {
        return (await client.call('getChannelCredentials', { path: { platform }, signal })).data;
      } catch (error) {
        if (error instanceof OratioProblem && error.code === 'channel-credentials-not-found') return null;
        throw error;
      }
    },
  });
}

function KeptCredentials({ form, kept }: { readonly form: PlatformForm; readonly kept: Kept }) {
  const labels = new Map(form.fields.map(({ name, label }) => [name, label]));
  const items = Object.entries(kept.credentials).map(([name, value]) => ({
    label: labels.get(name) ?? name,
    value: keptText(value),
  }));
  const webhook = {
    label: 'Webhook that the platform calls',
    value: (
      <CopyToClipboard
        variant="inline"
        textToCopy={kept.webhookUrl ?? ''}
        copyButtonAriaLabel="Copy the address of the webhook"
        copySuccessText="Copied"
        copyErrorText="Not copied"
      />
    ),
  };
  return <KeyValuePairs columns={2} items={[...items, ...(kept.webhookUrl === null ? [] : [webhook])]} />;
}

/** Credentials of one platform: which are kept, others instead, none. */
export function PlatformCredentials({ form }: { readonly form: PlatformForm }) {
  const { data, error, isPending, refetch } = useKept(form.platform);
  const queries = useQueryClient();
  const notify = useNotify();
  const [open, setOpen] = useState<'edit' | 'remove'>();
  const changed = (header: string): void => {
    setOpen(undefined);
    notify({ type: 'success', header });
    void queries.invalidateQueries({ queryKey: ['channel-credentials', form.platform] });
  };
  const hasAny = data !== null && data !== undefined;
  const actions = (
    <SpaceBetween direction="horizontal" size="xs">
      {hasAny && (
        <Button ariaLabel={`Remove credentials of ${form.title}`} onClick={() => setOpen('remove')}>
          Remove
        </Button>
      )}
      <Button
        disabled={isPending || error !== null}
        ariaLabel={`${hasAny ? 'Replace' : 'Add'} credentials of ${form.title}`}
        onClick={() => setOpen('edit')}
      >
        {hasAny ? 'Replace' : 'Add'}
      </Button>
    </SpaceBetween>
  );
  return (
    <Container
      header={
        <Header variant="h3" headingTagOverride="h3" description={form.description} actions={actions}>
          {form.title}
        </Header>
      }
    >
      {isPending && <StatusIndicator type="loading">Loading</StatusIndicator>}
      {error !== null && <ProblemAlert error={error} retry={() => void refetch()} />}
      {data === null && <Box color="text-body-secondary">Nothing is kept.</Box>}
      {hasAny && <KeptCredentials form={form} kept={data} />}
      {open === 'edit' && (
        <CredentialEditor
          form={form}
          onClose={() => setOpen(undefined)}
          onSaved={() => changed(`Credentials of ${form.title} are kept`)}
        />
      )}
      {open === 'remove' && (
        <RemoveCredentials
          form={form}
          onClose={() => setOpen(undefined)}
          onRemoved={() => changed(`Credentials of ${form.title} are gone`)}
        />
      )}
    </Container>
  );
}
