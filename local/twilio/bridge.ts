import type { Fields } from './account.ts';
import type { Line } from './line.ts';
import type { LiveCall } from './live-call.ts';

/** Resolves when the signal aborts. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/**
 * Rings until somebody answers or nobody does, then lets both hear each other until one hangs up or `stop` aborts. Gives
 * what Twilio tells the `action` of the `<Dial>`.
 */
export async function bridged(caller: Line, leg: LiveCall, stop: AbortSignal): Promise<Fields> {
  void aborted(stop).then(() => leg.end(leg.status === 'in-progress' ? 'completed' : 'canceled'));
  try {
    const person = await leg.answered.promise;
    caller.listen((frame) => person.play(frame));
    person.listen((frame) => caller.play(frame));
    await leg.ended.promise;
    caller.listen(undefined);
    person.listen(undefined);
    return { DialCallStatus: 'completed', DialCallDuration: String(leg.durationSeconds ?? 0) };
  } catch {
    return { DialCallStatus: await leg.ended.promise };
  }
}
