import { type SessionFeed, sessionFeed } from '../../live/session-feed.ts';
import type { CallBriefing, Checkpoint } from '../keeper/call-keeper.ts';
import type { AgentBrain } from './agent-brain.ts';
import { type CallerAudio, createCallerAudio } from './caller-audio.ts';
import type { Fence } from './fence.ts';
import { createOutlet, type Outlet } from './outlet.ts';
import { createRecordWriter, type RecordWriter } from './record-writer.ts';
import type { SessionEvent } from './session-events.ts';
import type { EngineChoice, Recorder, SessionDependencies } from './session-ports.ts';
import type { SessionState } from './session-state.ts';
import { createStreamPool, type StreamPool } from './stream-pool.ts';
import { heardUntil } from './talk.ts';
import { createToolPool, type ToolPool } from './tool-pool.ts';
import type { VoiceTransport } from './transport.ts';

export interface ClaimedCall {
  readonly briefing: CallBriefing;
  readonly transport: VoiceTransport;
  readonly fence: Fence;
}

/** The machine's hands: everything a running session works with. */
export interface SessionParts {
  readonly deps: SessionDependencies;
  readonly call: ClaimedCall;
  /** Of all agents that were prepared, one after the other, as `SessionSetup` counts them. */
  readonly engines: EngineChoice[];
  /** The agents that were prepared; the first is that of the briefing. */
  readonly casts: { readonly brain: AgentBrain }[];
  readonly outlet: Outlet;
  readonly streams: StreamPool;
  readonly tools: ToolPool;
  readonly caller: CallerAudio;
  readonly writer: RecordWriter;
  /** To whoever watches; absent where nobody can. */
  readonly feed: SessionFeed | undefined;
  /** Aborts when the session is over. */
  readonly over: AbortController;
  recorder: Recorder | undefined;
  holdsExtraLine: boolean;
}

/** Joins what a session works with; all of it tells the machine by `dispatch`. */
export function createParts(
  deps: SessionDependencies,
  call: ClaimedCall,
  ownEngines: readonly EngineChoice[],
  dispatch: (event: SessionEvent) => void,
): SessionParts {
  const { clock, pricing } = deps;
  const { transport, fence, briefing } = call;
  const { input, output } = transport;
  const ids = { callId: deps.callId, epoch: deps.epoch };
  const feed = feedOf(deps, transport);
  const engines = [...ownEngines];
  const casts = [{ brain: deps.brain(briefing) }];
  return {
    deps,
    call,
    engines,
    casts,
    feed,
    outlet: createOutlet({ transport, fence, clock, epoch: deps.epoch, ...(feed === undefined ? {} : { feed }) }),
    streams: createStreamPool({ engines, clock, input, output }, dispatch, (usage, { engine, modelId }) =>
      dispatch({ type: 'used', cost: pricing.ofUsage(usage, { name: engine.name, modelId }) }),
    ),
    tools: createToolPool({ brains: casts }, (stream, toolUseId, outcome) =>
      dispatch({ type: 'tool-settled', stream, toolUseId, outcome }),
    ),
    caller: createCallerAudio(input, (change) => dispatch({ type: 'speech', ...change })),
    writer: createRecordWriter(
      { keeper: deps.keeper, clock, fence },
      {
        onStored: (stored) => dispatch({ type: 'stored', ...stored }),
        onFenced: () => dispatch({ type: 'fenced' }),
        onOverflow: () => dispatch({ type: 'storing-failed' }),
        onError: (error) => deps.log('voice.session.not-stored', ids, error),
      },
    ),
    over: new AbortController(),
    recorder: undefined,
    holdsExtraLine: false,
  };
}

/** Sound in a message to listeners: an owner outside pays for each with an invocation of keep-call. */
const LISTEN_BATCH_MS = { relay: 200, twilio: 200, direct: 400 } as const;

const feedOf = ({ keeper, callId, clock }: SessionDependencies, transport: VoiceTransport): SessionFeed | undefined =>
  keeper.pass === undefined
    ? undefined
    : sessionFeed({
        callId,
        clock,
        deliver: keeper.pass,
        caller: transport.input,
        agent: transport.output,
        batchMs: LISTEN_BATCH_MS[transport.kind],
      });

/** Which frames of the caller a successor need not hear: those the machine knows of by time, or what was known before. */
export function withHeard(
  { caller, call, deps }: SessionParts,
  checkpoint: Checkpoint,
  state: SessionState,
): Checkpoint {
  const heardSeq = caller.lastSeq(heardUntil(state, deps.clock.now())) ?? call.briefing.checkpoint?.heardSeq;
  return heardSeq === undefined ? checkpoint : { ...checkpoint, heardSeq };
}

/** The transport knows the number of the next frame; the machine does not. */
export const numbered = ({ call }: Pick<SessionParts, 'call'>, checkpoint: Checkpoint): Checkpoint => ({
  ...checkpoint,
  nextAudioSeq: call.transport.audioSeq?.next() ?? checkpoint.nextAudioSeq,
});
