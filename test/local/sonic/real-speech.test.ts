import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeConverse } from '../../../local/services/bedrock-runtime/engine/index.ts';
import { makeBedrockRuntime } from '../../../local/services/bedrock-runtime/index.ts';
import { makeSpeech } from '../../../local/speech/index.ts';
import type { Speech } from '../../../local/speech/speech.ts';
import { feed, listen, said, quiet as silent, utterancesOf } from '../speech/support/speaking.ts';
import { startEmbedded } from '../support/embedded.ts';
import {
  audio,
  audioStart,
  type Call,
  closing,
  type Event,
  endOfTurn,
  FRAME_BYTES,
  interrupted,
  is,
  openCall,
  outline,
  promptStart,
  sessionStart,
  text,
  tool,
  toolResult,
} from './support/sonic-call.ts';

/** The model files are downloaded once for the checkout: nearly 28 MB. */
const FIRST_DOWNLOAD_MS = 300_000;

let speech: Speech;
let cloud: Awaited<ReturnType<typeof start>>;
let client: BedrockRuntimeClient;

const start = () =>
  startEmbedded((context) => ({
    bedrockRuntime: makeBedrockRuntime(context, {
      converse: makeConverse({ newId: () => crypto.randomUUID(), monotonicMs: () => performance.now() }),
      speech: async () => speech,
    }),
  }));

beforeAll(async () => {
  speech = await makeSpeech({ log: () => undefined });
  cloud = await start();
  client = new BedrockRuntimeClient(cloud.aws);
}, FIRST_DOWNLOAD_MS);
afterAll(async () => {
  client.destroy();
  await cloud.stop();
  await speech.close();
});

const tools = [
  tool('askAgent', 'Answers what the caller asks or wants done.', ['question']),
  tool('endCall', 'Hangs up.', ['reason']),
];

const talk = () =>
  openCall(client, [
    sessionStart(),
    promptStart({ sampleRateHertz: 16_000 }, tools),
    ...text('system', 'SYSTEM', 'You answer the phone of a shop.'),
    audioStart(),
  ]);

const speakInto = (call: Call, pcm: Uint8Array): void => {
  for (let at = 0; at < pcm.length; at += FRAME_BYTES) {
    call.push(audio(Buffer.from(pcm.subarray(at, at + FRAME_BYTES)).toString('base64')));
  }
};

const audioOf = (events: readonly Event[]): Uint8Array =>
  Buffer.concat(
    events.flatMap(({ audioOutput }) => (audioOutput ? [Buffer.from(String(audioOutput.content), 'base64')] : [])),
  );

test('a spoken question is heard, asked of the agent, and the answer, spoken, can be heard again', async () => {
  const call = await talk();
  speakInto(call, await said(speech, 'What is your return policy?'));
  speakInto(call, silent(1500));
  const asked = await call.until(is('contentEnd', { stopReason: 'TOOL_USE' }));
  const use = asked.find(is('toolUse'))?.toolUse;
  call.push(...toolResult('r1', String(use?.toolUseId), '{"answer":"You can send it back within thirty days."}'));
  const answered = await call.until(endOfTurn);
  call.push(...closing);
  const ear = speech.openEar({ sampleRateHertz: 16_000, endOfTurnMs: 500 });
  feed(ear, silent(500), audioOf(answered), silent(1500));
  const content = JSON.parse(String(use?.content)) as { question: string };
  expect([
    use?.toolName,
    content.question.toLowerCase().replaceAll(/[^a-z ]/g, ''),
    utterancesOf(await listen(ear, 1)),
  ]).toEqual([
    'askAgent',
    'what is your return policy',
    [expect.stringMatching(/send it back within (?:thirty|30) days/)],
  ]);
});

test('a greeting is said word for word, until the caller cuts in', async () => {
  const call = await talk();
  const greeting = `Welcome to the shop. ${'We have duvets and pillows. '.repeat(12)}Goodbye.`;
  call.push(...text('say', 'USER', `Say exactly this, word for word: "${greeting}"`, true));
  await call.until(is('audioOutput'));
  speakInto(call, await said(speech, 'Excuse me, please stop.'));
  speakInto(call, silent(1500));
  const cut = outline(await call.until(interrupted));
  call.push(...closing);
  const finals = (await call.rest()).length;
  expect([cut.at(-1), cut.some((line) => line === 'ASSISTANT: Goodbye.'), finals > 0]).toEqual([
    'end TEXT INTERRUPTED',
    false,
    true,
  ]);
});
