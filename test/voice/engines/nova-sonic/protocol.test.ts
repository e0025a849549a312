import { describe, expect, it, test } from 'vitest';
import { sonicInput, sonicSettled } from '../../../../shared/voice/engines/nova-sonic/protocol.ts';
import type { EngineEvent, EngineInput } from '../../../../shared/voice/engines/speech-engine.ts';
import { heardFrom, started, wire } from '../support/sonic-calls.ts';
import { out, sentence, textBlock } from '../support/sonic-script.ts';

const spoken = (responseId: string, text: string, audio: readonly number[]): EngineEvent[] => [
  { type: 'agent-text', responseId, text, stage: 'speculative' },
  ...audio.map((byte): EngineEvent => ({ type: 'audio', responseId, audio: new Uint8Array([byte, 0]) })),
  { type: 'agent-text', responseId, text, stage: 'final' },
];

describe('what a stream is opened with', () => {
  it('is the session, the prompt with its tools, the system text, the history and the one audio container', () => {
    const { batch } = started({
      history: [
        { role: 'assistant', text: 'Hello!' },
        { role: 'user', text: 'Hi' },
        { role: 'assistant', text: 'How can I help?' },
      ],
    });
    expect(wire(batch.events)).toEqual([
      {
        event: {
          sessionStart: {
            inferenceConfiguration: { maxTokens: 1024, topP: 0.9, temperature: 0.7 },
            turnDetectionConfiguration: { endpointingSensitivity: 'HIGH' },
          },
        },
      },
      {
        event: {
          promptStart: {
            promptName: 'p',
            textOutputConfiguration: { mediaType: 'text/plain' },
            audioOutputConfiguration: {
              mediaType: 'audio/lpcm',
              sampleRateHertz: 24_000,
              sampleSizeBits: 16,
              channelCount: 1,
              audioType: 'SPEECH',
              encoding: 'base64',
              voiceId: 'tiffany',
            },
            toolUseOutputConfiguration: { mediaType: 'application/json' },
            toolConfiguration: {
              tools: [
                { toolSpec: { name: 'askAgent', description: 'Asks.', inputSchema: { json: '{"type":"object"}' } } },
              ],
            },
          },
        },
      },
      ...['SYSTEM', 'USER', 'ASSISTANT'].flatMap((role, index) => {
        const text = ['You are the voice of a shop.', 'Hi', 'How can I help?'][index];
        const content = { promptName: 'p', contentName: `p-${index}` };
        return [
          {
            event: {
              contentStart: {
                ...content,
                type: 'TEXT',
                interactive: false,
                role,
                textInputConfiguration: { mediaType: 'text/plain' },
              },
            },
          },
          { event: { textInput: { ...content, content: text } } },
          { event: { contentEnd: content } },
        ];
      }),
      {
        event: {
          contentStart: {
            promptName: 'p',
            contentName: 'p-3',
            type: 'AUDIO',
            interactive: true,
            role: 'USER',
            audioInputConfiguration: {
              mediaType: 'audio/lpcm',
              sampleRateHertz: 16_000,
              sampleSizeBits: 16,
              channelCount: 1,
              audioType: 'SPEECH',
              encoding: 'base64',
            },
          },
        },
      },
    ]);
  });
});

describe('a turn', () => {
  it('is the words of the caller, then text, audio and final text of one response, and its end', () => {
    const { events } = heardFrom([
      out.completionStart(),
      ...textBlock('u', 'USER', 'FINAL', 'When do you open?', 'END_TURN'),
      ...sentence('1', 'We open at nine.', { last: false }),
      ...sentence('2', 'See you!', { frames: 1 }),
      out.usage(40, 3, 0, 12),
      out.usage(0, 0, 0, 0),
    ]);
    expect(events).toEqual([
      { type: 'user-text', text: 'When do you open?', final: true },
      ...spoken('r1', 'We open at nine.', [1, 2]),
      ...spoken('r1', 'See you!', [1]),
      { type: 'response-ended', responseId: 'r1' },
      {
        type: 'usage',
        usage: { inputSpeechTokens: 40, inputTextTokens: 3, outputSpeechTokens: 0, outputTextTokens: 12 },
      },
    ]);
  });

  it('ends by and by when the final text does not come', () => {
    const withoutFinal = sentence('1', 'Nine.', { frames: 0 }).slice(0, -3);
    const { state, events } = heardFrom(withoutFinal);
    expect([...events, ...sonicSettled(state).events]).toEqual([
      { type: 'agent-text', responseId: 'r1', text: 'Nine.', stage: 'speculative' },
      { type: 'response-ended', responseId: 'r1' },
    ]);
  });

  it('does not take our own words for those of the caller', () => {
    const { state } = sonicInput(started().state, { type: 'say', text: 'Welcome!' });
    const echo = 'Say exactly this, word for word: "Welcome!"';
    const { events, state: after } = heardFrom(textBlock('u', 'USER', 'FINAL', echo), state);
    expect({ events, echoes: after.counters.echoes }).toEqual({ events: [], echoes: 1 });
  });
});

