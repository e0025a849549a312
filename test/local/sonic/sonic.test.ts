import { BedrockRuntimeClient, type Message } from '@aws-sdk/client-bedrock-runtime';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Converse } from '../../../local/services/bedrock-runtime/engine/index.ts';
import { makeBedrockRuntime } from '../../../local/services/bedrock-runtime/index.ts';
import { scriptedSpeech } from '../support/scripted-speech.ts';
import { hostServices } from '../support/service-host.ts';
import {
  audio,
  audioStart,
  closing,
  endOfTurn,
  interrupted,
  is,
  openCall,
  opening,
  outline,
  promptStart,
  quiet,
  sessionStart,
  text,
  tool,
  toolResult,
} from './support/sonic-call.ts';

type Block = NonNullable<Message['content']>[number];

/** What the brain was asked, and what it says next. */
const script: { asked: Parameters<Converse>[1][]; says: Block[][] } = { asked: [], says: [] };
const scripted: Converse = async (_modelId, input) => {
  script.asked.push(structuredClone(input));
  return {
    output: { message: { role: 'assistant', content: script.says.shift() ?? [{ text: 'Yes.' }] } },
    stopReason: 'end_turn',
    usage: undefined,
    metrics: undefined,
  };
};

let speech: ReturnType<typeof scriptedSpeech>;
let host: Awaited<ReturnType<typeof startHost>>;
let client: BedrockRuntimeClient;

const startHost = () =>
  hostServices({
    make: (context) => ({
      bedrockRuntime: makeBedrockRuntime(context, {
        converse: scripted,
        speech: async () => speech.speech,
        pace: Number.POSITIVE_INFINITY,
      }),
    }),
  });

beforeEach(async () => {
  Object.assign(script, { asked: [], says: [] });
  speech = scriptedSpeech();
  host = await startHost();
  client = new BedrockRuntimeClient({ ...host.root, logger: quiet });
});
afterEach(async () => {
  client.destroy();
  await host.discard();
});

const talk = async (...args: Parameters<typeof opening>) => {
  const call = await openCall(client, opening(...args));
  const ear = speech.ears.at(-1);
  if (!ear) throw new Error('there is no ear');
  return { call, ear };
};

test('a spoken question is transcribed, answered sentence by sentence, and told as heard when it has been played', async () => {
  script.says = [[{ text: 'We open at nine. We close at six.' }]];
  const { call, ear } = await talk();
  ear.hearsTurn('When are you open?');
  const produced = await call.until(is('contentEnd', { type: 'AUDIO', stopReason: 'END_TURN' }));
  await host.clock.advance(1000);
  const played = await call.until(endOfTurn);
  call.push(...closing);
  expect([outline(produced), outline(played), outline(await call.rest())]).toEqual([
    [
      'completionStart',
      'start TEXT USER FINAL',
      'USER: When are you open?',
      'end TEXT PARTIAL_TURN',
      'start TEXT ASSISTANT SPECULATIVE',
      'ASSISTANT: We open at nine.',
      'end TEXT PARTIAL_TURN',
      'start AUDIO ASSISTANT',
      'audioOutput',
      'end AUDIO PARTIAL_TURN',
      'start TEXT ASSISTANT SPECULATIVE',
      'ASSISTANT: We close at six.',
      'end TEXT PARTIAL_TURN',
      'start AUDIO ASSISTANT',
      'audioOutput',
      'end AUDIO END_TURN',
    ],
    [
      'start TEXT ASSISTANT FINAL',
      'ASSISTANT: We open at nine.',
      'end TEXT PARTIAL_TURN',
      'start TEXT ASSISTANT FINAL',
      'ASSISTANT: We close at six.',
      'end TEXT END_TURN',
    ],
    ['completionEnd'],
  ]);
});

test('every sentence of a reply follows on the one before, no audio is lost, and usage adds up', async () => {
  script.says = [[{ text: 'We open at nine. We close at six.' }]];
  const { call, ear } = await talk();
  call.push(...Array.from({ length: 10 }, () => audio()));
  ear.hearsTurn('When?');
  const events = await call.until(is('contentEnd', { type: 'AUDIO', stopReason: 'END_TURN' }));
  await host.clock.advance(1000);
  const told = await call.until(endOfTurn);
  call.push({ sessionEnd: {} });
  const usage = [...events, ...told, ...(await call.rest())].flatMap(({ usageEvent }) => usageEvent ?? []);
  const bytes = events
    .flatMap(({ audioOutput }) => (audioOutput ? [Buffer.from(String(audioOutput.content), 'base64').length] : []))
    .reduce((sum, length) => sum + length, 0);
  const last = usage.at(-1) as { totalTokens: number; details: { total: object } };
  const total = { input: { speechTokens: 8, textTokens: 4 }, output: { speechTokens: 20, textTokens: 8 } };
  // 8 words of 100 ms at 24 kHz.
  expect([bytes, ear.receivedBytes(), last.details.total, last.totalTokens]).toEqual([38_400, 10_240, total, 40]);
});

