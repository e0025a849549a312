import type { CallEntry } from '../../calls/call.ts';
import { FencedError } from '../keeper/call-keeper.ts';
import { checkpointOf } from './checkpoint.ts';
import type { Stop } from './session-events.ts';
import { numbered, type SessionParts } from './session-parts.ts';
import type { SessionOutcome } from './session-ports.ts';
import type { SessionState } from './session-state.ts';

/** Nothing may hold an ending up for longer. */
const CLOSE_WITHIN_MS = 5000;
const RECORDING_WITHIN_MS = 20_000;
const FINISH_RETRY_MS = [200, 1000, 3000];

/** Closes everything, whatever the reason; a call that ended here is finished exactly once. */
export async function shutDown(parts: SessionParts, stop: Stop, state: () => SessionState): Promise<SessionOutcome> {
  const { over, tools, streams, caller, outlet, call } = parts;
  over.abort(new Error('The session is over.'));
  parts.feed?.close();
  caller.mute();
  tools.cancelAll();
  if (stop.how !== 'ended') call.fence.close();
  const closing = streams.closeAll();
  // Who only lost sight of the caller may have been followed by another owner: then the caller's connection is not his.
  const leavingAtOnce =
    stop.how === 'ended' && stop.reason !== 'client-gone' ? outlet.close(stop.closeCode) : undefined;
  const unstored = (await within(parts, CLOSE_WITHIN_MS, parts.writer.stop())) ?? [];
  if (stop.how === 'parked') return putThrough(parts, stop, unstored, closing);
  const outcome = stop.how === 'ended' ? await finish(parts, stop, unstored, state()) : leave(parts, stop);
  const isOurs = stop.how === 'ended' && outcome.how === 'ended';
  const leaving = leavingAtOnce ?? (isOurs ? outlet.close(stop.closeCode) : outlet.release());
  // Last, because it may take longer than what is left of the lease.
  await closeRecorder(parts);
  await within(parts, CLOSE_WITHIN_MS, Promise.allSettled([closing, leaving]));
  return outcome;
}

/**
 * What becomes of the call is written first: whoever asks for it then, this process or the provider when it finds the
 * stream gone, is told the same.
 */
async function putThrough(
  parts: SessionParts,
  stop: Extract<Stop, { how: 'parked' }>,
  unstored: readonly CallEntry[],
  closing: Promise<unknown>,
): Promise<SessionOutcome> {
  const { deps, call, outlet } = parts;
  const { transfer } = stop;
  const parting = {
    transfer,
    checkpoint: numbered(parts, stop.checkpoint),
    entries: [...unstored, ...stop.entries],
  };
  const parked = await stored(parts, async () => deps.keeper.park?.(parting));
  if (parked === 'fenced') call.fence.close();
  const leaving = parked === 'fenced' ? outlet.release() : outlet.putThrough();
  await closeRecorder(parts);
  await within(parts, CLOSE_WITHIN_MS, Promise.allSettled([closing, leaving]));
  const how = parked === 'fenced' ? 'fenced' : 'parked';
  deps.log('voice.session.left', { callId: deps.callId, epoch: deps.epoch, how });
  return { how };
}

/** Tries a last write until it is made, refused, or given up. */
async function stored({ deps, call }: SessionParts, write: () => Promise<void>): Promise<'stored' | 'fenced' | 'lost'> {
  for (const waitMs of [...FINISH_RETRY_MS, undefined]) {
    if (!call.fence.mayAct()) return 'fenced';
    try {
      await write();
      return 'stored';
    } catch (error) {
      if (error instanceof FencedError) return 'fenced';
      deps.log('voice.session.not-finished', { callId: deps.callId, epoch: deps.epoch }, error);
      if (waitMs !== undefined) await deps.clock.sleep(waitMs);
    }
  }
  // Line and lease free themselves; the gateway closes the record of a call that nobody renews.
  return 'lost';
}

function leave({ deps }: SessionParts, { how }: Extract<Stop, { how: 'handed-over' | 'fenced' }>): SessionOutcome {
  deps.log('voice.session.left', { callId: deps.callId, epoch: deps.epoch, how });
  return { how };
}

async function finish(
  parts: SessionParts,
  stop: Extract<Stop, { how: 'ended' }>,
  unstored: readonly CallEntry[],
  state: SessionState,
): Promise<SessionOutcome> {
  const { deps } = parts;
  const end = {
    status: stop.reason === 'failed' ? ('failed' as const) : ('completed' as const),
    reason: stop.reason,
    checkpoint: numbered(parts, stop.checkpoint ?? checkpointOf(state)),
    entries: [...unstored, ...stop.entries],
    // As operators have changed them.
    ...(state.control.contextOverride !== undefined && { contextOverride: state.control.contextOverride }),
  };
  const finished = await stored(parts, () => deps.keeper.finish(end));
  if (finished === 'fenced') return { how: 'fenced' };
  if (finished === 'stored') {
    const { turn: turns } = end.checkpoint;
    deps.log('voice.session.ended', { callId: deps.callId, epoch: deps.epoch, reason: stop.reason, turns });
  }
  return { how: 'ended', reason: stop.reason };
}

/** A recording that cannot be kept does not keep the call from ending. */
async function closeRecorder(parts: SessionParts): Promise<void> {
  const { recorder, deps } = parts;
  if (!recorder) return;
  const closed = recorder.close().catch((error: unknown) => {
    deps.log('voice.session.recording-lost', { callId: deps.callId, epoch: deps.epoch }, error);
  });
  await within(parts, RECORDING_WITHIN_MS, closed);
}

async function within<Value>({ deps }: SessionParts, ms: number, work: Promise<Value>): Promise<Value | undefined> {
  const done = new AbortController();
  const late = deps.clock.sleep(ms, done.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}
