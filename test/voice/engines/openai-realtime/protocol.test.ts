import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeServerEvent } from '../../../../shared/voice/engines/openai-realtime/events.ts';
import {
  openRealtime,
  type RealtimeState,
  realtimeInput,
  realtimeOutput,
} from '../../../../shared/voice/engines/openai-realtime/protocol.ts';
import { splitSentences } from '../../../../shared/voice/engines/sentences.ts';
import type { EngineEvent, EngineInput } from '../../../../shared/voice/engines/speech-engine.ts';

const PCM = { encoding: 'pcm16', sampleRateHertz: 24_000 } as const;
const SETTINGS = {
  modelId: 'gpt-realtime',
  systemPrompt: '',
  tools: [],
  voice: 'marin',
  language: 'en-US',
  endpointing: 'low',
  input: PCM,
  output: PCM,
  history: [],
} as const;

const id = fc.constantFrom('a', 'b', 'c');
const anyEvent = fc.oneof(
  fc.constant({ type: 'input_audio_buffer.speech_started' }),
  id.map((response) => ({ type: 'response.created', response: { id: response } })),
  id.map((response_id) => ({ type: 'response.output_audio.delta', response_id, item_id: 'i', delta: 'AQEBAQ==' })),
  id.map((response_id) => ({ type: 'response.output_audio_transcript.delta', response_id, delta: 'One. Two' })),
  id.map((response_id) => ({ type: 'response.output_audio_transcript.done', response_id, transcript: 'One. Two.' })),
  fc.constantFrom('c1', 'c2').map((call_id) => ({
    type: 'response.output_item.done',
    item: { type: 'function_call', name: 'askAgent', call_id, arguments: '{}' },
  })),
  fc
    .tuple(id, fc.constantFrom('completed', 'cancelled', 'failed', 'incomplete'))
    .map(([response, status]) => ({ type: 'response.done', response: { id: response, status } })),
  fc.constantFrom({ type: 'error', error: { code: 'conversation_already_has_active_response' } }, { type: 'new' }, 7),
);
const anyInput: fc.Arbitrary<EngineInput> = fc.oneof(
  fc.constant<EngineInput>({ type: 'say', text: 'Hello' }),
  fc.constantFrom('c1', 'c2', 'c3').map((toolUseId): EngineInput => ({ type: 'tool-result', toolUseId, content: 1 })),
  id.map((responseId): EngineInput => ({ type: 'played', responseId, playedMs: 5 })),
);

const isCreated = (event: unknown): event is { readonly response: { readonly id: string } } =>
  typeof event === 'object' && event !== null && 'type' in event && event.type === 'response.created';

type Move = { readonly event: unknown } | { readonly input: EngineInput };

const taken = (state: RealtimeState, move: Move, nowMs: number) =>
  'event' in move
    ? realtimeOutput(state, decodeServerEvent(JSON.stringify(move.event)), nowMs)
    : realtimeInput(state, move.input);

/** Fails when anything of an interrupted response is told; one that is created anew is another. */
const silenceKeeper = () => {
  const over = new Set<string>();
  return (move: Move, events: readonly EngineEvent[]): void => {
    if ('event' in move && isCreated(move.event)) over.delete(move.event.response.id);
    for (const event of events) {
      if (!('responseId' in event) || event.responseId === undefined) continue;
      expect(over).not.toContain(event.responseId);
      if (event.type === 'interrupted') over.add(event.responseId);
    }
  };
};

test('in any order of events nothing of a response follows its interruption, and each call is answered at most once', () => {
  const anyMove: fc.Arbitrary<Move> = fc.oneof(
    anyEvent.map((event) => ({ event })),
    anyInput.map((input) => ({ input })),
  );
  fc.assert(
    fc.property(fc.array(anyMove, { maxLength: 60 }), (moves) => {
      let { state } = openRealtime(SETTINGS);
      const events: EngineEvent[] = [];
      const sent: string[] = [];
      const keepsSilence = silenceKeeper();
      for (const [index, move] of moves.entries()) {
        const step = taken(state, move, index);
        state = step.state;
        keepsSilence(move, step.events);
        events.push(...step.events);
        sent.push(...step.send.map((event) => JSON.stringify(event)));
      }
      const answers = sent.filter((text) => text.includes('function_call_output'));
      const told = events.filter(({ type }) => type === 'tool-use').length;
      expect(new Set(answers).size).toBe(answers.length);
      expect(answers.length).toBeLessThanOrEqual(told);
      expect(sent.filter((text) => text.includes('audio_end_ms":-')).length).toBe(0);
    }),
  );
});

test('text is cut where it can be spoken, and nothing of it is lost', () => {
  expect(splitSentences('We open at 9.30 a.m. today! Dr. Smith is in. And')).toEqual({
    ready: ['We open at 9.30 a.m.', 'today!', 'Dr. Smith is in.'],
    rest: ' And',
  });
  const anyText = fc.array(fc.constantFrom('One. ', 'Is it? ', 'word ', '3.5', '\n', '。', 'x'.repeat(350)), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(anyText, (parts) => {
      const { ready, rest } = splitSentences(parts.join(''));
      expect([...ready, rest].join('').replace(/\s/g, '')).toBe(parts.join('').replace(/\s/g, ''));
      expect(rest.length).toBeLessThanOrEqual(300);
    }),
  );
});
