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
  client = new BedrockRuntimeClient(host.root);
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
