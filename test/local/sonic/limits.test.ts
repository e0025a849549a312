import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Converse } from '../../../local/services/bedrock-runtime/engine/index.ts';
import { makeBedrockRuntime } from '../../../local/services/bedrock-runtime/index.ts';
import { scriptedSpeech } from '../support/scripted-speech.ts';
import { hostServices } from '../support/service-host.ts';
import {
  audio,
  audioStart,
  type Call,
  closing,
  contentEnd,
  type Event,
  FRAME_BYTES,
  is,
  MODEL,
  openCall,
  opening,
  PROMPT,
  promptStart,
  quiet,
  sessionStart,
  text,
  textInput,
  textStart,
  toolResult,
} from './support/sonic-call.ts';

const says: Converse = async () => ({
  output: { message: { role: 'assistant', content: [{ text: 'Yes.' }] } },
  stopReason: 'end_turn',
  usage: undefined,
  metrics: undefined,
});

let speech: ReturnType<typeof scriptedSpeech>;
let host: Awaited<ReturnType<typeof startHost>>;
let client: BedrockRuntimeClient;

const startHost = () =>
  hostServices({
    make: (context) => ({
      bedrockRuntime: makeBedrockRuntime(context, { converse: says, speech: async () => speech.speech }),
    }),
    policy: [
      {
        Effect: 'Allow',
        Action: 'bedrock:InvokeModelWithBidirectionalStream',
        Resource: `arn:aws:bedrock:us-east-1::foundation-model/${MODEL}`,
      },
    ],
  });

beforeEach(async () => {
  speech = scriptedSpeech();
  host = await startHost();
  client = new BedrockRuntimeClient({ ...host.root, logger: quiet });
});
afterEach(async () => {
  client.destroy();
  await host.discard();
});

/** Name and message of what a stream ends with, the request's id left out. */
const failureOf = async (running: Promise<unknown>): Promise<string> => {
  try {
    await running;
  } catch (error) {
    const { name, message } = error as Error;
    return `${name}: ${message.replace(/^RequestId=[\w-]+ : /, '')}`;
  }
  return 'no failure';
};

const failureAfter = (...events: readonly Event[]): Promise<string> =>
  failureOf(
    openCall(client, events).then((call) => {
      call.end();
      return call.rest();
    }),
  );

const unreadable =
  'ValidationException: Unable to parse input chunk. Please check input format contains correct values.';
const invalid = (message: string) => `ValidationException: ${message}`;
const untilPrompt = [sessionStart(), promptStart()];
const untilAudio = [...untilPrompt, audioStart()];
const kilobytes = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => textInput(`h${from}`, String(index % 10).repeat(1024)));

