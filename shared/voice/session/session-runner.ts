import { LEASE_RENEW_MS } from '../keeper/call-keeper.ts';
import { act, renewLease } from './carry-out.ts';
import { knownOfOutside } from './control.ts';
import { createLookLoop } from './look-loop.ts';
import type { Effect, SessionEvent, Stop } from './session-events.ts';
import { type ClaimedCall, createParts, type SessionParts } from './session-parts.ts';
import type { EngineChoice, SessionDependencies, SessionOutcome } from './session-ports.ts';
import { initialState, type SessionSetup, type SessionState } from './session-state.ts';
import { shutDown } from './shut-down.ts';
import { step } from './step.ts';

/** How often the machine looks at the clock. */
const TICK_MS = 100;
const CARRIAGE_EVERY_TICKS = 50;
/** While a successor is awaited the lease is asked for more often: the sooner this owner falls silent. */
const HANDING_OVER_RENEW_MS = 1000;
const RENEW_RETRY_MS = 1000;

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
      if (message.type === 'look') outside.lookNow();
      else if (message.type !== 'audio') dispatch({ type: 'client', message });
      else {
        callerFrames++;
        const nowMs = clock.now();
        parts.caller.push(message.audio, nowMs, message.seq);
        parts.recorder?.caller(message.audio, nowMs);
        parts.feed?.caller(message.audio);
      }
    }
    dispatch({ type: 'client-gone' });
  };

  const outside = createLookLoop(
    parts,
    () => knownOfOutside(state),
    (look, { agentId }) => {
      parts.feed?.watched(look.watchers);
      dispatch({ type: 'looked', look, ...(agentId !== undefined && { agentId }) });
    },
  );

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
    for (const loop of [listen(), keepTime(), keepLease(), outside.run()]) {
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
  engines: engines.map(({ engine }) => ({ name: engine.name, cast: 0, renewal: engine.renewal })),
  deadlineMs: deps.deadlineMs,
  canRecord: deps.openRecorder !== undefined,
});
