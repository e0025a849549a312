import { type Checkpoint, FencedError } from '../keeper/call-keeper.ts';
import { findAgent } from './find-agent.ts';
import type { Effect, SessionEvent } from './session-events.ts';
import { numbered, type SessionParts, withHeard } from './session-parts.ts';
import type { SessionState } from './session-state.ts';

const DESCRIBE_TRIES = 3;
const DESCRIBE_RETRY_MS = 1000;

/** Carries one effect out. What takes time goes on in the background and comes back as an event. */
export function act(
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
      parts.streams.open(effect);
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
      record(parts, effect, state);
      break;
    case 'hand-over':
      // What was heard is told as of now: what becomes words until the successor is called goes on record by itself.
      void handOver(parts, withHeard(parts, effect.checkpoint, state), dispatch);
      break;
    case 'find-agent':
      void findAgent(parts, effect, dispatch);
      break;
    case 'start-recording':
      startRecording(parts);
      break;
    default:
      void actSlowly(parts, effect, dispatch);
  }
}

function record(parts: SessionParts, effect: Extract<Effect, { type: 'record' }>, state: SessionState): void {
  const { entries, announcements, spentMicroUsd } = effect;
  const checkpoint = withHeard(parts, numbered(parts, effect.checkpoint), state);
  const announceAll = (): void => {
    for (const message of announcements) parts.outlet.send(message);
  };
  parts.writer.write({
    entries,
    checkpoint,
    spentMicroUsd,
    ...(announcements.length > 0 && { onStored: announceAll }),
  });
}

type SlowEffect = Extract<Effect, { type: 'describe' | 'take-extra-line' | 'release-extra-line' }>;

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
    const before = writer.newest();
    await writer.alone(async (newest) => {
      if (over.signal.aborted || !call.fence.mayAct()) return;
      // Something may have been said since the successor was decided on.
      await deps.keeper.handOver(numbered(parts, newest && newest !== before ? newest : checkpoint));
      dispatch({ type: 'handed-over', accepted: true });
    });
  } catch (error) {
    if (error instanceof FencedError) {
      dispatch({ type: 'fenced' });
      return;
    }
    deps.log('voice.session.not-handed-over', { callId: deps.callId, epoch: deps.epoch }, error);
    dispatch({ type: 'handed-over', accepted: false });
  }
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
export async function renewLease(
  { deps, call, over }: SessionParts,
  dispatch: (event: SessionEvent) => void,
): Promise<boolean> {
  try {
    const { leaseUntilMs, tenantSpentMicroUsd, ending } = await deps.keeper.renew();
    call.fence.renewed(leaseUntilMs);
    dispatch({ type: 'stored', tenantSpentMicroUsd });
    if (ending) dispatch({ type: 'ended-outside', reason: ending });
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