const malformed: readonly (readonly [string, readonly Event[], string])[] = [
  ['a prompt before the session', [promptStart()], invalid('The first event must be sessionStart.')],
  ['two sessions', [sessionStart(), sessionStart()], invalid('The session has been started already.')],
  ['two prompts', [...untilPrompt, promptStart()], invalid('A session takes one prompt only.')],
  [
    'content before the prompt',
    [sessionStart(), audioStart()],
    invalid(`No open prompt found for prompt name: ${PROMPT}`),
  ],
  [
    'content of another prompt',
    [...untilPrompt, { contentEnd: { promptName: 'p2', contentName: 'x' } }],
    invalid('No open prompt found for prompt name: p2'),
  ],
  ['an unknown event', [{ sessionBegin: {} }], unreadable],
  ['an unknown sensitivity', [sessionStart('EXTREME')], unreadable],
  ['an unknown voice', [sessionStart(), promptStart({ voiceId: 'hal' })], invalid('Received invalid voiceId')],
  ['a wrong rate out', [sessionStart(), promptStart({ sampleRateHertz: 44_100 })], unreadable],
  ['a wrong rate in', [...untilPrompt, audioStart({ sampleRateHertz: 11_025 })], unreadable],
  ['stereo', [...untilPrompt, audioStart({ channelCount: 2 })], unreadable],
  ['a name left out', [...untilAudio, { audioInput: { promptName: PROMPT, content: '' } }], unreadable],
  ['audio that is not base64', [...untilAudio, audio('*not base64*')], unreadable],
  ['half a sample', [...untilAudio, audio('AAAA')], invalid('Audio content must be base64 encoded 16 bit samples.')],
  [
    'audio of a content that is not open',
    [...untilAudio, audio(undefined, 'other')],
    invalid('No open content found for content name: other'),
  ],
  [
    'the end of a content that has ended',
    [...untilAudio, contentEnd('audio'), contentEnd('audio')],
    invalid('No open content found for content name: audio'),
  ],
  [
    'text in an audio content',
    [...untilAudio, textInput('audio', 'hi')],
    invalid('Content audio is of type AUDIO and takes no TEXT input.'),
  ],
  [
    'a content name used twice',
    [...untilPrompt, ...text('a', 'SYSTEM', 'Hi.'), textStart('a', 'USER')],
    invalid('Content name must be unique: a'),
  ],
  ['two microphones', [...untilAudio, audioStart({}, 'audio2')], invalid('An audio content is open already.')],
  [
    'two system prompts',
    [...untilPrompt, ...text('a', 'SYSTEM', 'Hi.'), ...text('b', 'SYSTEM', 'Ho.')],
    invalid('Duplicate SYSTEM content'),
  ],
  [
    'a system prompt during the call',
    [...untilAudio, ...text('a', 'SYSTEM', 'Hi.')],
    invalid('SYSTEM content must come before the conversation.'),
  ],
  [
    'history that begins with the assistant',
    [...untilPrompt, ...text('a', 'ASSISTANT', 'Hi.')],
    invalid('The first message of the chat history must be from the user.'),
  ],
  [
    'history during the call',
    [...untilAudio, ...text('a', 'ASSISTANT', 'Hi.')],
    invalid('Chat history must come before the audio.'),
  ],
  [
    'a textInput of more than 1 KB',
    [...untilPrompt, ...text('a', 'USER', 'x'.repeat(1025))],
    invalid('A textInput must not be larger than 1 KB.'),
  ],
  [
    'history of more than 40 KB',
    [...untilPrompt, textStart('h0', 'USER'), ...kilobytes(41)],
    invalid('Chat history is over max limit. Trim chat history and try again.'),
  ],
  [
    'history of more than 40 messages',
    [...untilPrompt, ...Array.from({ length: 41 }, (_, index) => text(`h${index}`, 'USER', 'hi')).flat()],
    invalid('Chat history is over max limit. Trim chat history and try again.'),
  ],
  [
    'a tool schema that is no JSON',
    [sessionStart(), promptStart({}, [{ toolSpec: { name: 'ask', inputSchema: { json: 'object' } } }])],
    invalid('The inputSchema of tool ask must be a JSON object as a string.'),
  ],
  [
    'a tool result nobody asked for',
    [...untilAudio, ...toolResult('r', 'u1', '{}')],
    invalid('No tool use found for toolUseId: u1'),
  ],
];

test.each(malformed)('%s is a validation error', async (_case, events, failure) => {
  expect(await failureAfter(...events)).toBe(failure);
});

test('an error before any answer rejects the request itself; bytes that are no JSON are told in the stream', async () => {
  const rejected = await failureOf(openCall(client, [sessionStart(), promptStart({ voiceId: 'hal' })]));
  const call = await openCall(client, opening());
  call.pushBytes(Buffer.from('{"event":'));
  expect([rejected, await failureOf(call.rest())]).toEqual([invalid('Received invalid voiceId'), unreadable]);
});

test('40 KB of history in 40 messages, a long system prompt and a speech prompt are taken', async () => {
  const history = Array.from({ length: 40 }, (_, index) => [
    textStart(`h${index}`, index % 2 === 0 ? 'USER' : 'ASSISTANT'),
    ...kilobytes(1, index),
    contentEnd(`h${index}`),
  ]).flat();
  const prompts = [...text('s', 'SYSTEM', 'x'.repeat(30_000)), ...text('v', 'SYSTEM_SPEECH', 'Speak slowly.')];
  const call = await openCall(client, [...untilPrompt, ...prompts, ...history, audioStart(), ...closing]);
  expect((await call.rest()).at(-1)).toHaveProperty('completionEnd');
});

