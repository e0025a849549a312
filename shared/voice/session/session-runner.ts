import { type CallBriefing, type Checkpoint, FencedError, LEASE_RENEW_MS } from '../keeper/call-keeper.ts';
import { type CallerAudio, createCallerAudio } from './caller-audio.ts';
import type { Fence } from './fence.ts';
import { createOutlet, type Outlet } from './outlet.ts';
import { createRecordWriter, type RecordWriter } from './record-writer.ts';
import type { Effect, SessionEvent, Stop } from './session-events.ts';
import type { EngineChoice, Recorder, SessionDependencies, SessionOutcome } from './session-ports.ts';
import { initialState, type SessionSetup, type SessionState } from './session-state.ts';
import { shutDown } from './shut-down.ts';
import { step } from './step.ts';
import { createStreamPool, type StreamPool } from './stream-pool.ts';
import { createToolPool, type ToolPool } from './tool-pool.ts';
import type { VoiceTransport } from './transport.ts';

/** How often the machine looks at the clock. */
const TICK_MS = 100;
const CARRIAGE_EVERY_TICKS = 50;
/** While a successor is awaited the lease is asked for more often: the sooner this owner falls silent. */
const HANDING_OVER_RENEW_MS = 1000;
const RENEW_RETRY_MS = 1000;
const DESCRIBE_TRIES = 3;
const DESCRIBE_RETRY_MS = 1000;

export interface ClaimedCall {
  readonly briefing: CallBriefing;
  readonly transport: VoiceTransport;
  readonly fence: Fence;
}

/** The machine's hands: everything a running session works with. */
export interface SessionParts {
  readonly deps: SessionDependencies;
  readonly call: ClaimedCall;
  readonly engines: readonly EngineChoice[];
  readonly outlet: Outlet;
  readonly streams: StreamPool;
  readonly tools: ToolPool;
  readonly caller: CallerAudio;
  readonly writer: RecordWriter;
  /** Aborts when the session is over. */
  readonly over: AbortController;
  recorder: Recorder | undefined;
  holdsExtraLine: boolean;
}

/** Runs the pure machine: turns what happens into events, and effects into deeds. */
export function createSessionRunner(
  deps: SessionDependencies,
  call: ClaimedCall,
): { readonly run: () => Promise<SessionOutcome> } {
  const { clock } = deps;
  const ended = Promise.withResolvers<Stop>();
  const queue: SessionEvent[] = [];
  let isStepping = false;
  const engines = deps.engines(call.briefing);
  let state: SessionState = initialState(setupOf(deps, call, engines), clock.now());
  let callerFrames = 0;

  /** Events that effects cause wait until the step is carried out. */
  const dispatch = (event: SessionEvent): void => {
    queue.push(event);
    if (isStepping) return;
    isStepping = true;
    try {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const result = step(state, next, clock.now());
        state = result.state;
        for (const effect of result.effects) perform(effect);
      }
    } catch (error) {
      crash(error);
    } finally {
      isStepping = false;
    }
  };

  /** A fault of ours ends the call in order, never in silence. */
  const crash = (error: unknown): void => {
    deps.log('voice.session.crashed', { callId: deps.callId, epoch: deps.epoch }, error);
    state = { ...state, phase: 'over' };
    queue.length = 0;
    ended.resolve({ how: 'ended', reason: 'failed', closeCode: 4500, checkpoint: undefined, entries: [] });
  };

  const parts = createParts(deps, call, engines, dispatch);

  const perform = (effect: Effect): void => {
    if (effect.type === 'stop') ended.resolve(effect.stop);
    else act(parts, effect, state, dispatch);
  };

  const listen = async (): Promise<void> => {
    for await (const message of call.transport.messages) {
      if (parts.over.signal.aborted) return;
      if (message.type !== 'audio') dispatch({ type: 'client', message });
      else {
        callerFrames++;
        const nowMs = clock.now();
        parts.caller.push(message.audio, nowMs);
        parts.recorder?.caller(message.audio, nowMs);
      }
    }
    dispatch({ type: 'client-gone' });
  };

  const carried = (): SessionEvent => {
    const { messages, audioMs } = parts.outlet.counts();
    const cost = deps.pricing.ofCarriage({
      elapsedMs: clock.now() - state.startedAtMs,
      callerFrames,
      sentMessages: messages,
      sentAudioMs: audioMs,
      transport: call.transport.kind,
      channel: call.briefing.channel,
    });
    return { type: 'carried', cost };
  };

  const keepTime = async (): Promise<void> => {
    for (let ticks = 1; !parts.over.signal.aborted; ticks++) {
      await clock.sleep(TICK_MS, parts.over.signal);
      if (call.fence.isLost()) dispatch({ type: 'fenced' });
      parts.caller.tick(clock.now());
      if (ticks % CARRIAGE_EVERY_TICKS === 0) dispatch(carried());
      dispatch({ type: 'tick' });
    }
  };

  const keepLease = async (): Promise<void> => {
    let waitMs = LEASE_RENEW_MS;
    for (;;) {
      await clock.sleep(waitMs, parts.over.signal);
      waitMs = state.handOver.status === 'none' ? LEASE_RENEW_MS : HANDING_OVER_RENEW_MS;
      if (!(await renewLease(parts, dispatch))) waitMs = RENEW_RETRY_MS;
    }
  };

  const run = async (): Promise<SessionOutcome> => {
    const onAbort = (): void => dispatch({ type: 'abort' });
    const { checkpoint } = call.briefing;
    if (checkpoint) call.transport.audioSeq?.startAt(checkpoint.nextAudioSeq);
    dispatch({ type: 'claimed', briefing: call.briefing });
    for (const loop of [listen(), keepTime(), keepLease()]) {
      void loop.catch((error: unknown) => loopEnded(parts, error, crash));
    }
    deps.signal.addEventListener('abort', onAbort, { once: true });
    if (deps.signal.aborted) onAbort();
    const stop = await ended.promise;
    deps.signal.removeEventListener('abort', onAbort);
    return shutDown(parts, stop, () => state);
  };

  return { run };
}

