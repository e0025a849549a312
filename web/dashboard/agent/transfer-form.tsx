import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import type { AnswerOf } from '../../../client/index.ts';
import { besides, errorAt } from '../calls/field-errors.ts';
import { PageLoading } from '../shell/pages.tsx';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { useClient } from '../shell/use-client.ts';
import { ChangedMeanwhile } from './changed-meanwhile.tsx';
import { transferDraftOf, withTransfer } from './transfer-draft.ts';
import { useChange } from './use-change.ts';
import { useDraft } from './use-draft.ts';

const FIELDS = ['/transfer/phoneNumber', '/transfer/chatUrl', '/transfer/ringSeconds'];

interface ReadSettings {
  readonly settings: AnswerOf<'getVoiceSettings'>;
  readonly etag: string | undefined;
}

/** To whom callers are passed on who want a person. */
export function TransferForm({ agentId }: { readonly agentId: string }) {
  const client = useClient();
  const { data, error, isPending, refetch } = useQuery({
    // Under the agent, whose changes are these, too.
    queryKey: ['agent', agentId, 'voice'],
    queryFn: async ({ signal }): Promise<ReadSettings> => {
      const { data: settings, etag } = await client.call('getVoiceSettings', { path: { agentId }, signal });
      return { settings, etag };
    },
  });
  if (isPending) return <PageLoading what="Reading where callers are passed on to" />;
  if (data === undefined) return <ProblemAlert error={error} retry={() => void refetch()} />;
  return <Target agentId={agentId} read={data} />;
}

function Target({ agentId, read: { settings, etag } }: { readonly agentId: string; readonly read: ReadSettings }) {
  const client = useClient();
  const form = useDraft(transferDraftOf(settings.transfer));
  const { phoneNumber, chatUrl, ringSeconds } = form.draft;
  const write = (part: Partial<typeof form.draft>): void => form.write({ ...form.draft, ...part });
  const save = useChange({
    agentId,
    isShownInForm: true,
    change: async () =>
      client.call('putVoiceSettings', {
        path: { agentId },
        ...(etag === undefined ? {} : { ifMatch: etag }),
        body: withTransfer(settings, form.draft),
      }),
    done: 'Saved. Calls that go on take it up with their next turn.',
  });
  const rest = save.error ? besides(save.error, FIELDS) : undefined;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!form.isOutdated) save.mutate(undefined);
      }}
    >
      <Container
        header={
          <Header variant="h2" description="Phone calls are put through; a browser is shown where to go on.">
            Passing callers on to a person
          </Header>
        }
      >
        <Form
          actions={
            <Button formAction="submit" loading={save.isPending} disabled={!form.isWritten || form.isOutdated}>
              Save
            </Button>
          }
        >
          <SpaceBetween size="m">
            <ChangedMeanwhile {...form} />
            {rest !== undefined && <ProblemAlert error={rest} />}
            <FormField
              label="Phone number"
              constraintText="As +12025550142; without one a call ends where a person is wanted."
              errorText={errorAt(save.error, '/transfer/phoneNumber')}
            >
              <Input
                value={phoneNumber}
                inputMode="tel"
                onChange={({ detail }) => write({ phoneNumber: detail.value })}
              />
            </FormField>
            <FormField
              label="Seconds it rings there"
              constraintText="Then the caller is back with the agent."
              errorText={errorAt(save.error, '/transfer/ringSeconds')}
            >
              <Input
                value={ringSeconds}
                type="number"
                inputMode="numeric"
                onChange={({ detail }) => write({ ringSeconds: detail.value })}
              />
            </FormField>
            <FormField
              label="Address of a chat with a person"
              constraintText="Shown to who talks in a browser."
              errorText={errorAt(save.error, '/transfer/chatUrl')}
              stretch
            >
              <Input value={chatUrl} inputMode="url" onChange={({ detail }) => write({ chatUrl: detail.value })} />
            </FormField>
          </SpaceBetween>
        </Form>
      </Container>
    </form>
  );
}
