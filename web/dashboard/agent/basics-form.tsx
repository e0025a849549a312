import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { useClient } from '../shell/use-client.ts';
import { ChangedMeanwhile } from './changed-meanwhile.tsx';
import type { TabProps } from './tabs.ts';
import { faultAt, isElsewhere, useChange } from './use-change.ts';
import { useDraft } from './use-draft.ts';

const FIELDS = ['/agentName', '/description', '/pausedNotice'];

/** What can be changed without a new version. */
export function BasicsForm({ read: { agent, etag } }: TabProps) {
  const client = useClient();
  const form = useDraft({
    agentName: agent.agentName,
    description: agent.description ?? '',
    pausedNotice: agent.pausedNotice,
  });
  const { agentName, description, pausedNotice } = form.draft;
  const write = (part: Partial<typeof form.draft>): void => form.write({ ...form.draft, ...part });
  const save = useChange({
    agentId: agent.agentId,
    change: async () =>
      client.call('updateAgent', {
        path: { agentId: agent.agentId },
        ...(etag === undefined ? {} : { ifMatch: etag }),
        body: { agentName: agentName.trim(), description: description.trim(), pausedNotice: pausedNotice.trim() },
      }),
    done: 'Saved',
    isShownInForm: true,
  });
  const nameFault = agentName.trim() === '' ? 'Give the agent a name.' : faultAt(save.error, '/agentName');
  const noticeFault = pausedNotice.trim() === '' ? 'Say something.' : faultAt(save.error, '/pausedNotice');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (agentName.trim() !== '' && pausedNotice.trim() !== '' && !form.isOutdated) save.mutate(undefined);
      }}
    >
      <Container header={<Header variant="h2">Name and notice</Header>}>
        <Form
          actions={
            <Button formAction="submit" loading={save.isPending} disabled={!form.isWritten || form.isOutdated}>
              Save
            </Button>
          }
        >
          <SpaceBetween size="m">
            <ChangedMeanwhile {...form} />
            {isElsewhere(save.error, FIELDS) && <ProblemAlert error={save.error} />}
            <FormField label="Name" errorText={nameFault}>
              <Input value={agentName} onChange={({ detail }) => write({ agentName: detail.value })} />
            </FormField>
            <FormField label="What it is for" errorText={faultAt(save.error, '/description')} stretch>
              <Textarea value={description} rows={2} onChange={({ detail }) => write({ description: detail.value })} />
            </FormField>
            <FormField label="What customers are told while it is paused" errorText={noticeFault} stretch>
              <Textarea
                value={pausedNotice}
                rows={2}
                onChange={({ detail }) => write({ pausedNotice: detail.value })}
              />
            </FormField>
          </SpaceBetween>
        </Form>
      </Container>
    </form>
  );
}
