import fc from 'fast-check';
import { encodeInput } from '../../../../shared/voice/engines/nova-sonic/codec.ts';
import {
  closeSonic,
  openSonic,
  sonicInput,
  sonicOutput,
} from '../../../../shared/voice/engines/nova-sonic/protocol.ts';
import type { EngineEvent, EngineInput, EngineSettings } from '../../../../shared/voice/engines/speech-engine.ts';
import { decoded, out, sentence, textBlock } from './sonic-script.ts';

const SETTINGS: EngineSettings = {
  modelId: 'amazon.nova-2-sonic-v1:0',
  systemPrompt: 'You are the voice of a shop.',
  tools: [{ name: 'askAgent', description: 'Asks.', inputSchema: { type: 'object' } }],
  voice: 'tiffany',
  language: 'en-US',
  endpointing: 'high',
  input: { encoding: 'pcm16', sampleRateHertz: 16_000 },
  output: { encoding: 'pcm16', sampleRateHertz: 24_000 },
  history: [],
};
const LIMITS = { maxBytes: 40 * 1024, maxMessages: 40 };

export const started = (settings: Partial<EngineSettings> = {}) => openSonic({ ...SETTINGS, ...settings }, 'p', LIMITS);

export const wire = (events: readonly Parameters<typeof encodeInput>[0][]): unknown[] =>
  events.map((event) => JSON.parse(new TextDecoder().decode(encodeInput(event))));

/** Events of the engine after these outputs. */
export const heardFrom = (outputs: readonly unknown[], first = started().state) => {
  let state = first;
  const events: EngineEvent[] = [];
  for (const output of outputs) {
    const step = sonicOutput(state, decoded(output));
    state = step.state;
    events.push(...step.events);
  }
  return { state, events };
};

/** Outputs of a model in any order, with few ids, so that they collide. */
const anyOutput = fc.oneof(
  fc.constant(out.completionStart()),
  fc
    .tuple(
      fc.constantFrom('1', '2', '3', '4'),
      fc.constantFrom('TEXT' as const, 'AUDIO' as const, 'TOOL' as const),
      fc.constantFrom('USER', 'ASSISTANT'),
      fc.constantFrom('SPECULATIVE' as const, 'FINAL' as const, undefined),
    )
    .map(([id, type, role, stage]) => out.start(id, type, type === 'TOOL' ? 'TOOL' : role, stage)),
  fc
    .tuple(fc.constantFrom('1', '2', '3', '4'), fc.constantFrom('Hello', '{ "interrupted" : true }', ' '))
    .map(([id, text]) => out.text(id, text)),
  fc.constantFrom('1', '2', '3', '4').map((id) => out.audio(id)),
  fc
    .tuple(fc.constantFrom('1', '2', '3', '4'), fc.constantFrom('ta', 'tb', 'tc'))
    .map(([id, tool]) => out.tool(id, tool, 'askAgent', {})),
  fc
    .tuple(fc.constantFrom('1', '2', '3', '4'), fc.constantFrom('PARTIAL_TURN', 'END_TURN', 'INTERRUPTED', 'TOOL_USE'))
    .map(([id, reason]) => out.end(id, reason)),
  fc.constantFrom('END_TURN', 'INTERRUPTED').map(out.completionEnd),
  fc.constant(out.usage(1, 0, 0, 0)),
);

/** Whole turns as the model makes them, cut off at any place. */
const anyTurn = fc.nat(1000).chain((id) =>
  fc.oneof(
    fc
      .nat(20)
      .map((keep) => [
        ...sentence(`s${id}`, 'Hello', { frames: 3 }).slice(0, keep),
        out.start(`i${id}`, 'TEXT', 'ASSISTANT', 'FINAL'),
        out.end(`i${id}`, 'INTERRUPTED'),
      ]),
    fc.constant(sentence(`s${id}`, 'Hello', { frames: 3 })),
    fc.constant(textBlock(`u${id}`, 'USER', 'FINAL', 'Words', 'END_TURN')),
    fc.constant([
      out.start(`t${id}`, 'TOOL', 'TOOL'),
      out.tool(`t${id}`, `use-${id}`, 'askAgent', {}),
      out.end(`t${id}`, 'TOOL_USE'),
    ]),
  ),
);

const anyInput: fc.Arbitrary<EngineInput> = fc.oneof(
  fc.uint8Array({ maxLength: 3000 }).map((audio): EngineInput => ({ type: 'audio', audio })),
  fc
    .tuple(fc.constantFrom('user' as const, 'note' as const), fc.string({ unit: 'grapheme', maxLength: 900 }))
    .map(([role, text]): EngineInput => ({ type: 'text', role, text })),
  fc.string({ maxLength: 50 }).map((text): EngineInput => ({ type: 'say', text })),
  fc
    .tuple(fc.constantFrom('ta', 'tb', 'tc', 'use-1', 'use-2'), fc.jsonValue())
    .map(([toolUseId, content]): EngineInput => ({ type: 'tool-result', toolUseId, content })),
  fc.nat(5000).map((playedMs): EngineInput => ({ type: 'played', responseId: 'r1', playedMs })),
);

type Move = { readonly output: unknown } | { readonly input: EngineInput };

export const anyCall = fc
  .array(
    fc.oneof(
      anyOutput.map((output): Move[] => [{ output }]),
      anyTurn.map((outputs): Move[] => outputs.map((output) => ({ output }))),
      anyInput.map((input): Move[] => [{ input }]),
    ),
    { maxLength: 60 },
  )
  .map((moves) => moves.flat());

export const play = (moves: readonly Move[], settings: Partial<EngineSettings> = {}) => {
  const opened = started(settings);
  let { state } = opened;
  const sent = [...opened.batch.events];
  const events: EngineEvent[] = [];
  for (const move of moves) {
    if ('output' in move) {
      const step = sonicOutput(state, decoded(move.output));
      state = step.state;
      events.push(...step.events);
    } else {
      const step = sonicInput(state, move.input);
      state = step.state;
      sent.push(...step.batches.flatMap((batch) => batch.events));
    }
  }
  const closed = closeSonic(state);
  const afterwards = sonicInput(closed.state, { type: 'say', text: 'Too late' });
  return { sent: wire([...sent, ...closed.events]), events, afterwards: afterwards.batches };
};