describe('an interruption', () => {
  const cut = [...textBlock('s', 'ASSISTANT', 'SPECULATIVE', 'Our hours are'), out.start('a', 'AUDIO', 'ASSISTANT')];

  it('is told once, by either sign, and nothing of the response comes after it', () => {
    const { events, state } = heardFrom([
      ...cut,
      out.audio('a', [1, 0]),
      out.start('f', 'TEXT', 'ASSISTANT', 'FINAL'),
      out.text('f', '{ "interrupted" : true }'),
      out.end('f', 'INTERRUPTED'),
      out.audio('a', [2, 0]),
      out.end('a', 'END_TURN'),
      ...textBlock('late', 'ASSISTANT', 'FINAL', 'Our hours'),
      out.start('b', 'AUDIO', 'ASSISTANT'),
      out.audio('b', [3, 0]),
      out.end('b', 'INTERRUPTED'),
    ]);
    expect(events).toEqual([
      { type: 'agent-text', responseId: 'r1', text: 'Our hours are', stage: 'speculative' },
      { type: 'audio', responseId: 'r1', audio: new Uint8Array([1, 0]) },
      { type: 'interrupted', responseId: 'r1' },
    ]);
    expect(state.counters.staleEvents).toBe(3);
  });

  it('counts for the response whose audio closed with END_TURN just before it', () => {
    const { events } = heardFrom([
      ...cut,
      out.end('a', 'END_TURN'),
      out.start('f', 'TEXT', 'ASSISTANT', 'FINAL'),
      out.end('f', 'INTERRUPTED'),
      ...textBlock('u', 'USER', 'FINAL', 'Wait!'),
      ...sentence('2', 'Yes?', { frames: 1 }),
    ]);
    expect(events).toEqual([
      { type: 'agent-text', responseId: 'r1', text: 'Our hours are', stage: 'speculative' },
      { type: 'interrupted', responseId: 'r1' },
      { type: 'user-text', text: 'Wait!', final: true },
      ...spoken('r2', 'Yes?', [1]),
      { type: 'response-ended', responseId: 'r2' },
    ]);
  });
});

describe('a tool use', () => {
  const use = [
    out.start('t', 'TOOL', 'TOOL'),
    out.tool('t', 'tool-1', 'askAgent', { question: 'Hours?' }),
    out.end('t', 'TOOL_USE'),
  ];

  it('is told when it is whole and answered exactly once', () => {
    const { state, events } = heardFrom([...use, ...use.slice(1, 2)]);
    const first = sonicInput(state, { type: 'tool-result', toolUseId: 'tool-1', content: 'At nine.' });
    const second = sonicInput(first.state, { type: 'tool-result', toolUseId: 'tool-1', content: { a: 1 } });
    const stranger = sonicInput(second.state, { type: 'tool-result', toolUseId: 'tool-2', content: {} });
    expect(events).toEqual([
      { type: 'tool-use', toolUseId: 'tool-1', name: 'askAgent', input: { question: 'Hours?' } },
    ]);
    const content = { promptName: 'p', contentName: 'p-2' };
    expect(wire(first.batches.flatMap((batch) => batch.events))).toEqual([
      {
        event: {
          contentStart: {
            ...content,
            type: 'TOOL',
            interactive: false,
            role: 'TOOL',
            toolResultInputConfiguration: {
              toolUseId: 'tool-1',
              type: 'TEXT',
              textInputConfiguration: { mediaType: 'text/plain' },
            },
          },
        },
      },
      { event: { toolResult: { ...content, content: '{"result":"At nine."}' } } },
      { event: { contentEnd: content } },
    ]);
    expect([second.batches, stranger.batches, stranger.state.counters.refusedToolResults]).toEqual([[], [], 2]);
  });
});

test('what the caller types and what is to be said asks for an answer; a note does not', () => {
  const { state } = started();
  const inputs: EngineInput[] = [
    { type: 'text', role: 'user', text: 'Hours?' },
    { type: 'say', text: 'One moment.' },
    { type: 'text', role: 'note', text: 'Be brief.' },
  ];
  const sent = inputs.map((input) =>
    JSON.stringify(wire(sonicInput(state, input).batches.flatMap(({ events }) => events))),
  );
  const asked = sent.map((text) => [
    text.includes('"interactive":true'),
    /"textInput":\{[^}]*"content":"(.*?)"\}\}/.exec(text)?.[1]?.replaceAll('\\"', '"'),
  ]);
  expect(asked).toEqual([
    [true, 'Hours?'],
    [true, 'Say exactly this, word for word: "One moment."'],
    [false, '[Instruction from the system; the caller does not hear it and you do not mention it: Be brief.]'],
  ]);
});

test('what the model refuses is a problem the stream survives; what we do not know is counted', () => {
  const { events, state } = heardFrom([
    ...textBlock('s', 'ASSISTANT', 'SPECULATIVE', 'Well', 'CONTENT_FILTERED'),
    { brandNewEvent: { a: 1 } },
    { textOutput: { content: 7 } },
    'nonsense',
  ]);
  expect(events.map((event) => (event.type === 'problem' ? event.error.kind : event.type))).toEqual([
    'agent-text',
    'filtered',
  ]);
  expect(state.counters.unknownEvents).toBe(3);
});
