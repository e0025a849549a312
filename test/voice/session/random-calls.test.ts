import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPENED_WITH } from '../support/call-book.ts';
import { type ScriptedCall, scriptedCall } from '../support/scripted-call.ts';

type Happening =
  | { readonly kind: 'ask' | 'ask-tool' | 'ask-slow-tool' | 'ask-and-die' | 'type'; readonly thenMs: number }
  | {
      readonly kind: 'break' | 'kill' | 'pause' | 'drop' | 'switch' | 'switch-and-die' | 'settings';
      readonly thenMs: number;
    };

const happening: fc.Arbitrary<Happening> = fc.record({
  kind: fc.constantFrom(
    'ask',
    'ask',
    'ask',
    'ask-tool',
    'ask-slow-tool',
    'ask-and-die',
    'type',
    'break',
    'kill',
    'pause',
    'switch',
    'switch-and-die',
    'settings',
    'drop' as const,
  ),
  thenMs: fc.integer({ min: 300, max: 20_000 }),
});

/** An owner that has called a successor asks for its lease every second. */
const NOTICED_WITHIN_MS = 1100;

const OTHER = '019aa000-0000-7000-8000-0000000000b1';

/** Long enough after any of these for everything to be settled. */
const SETTLE_MS = 25_000;

/** The owner dies, in the midst of whatever is being said, and another takes the call over. */
async function isLost(call: ScriptedCall, afterMs: number): Promise<void> {
  await call.clock.advance(afterMs);
  call.owners.at(-1)?.kill();
  await call.clock.advance(700);
  call.takeOver();
}

/** Something other than words happens. */
async function disturb(call: ScriptedCall, kind: Happening['kind'], thenMs: number): Promise<void> {
  if (kind === 'switch' || kind === 'switch-and-die') {
    call.line.tell({ type: 'session.switchAgent', agentId: thenMs % 2 ? OTHER : OPENED_WITH });
    if (kind === 'switch-and-die') await isLost(call, thenMs % 1500);
    await call.clock.advance(thenMs % 3000);
  }
  if (kind === 'settings') call.book.changeSettings({ voice: thenMs % 2 ? 'matthew' : 'tiffany' });
  if (kind === 'break') call.engine.breakStreams('unavailable');
  if (kind === 'kill') {
    await isLost(call, 0);
    await call.clock.advance(2000);
  }
  if (kind === 'drop') {
    call.line.disconnect();
    await call.clock.advance(3000);
    call.line.resume('resume-me');
  }
}

async function live(call: ScriptedCall, happenings: readonly Happening[]): Promise<string[]> {
  const asked: string[] = [];
  for (const { kind, thenMs } of happenings) {
    if (call.book.finished.length > 0) break;
    const question = `question number ${asked.length + 1} ${kind.startsWith('ask-') ? kind.slice(4) : 'plain'} end`;
    if (kind.startsWith('ask')) {
      asked.push(question);
      const saying = call.line.say(question);
      if (kind === 'ask-and-die') await isLost(call, 100 + (thenMs % 1700));
      await call.clock.until(saying, 60_000);
      // Lines drop only when the words have been understood: what nobody has heard, nobody can keep.
      await call.clock.advance(1500);
    } else if (kind === 'type') {
      asked.push(question);
      call.line.tell({ type: 'text', text: question });
      await call.clock.advance(100);
    } else await disturb(call, kind, thenMs);
    await call.clock.advance(thenMs);
  }
  await call.clock.advance(SETTLE_MS);
  return asked;
}

/** Switches that the client was told of and that are not on record. */
const toldTooEarly = ({ line, book }: ScriptedCall): readonly string[] => {
  const recorded = book.entries().flatMap((entry) => (entry.kind === 'agent-switch' ? [entry.agentId] : []));
  return line
    .messages('session.agentSwitched')
    .map(({ agentId }) => agentId)
    .filter((agentId) => agentId !== OPENED_WITH && !recorded.includes(agentId));
};

describe('any call', () => {
  it('keeps every turn and answers each, whatever breaks, dies, drops or is switched', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 1, maxLength: 12 }), async (happenings) => {
        const call = scriptedCall({
          book: { others: [{ agentId: OTHER, agentName: 'Other' }] },
          engine: {
            reply: (text) => ({
              text: `Here is the answer to ${text}.`,
              ...(text.includes('tool') && { tool: { name: 'askAgent', input: { question: text } } }),
            }),
          },
          brain: { answer: (text) => ({ answer: 'yes', afterMs: text.includes('slow') ? 2500 : 300 }) },
        });
        call.start();
        await call.clock.advance(8000);
        const asked = await live(call, happenings);
        const entries = call.book.entries();
        const turns = entries.filter((entry) => entry.kind === 'turn');
        const numbers = new Set(turns.filter(({ role }) => role === 'user').map(({ turnNumber }) => turnNumber));
        const answers = turns.filter(({ role, turnNumber }) => role === 'assistant' && turnNumber > 0);
        expect({
          unheard: asked.filter((question) => !turns.some(({ role, text }) => role === 'user' && text === question)),
          unanswered: [...numbers].filter((number) => !answers.some(({ turnNumber }) => turnNumber === number)),
          seqs: entries.map(({ seq }) => seq),
          violations: call.book.violations,
          crashes: call.logs.filter(({ code }) => code === 'voice.session.crashed'),
          finished: call.book.finished,
          toldTooEarly: toldTooEarly(call),
        }).toEqual({
          unheard: [],
          unanswered: [],
          seqs: entries.map((_, seq) => seq),
          violations: [],
          crashes: [],
          finished: [],
          toldTooEarly: [],
        });
        // Without breaks every question was put to the model once and answered once, in full or until it was cut off.
        if (
          !happenings.some(
            ({ kind }) =>
              kind.includes('switch') ||
              kind === 'kill' ||
              kind === 'ask-and-die' ||
              kind === 'break' ||
              kind === 'drop',
          )
        ) {
          const whole = asked.map((question) => answers.filter(({ text }) => text.includes(`${question}.`)).length);
          expect(whole.every((count) => count <= 1)).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('loses no turn over hand-overs, and an owner that was followed sends nothing any more', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 6000, max: 30_000 }), { minLength: 5, maxLength: 20 }),
        async (pauses) => {
          const call = scriptedCall({
            ownerMs: 150_000,
            engine: { reply: (text) => ({ text: `Here is the answer to ${text}.` }) },
          });
          call.start();
          await call.clock.advance(8000);
          const asked: string[] = [];
          for (const pauseMs of pauses) {
            const question = `this is question number ${asked.length + 1}`;
            asked.push(question);
            await call.clock.until(call.line.say(question), 60_000);
            await call.clock.advance(pauseMs);
          }
          await call.clock.advance(SETTLE_MS);
          const entries = call.book.entries();
          const texts = entries.flatMap((entry) => (entry.kind === 'turn' ? [entry.text] : []));
          const late = call.line.received.filter(({ epoch, atMs }) =>
            call.book.ownerSince.some((owner) => owner.epoch > epoch && atMs > owner.atMs + NOTICED_WITHIN_MS),
          );
          expect({
            lost: asked.filter((question) => !texts.some((text) => text.includes(question))),
            seqs: entries.map(({ seq }) => seq),
            late,
            violations: call.book.violations,
            crashes: call.logs.filter(({ code }) => code === 'voice.session.crashed'),
          }).toEqual({ lost: [], seqs: entries.map((_, seq) => seq), late: [], violations: [], crashes: [] });
        },
      ),
      { numRuns: 30 },
    );
  });
});
