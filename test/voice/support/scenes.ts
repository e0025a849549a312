import { type ScriptedCall, type ScriptedCallOptions, scriptedCall } from './scripted-call.ts';

/** A call that has been greeted. */
export async function greeted(options: ScriptedCallOptions = {}): Promise<ScriptedCall> {
  const call = scriptedCall(options);
  call.start();
  await call.clock.advance(8000);
  return call;
}

export async function ask(call: ScriptedCall, text: string, thenMs = 8000): Promise<void> {
  await call.clock.until(call.line.say(text), 60_000);
  await call.clock.advance(thenMs);
}

export const spoken = (call: ScriptedCall) =>
  call.book
    .entries()
    .flatMap((entry) => (entry.kind === 'turn' ? [`${entry.turnNumber} ${entry.role}: ${entry.text}`] : []));

export const kinds = (call: ScriptedCall) => call.book.entries().map(({ kind }) => kind);

export const outcomeOf = (call: ScriptedCall, atMostMs = 120_000) =>
  call.clock.until(call.owners.at(-1)?.outcome ?? Promise.reject(new Error('no owner')), atMostMs);

export const LONG = 'the return policy is long and has many sentences that nobody wants to hear to their end at all';
