import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeConverse } from '../../../local/services/bedrock-runtime/engine/index.ts';
import { makeBedrockRuntime } from '../../../local/services/bedrock-runtime/index.ts';
import { novaSonicEngine, type SonicConnect } from '../../../shared/voice/engines/nova-sonic/nova-sonic-engine.ts';
import { sayExactly } from '../../../shared/voice/engines/say.ts';
import type { EngineEvent, EngineSettings } from '../../../shared/voice/engines/speech-engine.ts';
import { scriptedSpeech } from '../support/scripted-speech.ts';
import { hostServices } from '../support/service-host.ts';
import { openRaw, quiet } from './support/sonic-call.ts';

let speech: ReturnType<typeof scriptedSpeech>;
let host: Awaited<ReturnType<typeof startHost>>;
let client: BedrockRuntimeClient;

const startHost = () =>
  hostServices({
    make: (context) => ({
      bedrockRuntime: makeBedrockRuntime(context, {
        converse: makeConverse({ newId: () => crypto.randomUUID(), monotonicMs: () => 0 }),
        speech: async () => speech.speech,
        pace: Number.POSITIVE_INFINITY,
      }),
    }),
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

const connect: SonicConnect = ({ modelId, input, signal }) => openRaw(client, input, { modelId, abort: signal });

const SETTINGS: EngineSettings = {
  modelId: 'amazon.nova-2-sonic-v1:0',
  systemPrompt: 'You answer the phone.',
  tools: [
    {
      name: 'askAgent',
      description: 'Answers what the caller asks.',
      inputSchema: { type: 'object', properties: { question: { type: 'string' } }, required: ['question'] },
    },
  ],
  voice: 'tiffany',
  language: 'en-US',
  endpointing: 'high',
  input: { encoding: 'pcm16', sampleRateHertz: 16_000 },
  output: { encoding: 'pcm16', sampleRateHertz: 24_000 },
  history: [],
};

test('the Nova Sonic client of the product greets, uses a tool, answers and is interrupted', async () => {
  const engine = novaSonicEngine({ connect, clock: host.clock, promptName: () => 'p1' });
  const stream = await engine.open(SETTINGS, new AbortController().signal);
  const events = stream.events[Symbol.asyncIterator]();
  const until = async (type: EngineEvent['type']): Promise<EngineEvent> => {
    for (;;) {
      const { value, done } = await events.next();
      if (done) throw new Error(`the stream ended before "${type}"`);
      if (value.type === type) return value;
    }
  };
  stream.send({ type: 'say', text: 'Good day. Ask away!' });
  const greeting = await until('agent-text');
  await until('audio');
  await host.clock.advance(3000);
  await until('response-ended');
  speech.ears[0]?.hearsTurn('How long may I keep it?');
  const asked = await until('user-text');
  const use = await until('tool-use');
  if (use.type !== 'tool-use') throw new Error('no tool use');
  stream.send({ type: 'tool-result', toolUseId: use.toolUseId, content: { answer: 'Thirty days, no longer.' } });
  const answer = await until('agent-text');
  await until('audio');
  await host.clock.advance(200);
  speech.ears[0]?.hears({ type: 'speech-started', atMs: 0 });
  const cut = await until('interrupted');
  await stream.close();
  expect([greeting, asked, use, answer, cut, speech.spoken]).toEqual([
    expect.objectContaining({ text: 'Good day.', stage: 'speculative' }),
    { type: 'user-text', text: 'How long may I keep it?', final: true },
    expect.objectContaining({ name: 'askAgent', input: { question: 'How long may I keep it?' } }),
    expect.objectContaining({ text: 'Thirty days, no longer.', stage: 'speculative' }),
    expect.objectContaining({ type: 'interrupted' }),
    ['Good day.', 'Ask away!', 'Thirty days, no longer.'],
  ]);
});

test('the words that ask for exact words are those the engine knows', async () => {
  const converse = makeConverse({ newId: () => '1', monotonicMs: () => 0 });
  const text = 'He said "hello", twice.';
  const { output } = await converse('m', { messages: [{ role: 'user', content: [{ text: sayExactly(text) }] }] });
  expect(output?.message?.content).toEqual([{ text: 'He said ”hello”, twice.' }]);
});
