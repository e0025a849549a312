import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Cloud, startCloud } from '../../../local/cloud.ts';
import { textOnlySpeech } from '../../../local/speech/text-only.ts';
import { cascadeEngine } from '../../../shared/voice/engines/cascade/cascade-engine.ts';
import { bedrockMind } from '../../../shared/voice/engines/cascade/llm-bedrock.ts';
import { transcribeEars } from '../../../shared/voice/engines/cascade/stt-transcribe.ts';
import { pollyMouth } from '../../../shared/voice/engines/cascade/tts-polly.ts';
import { bedrockSonicConnect } from '../../../shared/voice/engines/nova-sonic/nova-sonic-bedrock.ts';
import { novaSonicEngine } from '../../../shared/voice/engines/nova-sonic/nova-sonic-engine.ts';
import type {
  EngineEvent,
  EngineSettings,
  EngineStream,
  SpeechEngine,
} from '../../../shared/voice/engines/speech-engine.ts';
import { manualClock } from './support/manual-clock.ts';

const SETTINGS: EngineSettings = {
  modelId: 'amazon.nova-2-sonic-v1:0',
  systemPrompt: 'You are the voice of a shop. Answer with the tool askAgent.',
  tools: [
    {
      name: 'askAgent',
      description: 'Answers questions about orders, returns and hours.',
      inputSchema: { type: 'object', properties: { question: { type: 'string' } }, required: ['question'] },
    },
  ],
  voice: 'tiffany',
  language: 'en-US',
  endpointing: 'high',
  input: { encoding: 'pcm16', sampleRateHertz: 16_000 },
  output: { encoding: 'pcm16', sampleRateHertz: 16_000 },
  history: [
    { role: 'assistant', text: 'Hello!' },
    { role: 'user', text: 'Hi' },
    { role: 'assistant', text: 'How can I help?' },
  ],
};

let cloud: Cloud;
const dir = mkdtempSync(join(tmpdir(), 'oratio-engines-'));

beforeAll(async () => {
  const app = new App({ outdir: join(dir, 'assembly') });
  new Topic(new Stack(app, 'Empty'), 'Nothing');
  const assemblyDir = app.synth().directory;
  const options = { dataDir: join(dir, 'data'), port: 0, apiPort: 0, speech: textOnlySpeech(), log: () => {} };
  cloud = await startCloud({ assemblyDir, ...options });
  vi.stubEnv('AWS_ACCESS_KEY_ID', cloud.credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', cloud.credentials.secretAccessKey);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await cloud.stop();
  rmSync(dir, { recursive: true, force: true });
});

const where = () => ({ region: 'us-east-1', endpoint: cloud.endpointUrl });

const opened = (engine: SpeechEngine): Promise<EngineStream> => engine.open(SETTINGS, new AbortController().signal);

/** Greets, is asked by text, answers the tool; the words it said until its answer ended. */
const conversation = async (stream: EngineStream): Promise<{ types: string[]; said: string[]; usage: number }> => {
  const events: EngineEvent[] = [];
  stream.send({ type: 'say', text: 'Welcome to the shop.' });
  for await (const event of stream.events) {
    events.push(event);
    const ended = events.filter(({ type }) => type === 'response-ended').length;
    if (event.type === 'response-ended' && ended === 1) {
      // The caller has heard the greeting: typing now interrupts nothing.
      stream.send({ type: 'played', responseId: event.responseId ?? '', playedMs: 60_000 });
      stream.send({ type: 'text', role: 'user', text: 'What are your opening hours?' });
    }
    if (event.type === 'tool-use') {
      const { toolUseId } = event;
      stream.send({ type: 'tool-result', toolUseId, content: { answer: 'We open at nine in the morning.' } });
    }
    if (event.type === 'response-ended' && events.some(({ type }) => type === 'tool-use') && ended > 1) break;
  }
  await stream.close();
  return {
    types: [...new Set(events.map(({ type }) => type))].sort(),
    said: events.flatMap((event) => (event.type === 'agent-text' && event.stage === 'final' ? [event.text] : [])),
    usage: events.filter(({ type }) => type === 'usage').length,
  };
};

const EXPECTED = {
  types: ['agent-text', 'audio', 'response-ended', 'tool-use', 'usage'],
  said: expect.arrayContaining(['Welcome to the shop.', expect.stringMatching(/nine/)]) as string[],
  usage: expect.any(Number) as number,
};

test('the embedded Nova Sonic greets, asks a tool and answers', async () => {
  const connect = bedrockSonicConnect(where());
  const engine = novaSonicEngine({ connect, clock: manualClock(), promptName: () => 'prompt-1' });
  expect(await conversation(await opened(engine))).toEqual(EXPECTED);
});

test('so does the cascade of Transcribe, Bedrock and Polly', async () => {
  const engine = cascadeEngine({
    stt: transcribeEars(where()),
    llm: bedrockMind({ modelId: 'amazon.nova-lite-v1:0', ...where() }),
    tts: pollyMouth({ engine: 'neural', ...where() }),
    clock: manualClock(),
  });
  const stream = await engine.open({ ...SETTINGS, voice: 'Joanna' }, new AbortController().signal);
  stream.send({ type: 'audio', audio: new Uint8Array(3200) });
  expect(await conversation(stream)).toEqual(EXPECTED);
});
