import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { useClient } from '../shell/use-client.ts';
import type { TabProps } from './tabs.ts';
import { faultAt, isElsewhere, useChange } from './use-change.ts';

const FIELDS = ['/agentName', '/description', '/pausedNotice'];

/** What can be changed without a new version. */
export function BasicsForm({ read: { agent, etag } }: TabProps) {
  const client = useClient();
  const [agentName, setName] = useState(agent.agentName);
  const [description, setDescription] = useState(agent.description ?? '');
  const [pausedNotice, setNotice] = useState(agent.pausedNotice);
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
  const isSame =
    agentName === agent.agentName && description === (agent.description ?? '') && pausedNotice === agent.pausedNotice;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (agentName.trim() !== '' && pausedNotice.trim() !== '') save.mutate(undefined);
      }}
    >
      <Container header={<Header variant="h2">Name and notice</Header>}>
        <Form
          actions={
            <Button formAction="submit" loading={save.isPending} disabled={isSame}>
              Save
            </Button>
          }
        >
          <SpaceBetween size="m">
            {isElsewhere(save.error, FIELDS) && <ProblemAlert error={save.error} />}
            <FormField label="Name" errorText={nameFault}>
              <Input value={agentName} onChange={({ detail }) => setName(detail.value)} />
            </FormField>
            <FormField label="What it is for" errorText={faultAt(save.error, '/description')} stretch>
              <Textarea value={description} rows={2} onChange={({ detail }) => setDescription(detail.value)} />
            </FormField>
            <FormField label="What customers are told while it is paused" errorText={noticeFault} stretch>
              <Textarea value={pausedNotice} rows={2} onChange={({ detail }) => setNotice(detail.value)} />
            </FormField>
          </SpaceBetween>
        </Form>
      </Container>
    </form>
  );
}