test('a caller who cuts in silences the reply, and only what was heard is told and remembered', async () => {
  script.says = [[{ text: 'One two three four. Five six seven eight. Nine ten.' }]];
  const { call, ear } = await talk();
  ear.hearsTurn('Count!');
  await call.until(is('contentEnd', { type: 'AUDIO', stopReason: 'END_TURN' }));
  await host.clock.advance(650);
  await call.until(is('contentEnd', { type: 'TEXT', stopReason: 'PARTIAL_TURN' }));
  ear.hears({ type: 'speech-started', atMs: 650 });
  const cut = [...(await call.until(interrupted)), ...(await call.until(interrupted))];
  await host.clock.advance(10_000);
  ear.hearsTurn('Stop!');
  const answered = await call.until(is('contentEnd', { type: 'AUDIO', stopReason: 'END_TURN' }));
  expect([outline(cut), outline(answered), script.asked.at(-1)?.messages]).toEqual([
    [
      'start TEXT ASSISTANT FINAL',
      'ASSISTANT: Five six',
      'end TEXT INTERRUPTED',
      'start TEXT ASSISTANT FINAL',
      'ASSISTANT: { "interrupted" : true }',
      'end TEXT INTERRUPTED',
    ],
    [
      'start TEXT USER FINAL',
      'USER: Stop!',
      'end TEXT PARTIAL_TURN',
      'start TEXT ASSISTANT SPECULATIVE',
      'ASSISTANT: Yes.',
      'end TEXT PARTIAL_TURN',
      'start AUDIO ASSISTANT',
      'audioOutput',
      'end AUDIO END_TURN',
    ],
    [
      { role: 'user', content: [{ text: 'Count!' }] },
      { role: 'assistant', content: [{ text: 'One two three four. Five six' }] },
      { role: 'user', content: [{ text: 'Stop!' }] },
    ],
  ]);
});

test('speech after a reply has been played interrupts nothing', async () => {
  const { call, ear } = await talk();
  ear.hearsTurn('Hello?');
  await call.until(is('contentEnd', { type: 'AUDIO', stopReason: 'END_TURN' }));
  await host.clock.advance(1000);
  await call.until(endOfTurn);
  ear.hearsTurn('Hello again?');
  const events = await call.until(is('contentEnd', { type: 'AUDIO', stopReason: 'END_TURN' }));
  expect(outline(events).filter((line) => line.includes('INTERRUPTED'))).toEqual([]);
});

test('a tool is used, the call goes on listening, and the answer comes with the result', async () => {
  script.says = [
    [{ toolUse: { toolUseId: 'u1', name: 'askAgent', input: { question: 'How long?' } } }],
    [{ text: 'Still here.' }],
    [{ text: 'Thirty days.' }],
  ];
  const { call, ear } = await talk('You are kind.', [tool('askAgent', 'Answers.', ['question'])]);
  ear.hearsTurn('How long?');
  const used = await call.until(is('contentEnd', { stopReason: 'TOOL_USE' }));
  ear.hearsTurn('Are you there?');
  await call.until(is('contentEnd', { type: 'AUDIO', stopReason: 'END_TURN' }));
  call.push(...toolResult('r1', 'u1', '{"answer":"Thirty days."}'));
  const answered = await call.until(is('contentEnd', { type: 'AUDIO', stopReason: 'END_TURN' }));
  expect([outline(used).slice(-3), outline(answered).slice(0, 3), script.asked.at(-1)]).toEqual([
    ['start TOOL TOOL', 'askAgent {"question":"How long?"}', 'end TOOL TOOL_USE'],
    ['start TEXT ASSISTANT SPECULATIVE', 'ASSISTANT: Thirty days.', 'end TEXT PARTIAL_TURN'],
    {
      system: [{ text: 'You are kind.' }],
      inferenceConfig: { maxTokens: 1024, topP: 0.9, temperature: 0.7 },
      toolConfig: {
        tools: [
          {
            toolSpec: {
              name: 'askAgent',
              description: 'Answers.',
              inputSchema: {
                json: { type: 'object', properties: { question: { type: 'string' } }, required: ['question'] },
              },
            },
          },
        ],
      },
      messages: [
        { role: 'user', content: [{ text: 'Are you there?' }] },
        { role: 'assistant', content: [{ text: 'Still here.' }] },
        { role: 'user', content: [{ text: 'How long?' }] },
        {
          role: 'assistant',
          content: [{ toolUse: { toolUseId: 'u1', name: 'askAgent', input: { question: 'How long?' } } }],
        },
        {
          role: 'user',
          content: [
            { toolResult: { toolUseId: 'u1', status: 'success', content: [{ text: '{"answer":"Thirty days."}' }] } },
          ],
        },
      ],
    },
  ]);
});