test('models that have ended, other models and roles without the permission are refused at once', async () => {
  const role = new BedrockRuntimeClient({ ...host.role, logger: quiet });
  try {
    const [ended, other, denied, allowed] = await Promise.all([
      failureOf(openCall(client, opening(), { modelId: 'amazon.nova-sonic-v1:0' })),
      failureOf(openCall(client, opening(), { modelId: 'amazon.nova-pro-v1:0' })),
      failureOf(openCall(role, opening(), { modelId: 'amazon.nova-2-5-sonic' })),
      openCall(role, [...opening(), ...closing]).then((call) => call.rest()),
    ]);
    expect([ended, other, denied, allowed.length > 0]).toEqual([
      'ResourceNotFoundException: This model version has reached the end of its life.',
      invalid('The provided model identifier is invalid.'),
      expect.stringMatching(
        /^AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role\/worker\/test is not authorized to perform: bedrock:InvokeModelWithBidirectionalStream on resource: arn:aws:bedrock:us-east-1::foundation-model\/amazon.nova-2-5-sonic /,
      ),
      true,
    ]);
  } finally {
    role.destroy();
  }
});

test('after 8 minutes the model has timed out, however lively the call', async () => {
  const call = await openCall(client, opening());
  const failed = failureOf(call.rest());
  for (let minute = 0; minute < 16; minute += 1) {
    call.push(...text(`t${minute}`, 'USER', 'Still there?', true));
    await reached(() => speech.spoken.length === minute + 1);
    await host.clock.advance(30_000);
  }
  expect(await failed).toBe(
    'ModelTimeoutException: Model has timed out in processing the request. Try your request again.',
  );
});

/** Lets the machine work until it is so; what it waits for comes by I/O, not by the clock. */
const reached = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
};

test('55 seconds without audio or interactive content end the stream, silence keeps it', async () => {
  const call = await openCall(client, opening());
  const ear = speech.ears[0];
  await host.clock.advance(54_000);
  call.push(audio());
  await reached(() => ear?.receivedBytes() === FRAME_BYTES);
  await host.clock.advance(54_000);
  call.push(audio());
  await reached(() => ear?.receivedBytes() === 2 * FRAME_BYTES);
  await host.clock.advance(55_000);
  expect(await failureOf(call.rest())).toBe(
    invalid(
      'Timed out waiting for audio bytes or interactive content. Please ensure gaps between audio bytes and interactive content are less than 55 seconds.',
    ),
  );
});

test('a stream that never opens a microphone times out too', async () => {
  const failed = failureOf(openCall(client, untilPrompt));
  await reached(() => host.clock.sleepers() >= 2);
  await host.clock.advance(55_000);
  expect(await failed).toBe(invalid('Timed out waiting for input events'));
});

test('the 21st concurrent stream is throttled; one that ends or breaks off makes room', async () => {
  const abort = new AbortController();
  const breaking = await openCall(client, opening(), { abort: abort.signal });
  const calls: Call[] = [];
  for (let count = 1; count < 20; count += 1) calls.push(await openCall(client, opening()));
  const throttled = await failureOf(openCall(client, opening()));
  abort.abort();
  await failureOf(breaking.rest());
  await reached(() => speech.ears[0]?.isClosed() === true);
  calls.push(await openCall(client, opening()));
  for (const call of calls) call.push(...closing);
  const endings = await Promise.all(calls.map((call) => call.rest()));
  expect([throttled, endings.filter((events) => events.some(is('completionEnd'))).length]).toEqual([
    'ThrottlingException: Too many requests, please wait before trying again.',
    20,
  ]);
});

test('20 concurrent calls of 20 seconds of 32 ms frames lose none', async () => {
  const frames = 625;
  const calls = await Promise.all(Array.from({ length: 20 }, () => openCall(client, opening())));
  for (const call of calls) {
    call.push(...Array.from({ length: frames }, () => audio()), ...closing);
  }
  await Promise.all(calls.map((call) => call.rest()));
  // The end of the audio is heard as a second of silence at 16 kHz.
  const expected = frames * FRAME_BYTES + 32_000;
  expect(speech.ears.map((ear) => ear.receivedBytes())).toEqual(Array.from({ length: 20 }, () => expected));
}, 60_000);
