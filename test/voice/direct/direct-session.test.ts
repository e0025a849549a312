import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FencedError } from '../../../shared/voice/keeper/call-keeper.ts';
import { NO_COST } from '../../../shared/voice/session/call-cost.ts';
import { runVoiceSession } from '../../../shared/voice/session/run-voice-session.ts';
import { type CallBook, callBook } from '../support/call-book.ts';
import { type DirectHost, startDirectHost, systemClock } from '../support/direct-host.ts';
import { scriptedBrain } from '../support/scripted-brain.ts';
import { TICKET } from '../support/scripted-owner.ts';
import { toneEngine } from '../support/tone-engine.ts';
import { describeTransport } from '../support/transport-suite.ts';
import type { VirtualClock } from '../support/virtual-clock.ts';

/** Real time for peers that were made for a clock that is wound by hand. */
const clock: VirtualClock = { ...systemClock, advance: systemClock.sleep, until: (work) => work };

let host: DirectHost;
const books = new Map<string, CallBook>();

beforeAll(async () => {
  host = await startDirectHost(async ({ transport, claim }) => {
    if (claim.ownerToken !== TICKET) throw new FencedError(claim.callId);
    const book = callBook({ clock, latencyMs: 1, briefing: { callId: claim.callId } });
    books.set(claim.callId, book);
    const outcome = await runVoiceSession({
      callId: claim.callId,
      epoch: claim.epoch,
      keeper: book.keeperOf(claim.epoch, 'start'),
      connect: async () => transport,
      engines: () => [{ engine: toneEngine(), modelId: 'tone', voiceFor: ({ voice }) => voice }],
      brain: () => scriptedBrain({ clock, self: { greeting: 'Hello.' } }),
      pricing: { ofUsage: () => NO_COST, ofCarriage: () => NO_COST },
      clock,
      log: () => undefined,
      signal: new AbortController().signal,
      deadlineMs: undefined,
    });
    if (outcome.how === 'fenced') throw new FencedError(claim.callId);
  });
});
afterAll(() => host.stop());

describe('the direct path with the owner of calls', () => {
  describeTransport({ newCall: () => host.newCall(TICKET) });

  test('what was said over it is kept', async () => {
    const call = await host.newCall(TICKET);
    const client = await call.connect();
    client.send({ type: 'session.start', ticket: TICKET });
    const { callId } = await client.next('session.ready');
    await client.next('transcript', ({ turn, stage }) => turn === 0 && stage === 'speculative');
    client.send({ type: 'playback', turn: 0, playedMs: 400 });
    client.send({ type: 'text', text: 'Are you open?' });
    const answer = await client.next('transcript', ({ turn, role }) => turn === 1 && role === 'assistant');
    client.send({ type: 'playback', turn: answer.turn, playedMs: 400 });
    client.send({ type: 'session.end' });
    await client.closed;
    const book = books.get(callId);
    await expect.poll(() => book?.finished).toEqual([{ status: 'completed', reason: 'client-ended' }]);
    const turns = book?.entries().filter((entry) => entry.kind === 'turn') ?? [];
    expect(turns.map(({ role, text }) => [role, text])).toEqual([
      ['assistant', 'Hello.'],
      ['user', 'Are you open?'],
      ['assistant', 'You typed: Are you open?'],
    ]);
  });
});
