import { expect, test } from 'vitest';
import { withWishes } from '../../../shared/voice/direct/with-wishes.ts';
import type { CallKeeper } from '../../../shared/voice/keeper/call-keeper.ts';

type End = Parameters<CallKeeper['finish']>[0];

test('what the client told about the call reaches its record when it ends, and only what it told', async () => {
  const ends: End[] = [];
  const keeper = { finish: async (end: End) => void ends.push(end) } as unknown as CallKeeper;
  const start = {
    type: 'session.start',
    inputSampleRateHertz: 16_000,
    outputSampleRateHertz: 24_000,
    recordingConsent: false,
  } as const;
  const end = { status: 'completed', reason: 'client-ended', entries: [] } as unknown as End;
  await withWishes(keeper, { ...start, contextOverride: { customerName: 'Ada' } }).finish(end);
  await withWishes(keeper, start).finish(end);
  expect(ends).toEqual([{ ...end, contextOverride: { customerName: 'Ada' } }, end]);
});
