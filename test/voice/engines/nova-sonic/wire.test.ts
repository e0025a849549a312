import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { bedrockSonicConnect } from '../../../../shared/voice/engines/nova-sonic/nova-sonic-bedrock.ts';
import { novaSonicEngine } from '../../../../shared/voice/engines/nova-sonic/nova-sonic-engine.ts';
import { EngineError, type EngineEvent, type EngineSettings } from '../../../../shared/voice/engines/speech-engine.ts';
import { manualClock } from '../support/manual-clock.ts';
import { sonicGrammarErrors } from '../support/sonic-grammar.ts';
import { out, sentence } from '../support/sonic-script.ts';
import { type SonicCall, sonicServer } from '../support/sonic-wire.ts';

const SETTINGS: EngineSettings = {
  modelId: 'amazon.nova-2-sonic-v1:0',
  systemPrompt: 'You are the voice of a shop.',
  tools: [],
  voice: 'tiffany',
  language: 'en-US',
  endpointing: 'medium',
  input: { encoding: 'pcm16', sampleRateHertz: 16_000 },
  output: { encoding: 'pcm16', sampleRateHertz: 24_000 },
  history: [],
};

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});
afterEach(() => vi.unstubAllEnvs());

const engineAt = (endpoint: string) =>
  novaSonicEngine({
    connect: bedrockSonicConnect({ region: 'us-east-1', endpoint }),
    clock: manualClock(),
    promptName: () => 'prompt-1',
  });

test('through the SDK a call says and hears what it should, and ends when it is closed', async () => {
  const received: unknown[] = [];
  let model = '';
  const answer = async ({ modelId, input, says }: SonicCall): Promise<void> => {
    model = modelId;
    for await (const event of input) {
      received.push({ event });
      if ('audioInput' in event) for (const output of sentence('1', 'Nine.', { frames: 1 })) says(output);
      if ('sessionEnd' in event) says(out.completionEnd());
    }
  };
  const server = await sonicServer(answer);
  const stream = await engineAt(server.url).open(SETTINGS, new AbortController().signal);
  stream.send({ type: 'audio', audio: new Uint8Array(1024) });
  const events: EngineEvent[] = [];
  for await (const event of stream.events) {
    events.push(event);
    if (event.type === 'response-ended') void stream.close();
  }
  await stream.close();
  await server.close();
  expect({ model, errors: sonicGrammarErrors(received), last: received.at(-1), events }).toEqual({
    model: 'amazon.nova-2-sonic-v1:0',
    errors: [],
    last: { event: { sessionEnd: {} } },
    events: [
      { type: 'agent-text', responseId: 'r1', text: 'Nine.', stage: 'speculative' },
      { type: 'audio', responseId: 'r1', audio: new Uint8Array([1, 0]) },
      { type: 'agent-text', responseId: 'r1', text: 'Nine.', stage: 'final' },
      { type: 'response-ended', responseId: 'r1' },
    ],
  });
});

test('an exception that is the first frame, and one in the middle, break the stream with their kind', async () => {
  const kinds: string[] = [];
  for (const before of [[], [out.completionStart()]]) {
    const server = await sonicServer(async ({ input, says, throws }) => {
      for await (const event of input) {
        if (!('promptStart' in event)) continue;
        for (const output of before) says(output);
        throws('throttlingException', 'Too many concurrent streams.');
        return;
      }
    });
    try {
      const stream = await engineAt(server.url).open(SETTINGS, new AbortController().signal);
      for await (const event of stream.events) kinds.push(event.type);
    } catch (error) {
      kinds.push(error instanceof EngineError ? error.kind : String(error));
    }
    await server.close();
  }
  expect(kinds).toEqual(['quota', 'quota']);
});
