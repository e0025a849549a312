import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Modal from '@cloudscape-design/components/modal';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { besides, codeOf, errorAt } from '../calls/field-errors.ts';
import type { AgentNames } from '../calls/use-agents.ts';
import { useNotify } from '../shell/notifications.tsx';
import { ProblemAlert } from '../shell/problem-alert.tsx';
import { type Direction, planAssignment } from './assignment.ts';
import type { NumberRow } from './number-types.ts';
import type { NumberActions } from './use-numbers.ts';

interface Props {
  /** As it is now: it may change while the dialog is open. */
  readonly number: NumberRow;
  readonly agents: AgentNames;
  readonly assign: NumberActions['assign'];
  readonly close: () => void;
}

/** Gives a number to an agent; when another one answers it, says who loses it. */
export function AssignDialog({ number, agents, assign, close }: Props) {
  const notify = useNotify();
  const [agentId, setAgentId] = useState<string>();
  const [direction, setDirection] = useState<Direction>('inbound');
  const plan = agentId === undefined ? undefined : planAssignment(number, agentId, direction);
  const loser = plan?.losesId === undefined ? undefined : agents.nameOf(plan.losesId);
  const options = agents.agents.map((agent) => ({ value: agent.agentId, label: agent.name }));
  const submit = (): void => {
    if (plan === undefined || plan.obstacle !== undefined) return;
    assign.mutate(
      { phoneNumber: number.phoneNumber, body: plan.body },
      {
        onSuccess: () => {
          const does = direction === 'inbound' ? 'answers' : 'may call from';
          notify({
            type: 'success',
            content: `${agents.nameOf(plan.body.agentId)} ${does} ${number.phoneNumber} now.`,
          });
          close();
        },
      },
    );
  };
  return (
    <Modal
      visible
      header={`Assign ${number.phoneNumber}`}
      closeAriaLabel="Close"
      onDismiss={close}
      footer={
        <SpaceBetween size="xs" direction="horizontal">
          <Button variant="link" onClick={close}>
            Cancel
          </Button>
          <Button
            variant="primary"
            disabled={plan === undefined || plan.obstacle !== undefined}
            loading={assign.isPending}
            onClick={submit}
          >
            {loser === undefined ? 'Assign' : `Take it from ${loser}`}
          </Button>
        </SpaceBetween>
      }
    >
      <SpaceBetween size="m">
        <Refusal error={assign.error} />
        <FormField label="Agent" errorText={plan?.obstacle ?? errorAt(assign.error, '/agentId')} stretch>
          <Select
            selectedOption={options.find(({ value }) => value === agentId) ?? null}
            options={options}
            filteringType="auto"
            placeholder="Choose an agent"
            statusType={agents.isPending ? 'loading' : 'finished'}
            loadingText="Reading agents"
            empty="There is no agent yet."
            onChange={({ detail }) => {
              setAgentId(detail.selectedOption.value);
              assign.reset();
            }}
          />
        </FormField>
        <FormField label="What for" stretch>
          <RadioGroup
            value={direction}
            items={[
              { value: 'inbound', label: 'Answer calls', description: 'One agent at most does.' },
              { value: 'outbound', label: 'Make calls', description: 'Any number of agents may show this number.' },
            ]}
            onChange={({ detail }) => setDirection(detail.value === 'outbound' ? 'outbound' : 'inbound')}
          />
        </FormField>
        {loser !== undefined && (
          <Alert type="warning" header={`${loser} loses this number`}>
            {loser} answers {number.phoneNumber} now. As soon as you take it, it does not any more. Calls that go on are
            not cut off.
          </Alert>
        )}
      </SpaceBetween>
    </Modal>
  );
}

function Refusal({ error }: { readonly error: Error | null }) {
  const rest = error === null ? undefined : besides(error, ['/agentId']);
  if (rest === undefined) return null;
  if (codeOf(rest) !== 'phone-number-taken') return <ProblemAlert error={rest} />;
  return (
    <Alert type="error" header="The number was taken meanwhile">
      Somebody has assigned it since you opened this. What is shown now is how it stands; look at it and decide again.
    </Alert>
  );
}
