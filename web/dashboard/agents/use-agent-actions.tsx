import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { OratioClient } from '../../../client/index.ts';
import { useNotify } from '../shell/notifications.tsx';
import { useClient } from '../shell/use-client.ts';
import type { AgentSummary } from './agent-types.ts';
import { ACTION_WORDS, type AgentAction } from './lifecycle.ts';

type Subject = Pick<AgentSummary, 'agentId' | 'agentName'>;

async function carryOut(client: OratioClient, action: AgentAction, agentId: string): Promise<void> {
  const input = { path: { agentId } };
  if (action === 'start') await client.call('startAgent', input);
  else if (action === 'stop') await client.call('stopAgent', input);
  else if (action === 'pause') await client.call('pauseAgent', input);
  else if (action === 'resume') await client.call('resumeAgent', input);
  else await client.call('deleteAgent', input);
}

interface Asked {
  readonly agent: Subject;
  readonly action: AgentAction;
}

export interface AgentActions {
  /** Asks whether it is meant, then does it. */
  readonly ask: (action: AgentAction, agent: Subject) => void;
  /** The question; to be put somewhere on the page. */
  readonly dialog: ReactNode;
}

/** Starting, stopping, pausing, resuming and deleting agents, each after a question. */
export function useAgentActions(): AgentActions {
  const [asked, setAsked] = useState<Asked>();
  const client = useClient();
  const queries = useQueryClient();
  const notify = useNotify();
  const change = useMutation({
    mutationFn: ({ agent, action }: Asked) => carryOut(client, action, agent.agentId),
    onSuccess: (_, { agent, action }) =>
      notify({ type: 'success', header: ACTION_WORDS[action].done(agent.agentName), id: `agent ${agent.agentId}` }),
    onError: (error, { agent, action }) =>
      notify.problem(error, `${ACTION_WORDS[action].text} ${agent.agentName}: this did not work`),
    onSettled: async (_data, _error, { agent }) => {
      setAsked(undefined);
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['agents'] }),
        queries.invalidateQueries({ queryKey: ['agent', agent.agentId] }),
      ]);
    },
  });
  return {
    ask: (action, agent) => setAsked({ action, agent }),
    dialog: asked && (
      <Confirmation
        key={`${asked.action} ${asked.agent.agentId}`}
        asked={asked}
        isBusy={change.isPending}
        onAnswer={(yes) => (yes ? change.mutate(asked) : setAsked(undefined))}
      />
    ),
  };
}

interface ConfirmationProps {
  readonly asked: Asked;
  readonly isBusy: boolean;
  readonly onAnswer: (yes: boolean) => void;
}

function Confirmation({ asked: { action, agent }, isBusy, onAnswer }: ConfirmationProps) {
  const [typed, setTyped] = useState('');
  const words = ACTION_WORDS[action];
  const isDeleting = action === 'delete';
  const isSure = !isDeleting || typed.trim() === agent.agentName.trim();
  return (
    <Modal
      visible
      header={words.question(agent.agentName)}
      closeAriaLabel="Close"
      onDismiss={() => onAnswer(false)}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={() => onAnswer(false)}>
              Cancel
            </Button>
            <Button variant="primary" loading={isBusy} disabled={!isSure} onClick={() => onAnswer(true)}>
              {words.text}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {isDeleting ? <Alert type="warning">{words.consequence}</Alert> : <Box variant="p">{words.consequence}</Box>}
        {isDeleting && (
          <FormField label={`To confirm, type “${agent.agentName}”`}>
            <Input value={typed} onChange={({ detail }) => setTyped(detail.value)} disableBrowserAutocorrect />
          </FormField>
        )}
      </SpaceBetween>
    </Modal>
  );
}
