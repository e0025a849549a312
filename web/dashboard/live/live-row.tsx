import { memo } from 'react';
import type { LiveCallView } from '../../../shared/live/live-views.ts';
import { useOperatorName } from '../calls/use-operator-name.ts';
import { asClock, asDollars, asLatency, asSentence } from '../calls/words.ts';
import type { LiveStore } from './live-store.ts';
import { useLiveCall, useNow } from './use-live.ts';

interface Props {
  readonly store: LiveStore;
  readonly callId: string;
  readonly isChosen: boolean;
  readonly choose: (callId: string) => void;
}

/** One call of the list, with the words that were said last. */
export const LiveRow = memo(function LiveRow({ store, callId, isChosen, choose }: Props) {
  const live = useLiveCall(store, callId);
  if (live === undefined) return null;
  const { call, story, endedAtMs } = live;
  const last = story.lines.findLast(({ lane }) => lane === 'caller' || lane === 'agent');
  const number = call.direction === 'outbound' ? call.toNumber : call.fromNumber;
  const who = call.channel === 'browser' ? 'Browser' : (number ?? 'Hidden number');
  return (
    <li>
      <button
        type="button"
        className={`live-row${endedAtMs === undefined ? '' : ' live-row-over'}`}
        aria-current={isChosen}
        onClick={() => choose(callId)}
      >
        <b>{call.agentName || 'An agent that is gone'}</b>
        <span className="live-figures">
          {endedAtMs === undefined ? <Elapsed sinceMs={call.startedAtMs} /> : asSentence(call.status)}
        </span>
        <span className="live-quiet">
          {who}, {call.direction}
        </span>
        <span className="live-figures live-quiet">{asDollars(call.costMicroUsd)}</span>
        <span className="live-words">
          {last === undefined ? (
            <span className="live-quiet">{STAGES[call.status] ?? 'Nothing was said yet'}</span>
          ) : (
            <>
              <span className="live-quiet">{last.lane === 'caller' ? 'Caller: ' : 'Agent: '}</span>
              {last.text}
            </>
          )}
        </span>
        <span className="live-quiet">
          {call.controller === undefined ? ' ' : <Hand controller={call.controller} />}
        </span>
        <span className="live-figures live-quiet">{asLatency(call.answerLatencyMs)}</span>
      </button>
    </li>
  );
});

/** What becomes of a call that nobody has answered yet. */
const STAGES: Readonly<Partial<Record<LiveCallView['status'], string>>> = {
  queued: 'Waits to be placed',
  ringing: 'Rings',
  starting: 'Begins',
};

/** In whose hand a call is, until they let go of it. */
function Hand({ controller: { operator, untilMs } }: { readonly controller: NonNullable<LiveCallView['controller']> }) {
  const nameOf = useOperatorName();
  return useNow() < untilMs ? `In the hand of ${nameOf(operator.name)}` : ' ';
}

/** How long a call has lasted; the only part of a row that changes each second. */
export function Elapsed({ sinceMs }: { readonly sinceMs: number }) {
  return asClock(useNow() - sinceMs);
}