/** Loops are stopped by aborting their sleep; anything else that ends one is a fault. */
function loopEnded({ over }: SessionParts, error: unknown, crash: (error: unknown) => void): void {
  if (!over.signal.aborted) crash(error);
}

const setupOf = (
  deps: SessionDependencies,
  { transport }: ClaimedCall,
  engines: readonly EngineChoice[],
): SessionSetup => ({
  epoch: deps.epoch,
  transport: transport.kind,
  inputSampleRateHertz: transport.input.sampleRateHertz,
  outputSampleRateHertz: transport.output.sampleRateHertz,
  engines: engines.map(({ engine }) => ({ name: engine.name, renewal: engine.renewal })),
  deadlineMs: deps.deadlineMs,
  canRecord: deps.openRecorder !== undefined,
});

function createParts(
  deps: SessionDependencies,
  call: ClaimedCall,
  engines: readonly EngineChoice[],
  dispatch: (event: SessionEvent) => void,
): SessionParts {
  const { clock, pricing } = deps;
  const { transport, fence, briefing } = call;
  const { input, output } = transport;
  const ids = { callId: deps.callId, epoch: deps.epoch };
  return {
    deps,
    call,
    engines,
    outlet: createOutlet({ transport, fence, clock, epoch: deps.epoch }),
    streams: createStreamPool({ engines, clock, input, output }, dispatch, (usage, { engine, modelId }) =>
      dispatch({ type: 'used', cost: pricing.ofUsage(usage, { name: engine.name, modelId }) }),
    ),
    tools: createToolPool({ brain: deps.brain(briefing) }, (stream, toolUseId, outcome) =>
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

/** Carries one effect out. What takes time goes on in the background and comes back as an event. */
function act(
  parts: SessionParts,
  effect: Exclude<Effect, { type: 'stop' }>,
  state: SessionState,
  dispatch: (event: SessionEvent) => void,
): void {
  switch (effect.type) {
    case 'play':
      parts.outlet.play(effect.turn, effect.audio);
      break;
    case 'send':
      parts.outlet.send(effect.message);
      break;
    case 'flush':
      dispatch({ type: 'flushed', turn: effect.turn, droppedMs: parts.outlet.flush(effect.turn) });
      break;
    case 'feed':
      parts.streams.feed(effect.stream, effect.input);
      break;
    case 'open-stream':
      openStream(parts, effect, state);
      break;
    case 'use-stream':
      useStream(parts, effect);
      break;
    case 'close-stream':
      if (state.streams.current === undefined) parts.caller.mute();
      parts.streams.close(effect.stream);
      break;
    case 'run-tool':
      parts.tools.run(effect);
      break;
    case 'cancel-tool':
      parts.tools.cancel(effect.stream, effect.toolUseId);
      break;
    case 'record':
      parts.writer.write({ ...effect, checkpoint: numbered(parts, effect.checkpoint) });
      break;
    case 'start-recording':
      startRecording(parts);
      break;
    default:
      void actSlowly(parts, effect, dispatch);
  }
}

type SlowEffect = Extract<Effect, { type: 'describe' | 'take-extra-line' | 'release-extra-line' | 'hand-over' }>;

async function actSlowly(
  parts: SessionParts,
  effect: SlowEffect,
  dispatch: (event: SessionEvent) => void,
): Promise<void> {
  const { keeper } = parts.deps;
  switch (effect.type) {
    case 'describe':
      return describeAgent(parts, dispatch);
    case 'take-extra-line':
      // A line that cannot be asked for is a line one does not have.
      parts.holdsExtraLine = await keeper.takeExtraLine().catch(() => false);
      dispatch({ type: 'extra-line', granted: parts.holdsExtraLine });
      return undefined;
    case 'release-extra-line':
      parts.holdsExtraLine = false;
      // An unreleased line frees itself when it is not renewed.
      return keeper.releaseExtraLine().catch(() => undefined);
    case 'hand-over':
      return handOver(parts, effect.checkpoint, dispatch);
  }
}

async function describeAgent(
  { deps, call, over }: SessionParts,
  dispatch: (event: SessionEvent) => void,
): Promise<void> {
  const brain = deps.brain(call.briefing);
  for (let tries = 1; !over.signal.aborted; tries++) {
    try {
      dispatch({ type: 'described', self: await brain.describe(over.signal) });
      return;
    } catch (error) {
      if (over.signal.aborted) return;
      deps.log('voice.session.agent-unreachable', { callId: deps.callId, tries }, error);
      if (tries === DESCRIBE_TRIES) {
        dispatch({ type: 'start-failed', why: 'The agent could not be reached. Call again in a few minutes.' });
        return;
      }
      await deps.clock.sleep(DESCRIBE_RETRY_MS * tries, over.signal).catch(() => undefined);
    }
  }
}

/** What happened so far is stored first: the successor's first entry follows the last of these. */
async function handOver(
  parts: SessionParts,
  checkpoint: Checkpoint,
  dispatch: (event: SessionEvent) => void,
): Promise<void> {
  const { deps, writer, call, over } = parts;
  try {
    await writer.settled();
    if (over.signal.aborted || !call.fence.mayAct()) return;
    await deps.keeper.handOver(numbered(parts, checkpoint));
    dispatch({ type: 'handed-over', accepted: true });
  } catch (error) {
    if (error instanceof FencedError) {
      dispatch({ type: 'fenced' });
      return;
    }
    deps.log('voice.session.not-handed-over', { callId: deps.callId, epoch: deps.epoch }, error);
    dispatch({ type: 'handed-over', accepted: false });
  }
}

function openStream(
  { streams, call }: SessionParts,
  effect: Extract<Effect, { type: 'open-stream' }>,
  { client }: SessionState,
): void {
  const { endpointing } = call.briefing.settings;
  streams.open(effect, { voice: client.voice, language: client.language, endpointing });
}

function useStream(
  { streams, caller, deps }: SessionParts,
  { stream, replayFromMs }: Extract<Effect, { type: 'use-stream' }>,
): void {
  const open = streams.find(stream);
  if (!open) return;
  caller.use(
    { stream: open.stream, format: open.input, keepAliveMs: open.keepAliveMs },
    replayFromMs,
    deps.clock.now(),
  );
}

function startRecording(parts: SessionParts): void {
  const { deps, call } = parts;
  const { transport, briefing } = call;
  parts.recorder ??= deps.openRecorder?.({
    briefing,
    epoch: deps.epoch,
    caller: transport.input,
    agent: transport.output,
  });
  if (parts.recorder) parts.outlet.record(parts.recorder);
}

/** False when it has to be tried again soon. */
async function renewLease(
  { deps, call, over }: SessionParts,
  dispatch: (event: SessionEvent) => void,
): Promise<boolean> {
  try {
    const { leaseUntilMs, tenantSpentMicroUsd } = await deps.keeper.renew();
    call.fence.renewed(leaseUntilMs);
    dispatch({ type: 'stored', tenantSpentMicroUsd });
    return true;
  } catch (error) {
    if (over.signal.aborted) return true;
    if (error instanceof FencedError) {
      call.fence.close();
      dispatch({ type: 'fenced' });
    } else deps.log('voice.session.not-renewed', { callId: deps.callId, epoch: deps.epoch }, error);
    return false;
  }
}

/** The transport knows the number of the next frame; the machine does not. */
export const numbered = ({ call }: Pick<SessionParts, 'call'>, checkpoint: Checkpoint): Checkpoint => ({
  ...checkpoint,
  nextAudioSeq: call.transport.audioSeq?.next() ?? checkpoint.nextAudioSeq,
});
