import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { readExample } from '../../local/start/example.ts';
import { type Caller, dial, voiceOf, wordsOf } from './support/caller.ts';
import { isOver, realSpeech, startTalk, type TalkHarness, TRANSPORTS, type Transport } from './support/talk.ts';

/** The model files are downloaded once for the checkout. */
const FIRST_DOWNLOAD_MS = 300_000;

describe('talking with an agent', () => {
  const example = readExample(resolve(import.meta.dirname, '../../examples/cozy-comfort'));
  const callers: Caller[] = [];
  let harness: TalkHarness;

  beforeAll(async () => {
    const speech = await realSpeech();
    harness = await startTalk({ speech, form: example.form });
  }, FIRST_DOWNLOAD_MS);
  afterAll(async () => {
    for (const caller of callers) caller.hangUp();
    await harness?.stop();
  });

  const call = async (transport: Transport): Promise<Caller> => {
    const caller = await dial(await harness.newTicket(transport));
    callers.push(caller);
    onTestFailed(() => {
      process.stderr.write(`${caller.story()}\n`);
    });
    return caller;
  };

  /** On the line, the greeting heard to its end. */
  const greeted = async (transport: Transport) => {
    const caller = await call(transport);
    const greeting = caller.answer(/Welcome/);
    const ready = await caller.start();
    await greeting;
    await caller.quiet();
    return { caller, ready };
  };

  describe.for(TRANSPORTS)('over the %s transport', (transport) => {
    it('a spoken question about the return policy is answered aloud with its figure', async () => {
      const { caller, ready } = await greeted(transport);
      const before = caller.played().length;
      const answered = caller.answer(/100 nights/);
      await caller.say(await voiceOf(harness.speech, 'How long can I return a mattress?'));
      const answer = await answered;
      await caller.quiet();
      const reply = await wordsOf(harness.speech, caller.played().subarray(before), 24_000);
      expect(reply).toMatch(/(100|one hundred|a hundred) nights/i);
      // Nothing that is written only.
      expect(answer.text).not.toMatch(/[[\]*#`_|]/);
      const ended = await caller.leave();
      expect(ended).toEqual({ type: 'session.ended', epoch: 1, reason: 'client-ended', callId: ready.callId });

      const record = await harness.recordWhen(ready.callId, isOver);
      expect(record).toMatchObject({
        status: 'completed',
        endReason: 'client-ended',
        transport,
        engine: 'nova-sonic',
        turns: 1,
        interruptions: 0,
        transcript: [
          { turn: 0, role: 'assistant', via: 'voice', interrupted: false },
          { turn: 1, role: 'user', via: 'voice', text: expect.stringMatching(/mattress/i) },
          {
            turn: 1,
            role: 'assistant',
            text: expect.stringMatching(/100 nights/),
            answerLatencyMs: expect.any(Number),
          },
        ],
        tools: [{ turn: 1, name: 'askAgent', status: 'success', durationMs: expect.any(Number) }],
        latency: { turns: 1, p50Ms: expect.any(Number), p95Ms: expect.any(Number) },
      });
      const { legs, total } = record.cost as unknown as { legs: Record<string, Money>; total: Money };
      expect(Object.values(legs).reduce((sum, { microUsd }) => sum + microUsd, 0)).toBe(total.microUsd);
      expect(legs.model?.microUsd).toBeGreaterThan(0);
      // Over the relay API Gateway and the owner are paid; the direct path pays the agent's own runtime alone.
      expect((legs.transport?.microUsd ?? 0) > 0).toBe(transport === 'relay');
    });

    it('who interrupts is heard: the answer stops, its record holds what was played, the next question is answered', async () => {
      const { caller, ready } = await greeted(transport);
      const whole = /100 nights after delivery, even if you have slept on it, as long as it is clean and undamaged/;
      const begun = caller.next('audio');
      caller.type('How long can I return a mattress?');
      const { turn } = await begun;
      await caller.hearing(turn, 2000);
      const interrupted = caller.next('interrupted');
      const next = caller.answer(/9\.90 euros/);
      const cut = caller.next(
        'transcript',
        ({ role, stage, turn: of }) => role === 'assistant' && stage === 'final' && of === turn,
      );
      await caller.say(await voiceOf(harness.speech, 'What does shipping to France cost?'));
      const at = caller.heard.indexOf(await interrupted);
      await next;
      const after = caller.heard.slice(at + 1);
      expect(after.filter((message) => message.type === 'audio' && message.turn === turn)).toEqual([]);
      expect(await cut).toMatchObject({ interrupted: true, text: expect.not.stringMatching(whole) });
      await caller.leave();
      const record = await harness.recordWhen(ready.callId, isOver);
      expect(record).toMatchObject({ interruptions: 1, interruptionList: [{ turn }] });
      const spoken = record.transcript.filter(({ role, interrupted: was }) => role === 'assistant' && was);
      expect(spoken).toMatchObject([{ turn, text: expect.not.stringMatching(whole) }]);
    });

    it('typed words and keys are understood, and a call goes on over another connection', async () => {
      const caller = await call(transport);
      const ready = await caller.start({ contextOverride: { customerName: 'Ada' } });
      const first = caller.answer(/389/);
      caller.type('What does the Alpine goose down duvet in 200 x 200 cm cost?');
      await first;
      caller.cut();
      await caller.closed;
      await caller.resume(transport === 'relay' ? await harness.newTicket('relay') : undefined);
      const second = caller.answer(/100 nights/);
      caller.type('How long can I return a mattress?');
      await second;
      const pressed = caller.next('transcript', ({ role, stage }) => role === 'user' && stage === 'final');
      caller.send({ type: 'dtmf', digits: '12#' });
      expect(await pressed).toMatchObject({ text: expect.stringContaining('1 2 #') });
      await caller.leave();
      expect(await harness.recordWhen(ready.callId, isOver)).toMatchObject({
        endReason: 'client-ended',
        contextOverride: { customerName: 'Ada' },
        transcript: expect.arrayContaining([
          expect.objectContaining({ role: 'user', via: 'text' }),
          expect.objectContaining({ role: 'user', via: 'dtmf' }),
        ]),
      });
    });
  });

  it('no log has a word of what was said, a sound or a ticket in it', async () => {
    const { body } = await harness.api.request<{ calls: { callId: string }[] }>('GET', '/api/v1/calls');
    expect(body.calls).toHaveLength(3 * TRANSPORTS.length);
    const logs = readdirSync(join(harness.dataDir, 'logs'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => ({ name, text: readFileSync(join(parentPath, name), 'utf8') }));
    expect(logs.map(({ name }) => name)).toContain('oratio-dev-voice-session.log');
    const leak =
      /mattress|100 nights|shipping to France|Alpine|Welcome to|[A-Za-z0-9+/]{200,}|"audio":|ticket=|owner=|ok_[A-Za-z0-9]/;
    expect(
      logs.flatMap(({ name, text }) =>
        text
          .split('\n')
          .filter((line) => leak.test(line))
          .map((line) => `${name}: ${line}`),
      ),
    ).toEqual([]);
  });
});

interface Money {
  readonly microUsd: number;
}
