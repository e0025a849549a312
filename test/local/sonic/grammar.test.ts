import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AwsError } from '../../../local/core/service.ts';
import { BEGINNING, type Meaning, takeInput } from '../../../local/services/bedrock-runtime/sonic/grammar.ts';
import { readInputEvent } from '../../../local/services/bedrock-runtime/sonic/input-events.ts';
import {
  audio,
  audioStart,
  contentEnd,
  type Event,
  PROMPT,
  promptStart,
  sessionStart,
  textInput,
  textStart,
  toolResult,
} from './support/sonic-call.ts';

const name = fc.constantFrom('a', 'b', 'c');
const role = fc.constantFrom('SYSTEM', 'SYSTEM_SPEECH', 'USER', 'ASSISTANT', 'TOOL');

/** Events that are right by themselves, in any order. */
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.constant(sessionStart()),
  fc.constant(promptStart()),
  fc.tuple(name, role, fc.boolean()).map(([content, who, interactive]) => textStart(content, who, interactive)),
  fc.tuple(name, fc.string({ maxLength: 1500 })).map(([content, text]) => textInput(content, text)),
  name.map((content) => audioStart({}, content)),
  name.map((content) => audio('AAAA'.repeat(4), content)),
  name.map((content) => toolResult(content, 'u1', '{}')[0] as Event),
  name.map((content) => contentEnd(content)),
  fc.constant<Event>({ promptEnd: { promptName: PROMPT } }),
  fc.constant<Event>({ sessionEnd: {} }),
);

/** What a sequence means, up to its end or its first error. */
const readAll = (events: readonly Event[]): { meanings: Meaning[]; error?: unknown } => {
  const meanings: Meaning[] = [];
  let state = BEGINNING;
  try {
    for (const members of events) {
      const taken = takeInput(state, readInputEvent(Buffer.from(JSON.stringify({ event: members }))));
      state = taken.state;
      meanings.push(...taken.meanings);
    }
    return { meanings };
  } catch (error) {
    return { meanings, error };
  }
};

/** A beginning that is right, so that the sequences get further. */
const sequence = fc
  .tuple(fc.boolean(), fc.array(event, { maxLength: 30 }))
  .map(([begun, events]) => (begun ? [sessionStart(), promptStart(), ...events] : events));

test('any sequence of events is understood or refused with a ValidationException', () => {
  fc.assert(
    fc.property(sequence, (events) => {
      const { error } = readAll(events);
      expect(error === undefined || (error instanceof AwsError && error.name === 'ValidationException')).toBe(true);
    }),
  );
});

test('whatever comes: audio only while the microphone is open, system and history only before it, nothing after the end', () => {
  fc.assert(
    fc.property(sequence, (events) => {
      const types = readAll(events).meanings.map(({ type }) => type);
      const opened = types.indexOf('audio-start');
      const before = opened === -1 ? types : types.slice(0, opened);
      const after = opened === -1 ? [] : types.slice(opened);
      expect(before.filter((type) => ['audio', 'audio-end', 'text', 'note'].includes(type))).toEqual([]);
      expect(after.filter((type) => ['system', 'history'].includes(type))).toEqual([]);
      expect(types.slice(0, -1)).not.toContain('session-end');
      expect(types.filter((type) => type === 'session').length).toBeLessThanOrEqual(1);
    }),
  );
});

test('any bytes at all are an event or a ValidationException', () => {
  const json = fc.json().map((text) => Buffer.from(text));
  const shaped = fc.record({
    event: fc.dictionary(fc.constantFrom('sessionStart', 'textInput', '__proto__'), fc.jsonValue()),
  });
  const any = fc.oneof(
    fc.uint8Array(),
    json,
    shaped.map((value) => Buffer.from(JSON.stringify(value))),
  );
  fc.assert(
    fc.property(any, (bytes) => {
      try {
        readInputEvent(bytes);
      } catch (error) {
        expect(error).toMatchObject({ name: 'ValidationException' });
      }
    }),
  );
});
