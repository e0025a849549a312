import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { asDollars, asSeconds, asTime, asWords, statusOf } from '../../talk/words.ts';
import type { Line } from '../../voice/call-view.ts';
import { isOver } from '../../voice/session-machine.ts';
import { reachable } from '../agents/reachable.ts';
import { useSpeakingAgents } from '../calls/use-agents.ts';
import type { TabProps } from './tabs.ts';
import { type Talk, useTalk } from './use-talk.ts';

/** A call with the agent from this page. */
export function TalkTab({ read: { agent } }: TabProps) {
  if (agent.agentType === 'text') {
    return <Alert type="info">This agent writes only. Change its kind to let it speak.</Alert>;
  }
  if (agent.activeVersion === null) {
    return <Alert type="info">It can be called when its first version is active.</Alert>;
  }
  return <Call agentId={agent.agentId} />;
}

function Call({ agentId }: { readonly agentId: string }) {
  const talk = useTalk(agentId);
  const isOn = !isOver(talk.state.phase);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={<span role="status">{statusOf(talk.state)}</span>}
          actions={
            <SpaceBetween size="xs" direction="horizontal">
              <Button disabled={!isOn || !talk.hasMicrophone} onClick={talk.toggleMute}>
                {talk.muted ? 'Unmute' : 'Mute'}
              </Button>
              <Button variant="primary" onClick={talk.toggle}>
                {isOn ? 'Hang up' : 'Call'}
              </Button>
            </SpaceBetween>
          }
        >
          Talk
        </Header>
      }
    >
      <SpaceBetween size="m">
        {talk.problem && (
          <Alert type="error" header={talk.problem.title}>
            {talk.problem.remedy}
          </Alert>
        )}
        {talk.view.notice !== undefined && <Alert type="info">{talk.view.notice}</Alert>}
        <WithWhom agentId={agentId} talk={talk} />
        <Facts talk={talk} />
        {!isOn && talk.view.lines.length === 0 ? <NotYet /> : <Transcript lines={talk.view.lines} />}
        <TypeInstead isLive={talk.state.phase === 'live'} onSay={talk.type} />
      </SpaceBetween>
    </Container>
  );
}

/** Whom the call is with; another one may go on with it. */
function WithWhom({ agentId, talk: { state, switchTo } }: { readonly agentId: string; readonly talk: Talk }) {
  const { agents, nameOf, isPending } = useSpeakingAgents();
  const present = isOver(state.phase) ? agentId : (state.switchedAgentId ?? agentId);
  const chosen = state.wantedAgentId ?? present;
  return (
    <FormField
      label="Agent who answers"
      description="Choose another one in the middle of a call: it goes on with what was said."
    >
      <Select
        disabled={state.phase !== 'live'}
        statusType={isPending ? 'loading' : 'finished'}
        loadingText="Loading the agents"
        filteringType={agents.length > 10 ? 'auto' : 'none'}
        filteringAriaLabel="Find an agent"
        selectedOption={{ value: chosen, label: nameOf(chosen) }}
        options={agents.map(({ agentId: value, name }) => ({ value, label: name }))}
        onChange={({ detail }) => {
          const { value } = detail.selectedOption;
          if (value !== undefined && value !== chosen) switchTo(value);
        }}
      />
    </FormField>
  );
}

function Facts({ talk: { view, state, elapsedSeconds, levels } }: { readonly talk: Talk }) {
  const engine = view.engine === undefined ? '–' : `${view.engine}${view.voice === undefined ? '' : `, ${view.voice}`}`;
  return (
    <>
      <KeyValuePairs
        columns={4}
        items={[
          { label: 'Time', value: asTime(elapsedSeconds) },
          { label: 'Answer after', value: asSeconds(view.answerLatencyMs) },
          { label: 'Cost', value: asDollars(view.costMicroUsd) },
          { label: 'Engine and path', value: isOver(state.phase) ? engine : `${engine}, ${state.route}` },
          {
            label: 'Tools',
            value: view.tools.map(({ name, status }) => `${asWords(name)} (${status})`).join(', ') || 'None used yet',
          },
        ]}
      />
      <div className="oratio-levels">
        <label>
          You <meter min={0} max={1} low={0.05} value={levels.in} />
        </label>
        <label>
          Agent <meter min={0} max={1} value={levels.out} />
        </label>
      </div>
    </>
  );
}

/** As high as the transcript, so that nothing jumps when the call begins. */
const NotYet = () => (
  <div className="oratio-chat oratio-chat-empty">
    <Box color="text-body-secondary">Press “Call” and speak. What is said is shown here.</Box>
  </div>
);

function Transcript({ lines }: { readonly lines: readonly Line[] }) {
  return (
    <ol className="oratio-chat" aria-label="Transcript" aria-live="polite" ref={reachable}>
      {lines.map(({ role, turn, text, stage, interrupted }, index) => (
        <li
          key={`${turn} ${role} ${lines.slice(0, index).filter((line) => line.turn === turn && line.role === role).length}`}
          data-role={role}
          className={stage === 'speculative' ? 'oratio-said' : undefined}
        >
          <Box variant="small" display="block">
            {role === 'user' ? 'You' : 'Agent'}
            {interrupted && ', interrupted'}
          </Box>
          {interrupted && stage === 'speculative' ? <s>{text}</s> : text}
        </li>
      ))}
    </ol>
  );
}

interface TypeInsteadProps {
  readonly isLive: boolean;
  readonly onSay: (text: string) => void;
}

function TypeInstead({ isLive, onSay }: TypeInsteadProps) {
  const [text, setText] = useState('');
  return (
    <form
      className="oratio-chat-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() === '') return;
        onSay(text.trim());
        setText('');
      }}
    >
      <Input
        value={text}
        disabled={!isLive}
        ariaLabel="Type instead of speaking"
        placeholder="Type instead of speaking"
        onChange={({ detail }) => setText(detail.value)}
      />
      <Button formAction="submit" disabled={!isLive}>
        Say
      </Button>
    </form>
  );
}