test.each([
  ['of a tool use that never was', [...toolResult('r1', 'u9', '{}')], 'No tool use found for toolUseId: u9'],
  [
    'for the second time',
    [...toolResult('r1', 'u1', '{}'), ...toolResult('r2', 'u1', '{}')],
    'The tool use has a result already. toolUseId: u1',
  ],
  ['that is no JSON object', [...toolResult('r1', 'u1', 'thirty days')], 'Tool Response parsing error'],
])('a tool result %s ends the stream', async (_case, results, message) => {
  script.says = [[{ toolUse: { toolUseId: 'u1', name: 'askAgent', input: {} } }]];
  const { call, ear } = await talk();
  ear.hearsTurn('How long?');
  await call.until(is('contentEnd', { stopReason: 'TOOL_USE' }));
  call.push(...results);
  await expect(call.rest()).rejects.toThrow(
    expect.objectContaining({ name: 'ValidationException', message: expect.stringContaining(` : ${message}`) }),
  );
});

test('typed text is answered like speech, notes are known to the model, and noise is not answered', async () => {
  const { call, ear } = await talk('Be kind.');
  call.push(...text('n1', 'USER', 'He is in a hurry.'), ...text('t1', 'USER', 'Are you open?', true));
  ear.hearsTurn('');
  const events = await call.until(is('contentEnd', { type: 'AUDIO', stopReason: 'END_TURN' }));
  expect([outline(events)[1], script.asked.map(({ system, messages }) => [system, messages])]).toEqual([
    'start TEXT ASSISTANT SPECULATIVE',
    [
      [
        [{ text: 'Be kind.' }, { text: 'Note during the call: He is in a hurry.' }],
        [{ role: 'user', content: [{ text: 'Are you open?' }] }],
      ],
    ],
  ]);
});

test('history comes before what is said; text before the microphone opens is the beginning', async () => {
  const call = await openCall(client, [
    sessionStart(),
    promptStart(),
    ...text('h1', 'USER', 'I am Ada.', true),
    ...text('h2', 'ASSISTANT', 'Hello Ada.'),
    ...text('g', 'USER', 'Greet me.', true),
    audioStart(),
  ]);
  await call.until(is('contentEnd', { type: 'AUDIO', stopReason: 'END_TURN' }));
  expect(script.asked.map(({ messages }) => messages)).toEqual([
    [
      { role: 'user', content: [{ text: 'I am Ada.' }] },
      { role: 'assistant', content: [{ text: 'Hello Ada.' }] },
      { role: 'user', content: [{ text: 'Greet me.' }] },
    ],
  ]);
});

test('an answer found while the caller speaks waits until he has finished, and both questions are answered', async () => {
  const { call, ear } = await talk();
  ear.hearsTurn('One?');
  ear.hears({ type: 'speech-started', atMs: 0 });
  ear.hears({ type: 'utterance', text: 'Two?', startMs: 0, endMs: 0, atMs: 0 });
  const ends = is('contentEnd', { type: 'AUDIO', stopReason: 'END_TURN' });
  const events = [...(await call.until(ends)), ...(await call.until(ends))];
  expect(outline(events).filter((line) => /^(?:USER|ASSISTANT):/.test(line))).toEqual([
    'USER: One?',
    'USER: Two?',
    'ASSISTANT: Yes.',
    'ASSISTANT: Yes.',
  ]);
});

test.each([
  ['HIGH', 500],
  ['MEDIUM', 650],
  ['LOW', 900],
])('sensitivity %s ends a turn after %i ms of silence', async (sensitivity, endOfTurnMs) => {
  const call = await openCall(client, [
    sessionStart(sensitivity),
    promptStart(),
    audioStart({ sampleRateHertz: 8000 }),
  ]);
  call.push(...closing);
  await call.rest();
  expect(speech.ears.map(({ options, isClosed }) => [options, isClosed()])).toEqual([
    [{ sampleRateHertz: 8000, endOfTurnMs }, true],
  ]);
});

test('audio of a reply comes twice as fast as it is played', async () => {
  const paced = await hostServices({
    make: (context) => ({
      bedrockRuntime: makeBedrockRuntime(context, { converse: scripted, speech: async () => speech.speech }),
    }),
  });
  const other = new BedrockRuntimeClient(paced.root);
  try {
    // 800 ms of speech in pieces of 80 ms: one at once, then one each 40 ms.
    script.says = [[{ text: 'one two three four five six seven eight' }]];
    const call = await openCall(other, opening());
    speech.ears.at(-1)?.hearsTurn('Count!');
    await call.until(is('audioOutput'));
    let pieces = 1;
    const end = call.until((event) => {
      pieces += is('audioOutput')(event) ? 1 : 0;
      return is('contentEnd', { type: 'AUDIO' })(event);
    });
    await paced.clock.advance(359);
    const before = pieces;
    await paced.clock.advance(1);
    await end;
    expect([before < 10, pieces]).toEqual([true, 10]);
  } finally {
    other.destroy();
    await paced.discard();
  }
});
