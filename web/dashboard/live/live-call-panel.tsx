import Badge from '@cloudscape-design/components/badge';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { memo, type ReactNode } from 'react';
import type { LiveCallView } from '../../../shared/live/live-views.ts';
import { CallStatus } from '../calls/call-status.tsx';
import { asDollars, asLatency, asMoment } from '../calls/words.ts';
import { AppLink } from '../shell/app-link.tsx';
import { ContextEditor } from './context-editor.tsx';
import { ControlPanel } from './control-panel.tsx';
import { ListenButton } from './listen-button.tsx';
import { Elapsed } from './live-row.tsx';
import type { LiveStore } from './live-store.ts';
import type { CallMode } from './live-story.ts';
import { LiveTranscript } from './live-transcript.tsx';
import { isWithPerson, TransferState } from './transfer-state.tsx';
import { useLiveCall } from './use-live.ts';

interface Props {
  readonly store: LiveStore;
  readonly callId: string;
  /** Where the call is not known. */
  readonly fallback: ReactNode;
}

/** One call that goes on: its words, its figures and what can be done. */
export function LiveCallPanel({ store, callId, fallback }: Props) {
  const live = useLiveCall(store, callId);
  if (live === undefined) return fallback;
  const { call, story, endedAtMs } = live;
  const isOver = endedAtMs !== undefined;
  const isAway = isWithPerson(story.transfer);
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header
            variant="h2"
            description={
              <AppLink href={`/calls/${callId}`}>{isOver ? 'Open it in the log' : 'Its record in the log'}</AppLink>
            }
            actions={<ListenButton callId={callId} disabled={isOver} />}
          >
            {call.agentName || 'An agent that is gone'}
          </Header>
        }
        footer={
          <Figures
            status={call.status}
            mode={story.mode}
            startedAtMs={call.startedAtMs}
            costMicroUsd={call.costMicroUsd}
            answerLatencyMs={call.answerLatencyMs}
            isOver={isOver}
          />
        }
      >
        <LiveTranscript lines={story.lines} />
      </Container>
      {!isOver && story.transfer !== undefined && <TransferState transfer={story.transfer} />}
      {!isOver && !isAway && (
        <ControlPanel
          callId={callId}
          agentId={call.agentId}
          channel={call.channel}
          mode={story.mode}
          status={call.status}
          controller={call.controller}
        />
      )}
      {!isOver && !isAway && call.status === 'active' && <ContextEditor callId={callId} />}
    </SpaceBetween>
  );
}

interface FiguresProps extends Pick<LiveCallView, 'status' | 'startedAtMs' | 'costMicroUsd' | 'answerLatencyMs'> {
  readonly mode: CallMode;
  readonly isOver: boolean;
}

/** Drawn anew only when a figure changed: words come many times a second. */
const Figures = memo(function Figures({
  status,
  mode,
  startedAtMs,
  costMicroUsd,
  answerLatencyMs,
  isOver,
}: FiguresProps) {
  const state = (
    <SpaceBetween size="xs" direction="horizontal">
      <CallStatus status={status} />
      {mode === 'held' && <Badge color="blue">On hold</Badge>}
      {mode === 'operator' && <Badge color="red">Taken over</Badge>}
    </SpaceBetween>
  );
  return (
    <KeyValuePairs
      columns={4}
      items={[
        { label: 'Status', value: state },
        {
          label: isOver ? 'Began' : 'Lasts',
          value: isOver ? asMoment(startedAtMs) : <Elapsed sinceMs={startedAtMs} />,
        },
        { label: 'Cost so far', value: asDollars(costMicroUsd) },
        { label: 'Last answer came after', value: asLatency(answerLatencyMs) },
      ]}
    />
  );
});
