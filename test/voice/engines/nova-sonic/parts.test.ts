import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { engineErrorOf } from '../../../../shared/voice/engines/nova-sonic/errors.ts';
import { sanitizeHistory, textPieces } from '../../../../shared/voice/engines/nova-sonic/history.ts';
import { createInputQueue } from '../../../../shared/voice/engines/nova-sonic/input-queue.ts';
import { EngineError } from '../../../../shared/voice/engines/speech-engine.ts';

const LIMITS = { maxBytes: 200, maxMessages: 4 };
const bytes = (text: string): number => Buffer.byteLength(text);

describe('a history', () => {
  it('begins with the caller, has the newest turns, and joins what one side said in a row', () => {
    expect(
      sanitizeHistory(
        [
          { role: 'assistant', text: 'Hello!' },
          { role: 'user', text: 'Hi' },
          { role: 'user', text: ' there ' },
          { role: 'assistant', text: '  ' },
          { role: 'assistant', text: 'Yes?' },
        ],
        LIMITS,
      ),
    ).toEqual([
      { role: 'user', text: 'Hi\nthere' },
      { role: 'assistant', text: 'Yes?' },
    ]);
  });

  it('keeps within bytes and messages, with roles that alternate, and is the end of what was said', () => {
    const turn = fc.record({
      role: fc.constantFrom('user' as const, 'assistant' as const),
      text: fc.string({ unit: 'grapheme', maxLength: 120 }),
    });
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 20 }), (turns) => {
        const kept = sanitizeHistory(turns, LIMITS);
        expect(kept.length).toBeLessThanOrEqual(LIMITS.maxMessages);
        expect(bytes(kept.map(({ text }) => text).join(''))).toBeLessThanOrEqual(LIMITS.maxBytes);
        expect(kept.every(({ role }, index) => role === (index % 2 === 0 ? 'user' : 'assistant'))).toBe(true);
        const whole = turns
          .map(({ text }) => text.trim())
          .filter((text) => text !== '')
          .join('\n');
        expect(whole.endsWith(kept.map(({ text }) => text).join('\n'))).toBe(true);
      }),
    );
  });
});

test('a text is cut into pieces of at most 1 KB, and never within a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 3000, size: 'max' }), (text) => {
      const whole = text.toWellFormed();
      const pieces = textPieces(whole);
      expect(pieces.join('')).toBe(whole);
      expect(pieces.every((piece) => bytes(piece) <= 1024)).toBe(true);
    }),
  );
});

describe('the input queue', () => {
  const drained = async <Event>(events: AsyncIterable<Event>): Promise<Event[]> => {
    const all: Event[] = [];
    for await (const event of events) all.push(event);
    return all;
  };

  it('drops the oldest audio and never control, and keeps the order of the rest', async () => {
    const anyBatch = fc.record({
      lane: fc.constantFrom('audio' as const, 'control' as const),
      size: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(anyBatch, { maxLength: 40 }), async (batches) => {
        const queue = createInputQueue<string>(5);
        const numbered = batches.map(({ lane, size }, index) => ({
          lane,
          events: Array.from({ length: size }, (_, part) => `${index}.${part}`),
        }));
        for (const batch of numbered) queue.push(batch);
        const audio = numbered.filter(({ lane }) => lane === 'audio');
        const lost = new Set(audio.slice(0, Math.max(0, audio.length - 5)));
        const expected = numbered.filter((batch) => !lost.has(batch)).flatMap(({ events }) => events);
        const reading = queue.events[Symbol.asyncIterator]();
        const read: string[] = [];
        for (let index = 0; index < expected.length; index += 1) read.push((await reading.next()).value);
        queue.stop();
        expect({ read, lost: queue.droppedAudio() }).toEqual({ read: expected, lost: lost.size });
      }),
    );
  });

  it('ends a container that was begun, then sends the last events and nothing more', async () => {
    const queue = createInputQueue<string>(5);
    queue.push({ lane: 'control', events: ['a1', 'a2', 'a3'] });
    queue.push({ lane: 'control', events: ['b1'] });
    const reading = queue.events[Symbol.asyncIterator]();
    await reading.next();
    queue.finish(['end']);
    queue.push({ lane: 'control', events: ['too late'] });
    expect(await drained({ [Symbol.asyncIterator]: () => reading })).toEqual(['a2', 'a3', 'end']);
  });
});

describe('an error of the service', () => {
  const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });
  it.each([
    ['ThrottlingException', 'Too many requests, please wait before trying again.', 0, 'throttled'],
    ['ThrottlingException', 'Too many connections, concurrent stream limit reached.', 0, 'quota'],
    ['ServiceQuotaExceededException', 'Quota.', 0, 'quota'],
    ['ValidationException', 'Invalid event bytes.', 0, 'invalid'],
    ['ValidationException', 'The request was blocked by our content filters.', 0, 'filtered'],
    ['ModelStreamErrorException', 'Timed out waiting for audio bytes.', 60_000, 'idle'],
    ['ValidationException', 'Timed out waiting for input events', 0, 'idle'],
    [
      'ModelTimeoutException',
      'Model has timed out in processing the request. Try your request again.',
      9000,
      'timed-out',
    ],
    [
      'ModelTimeoutException',
      'Model has timed out in processing the request. Try your request again.',
      480_500,
      'expired',
    ],
    ['InternalServerException', 'The system encountered an unexpected error.', 0, 'unavailable'],
    ['AccessDeniedException', 'Not authorized.', 0, 'denied'],
    ['TimeoutError', 'Stream timed out because of no activity for 300000 ms', 0, 'timed-out'],
    ['Error', 'read ECONNRESET', 0, 'unavailable'],
  ] as const)('%s (%s) after %d ms is %s', (name, message, ageMs, kind) => {
    expect(engineErrorOf(named(name, message), ageMs).kind).toBe(kind);
  });

  it('stays as it is when it is classified already', () => {
    const error = new EngineError('filtered', 'No.');
    expect(engineErrorOf(error, 0)).toBe(error);
  });
});
