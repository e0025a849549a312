import { describe, expect, it } from 'vitest';
import { novaSonicEngine } from '../../../../shared/voice/engines/nova-sonic/nova-sonic-engine.ts';
import {
  EngineError,
  type EngineEvent,
  type EngineSettings,
  type EngineStream,
} from '../../../../shared/voice/engines/speech-engine.ts';
import { manualClock, settle } from '../support/manual-clock.ts';
import { scriptedSonic } from '../support/scripted-sonic.ts';
import { sonicGrammarErrors } from '../support/sonic-grammar.ts';
import { out, sentence } from '../support/sonic-script.ts';

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

const setup = () => {
  const model = scriptedSonic();
  const clock = manualClock();
  const engine = novaSonicEngine({ connect: model.connect, clock, promptName: () => 'prompt-1' });
  const kill = new AbortController();
  return { model, clock, engine, kill, open: () => engine.open(SETTINGS, kill.signal) };
};

/** Everything a stream says until it ends; the error it broke with last. */
const listen = async ({ events }: EngineStream): Promise<(EngineEvent | string)[]> => {
  const all: (EngineEvent | string)[] = [];
  try {
    for await (const event of events) all.push(event);
  } catch (error) {
    all.push(error instanceof EngineError ? `${error.kind}: ${error.message}` : String(error));
  }
  return all;
};

describe('a stream of Nova Sonic', () => {
  it('says the greeting, hears audio in frames, and closes in good order', async () => {
    const { model, open } = setup();
    const stream = await open();
    const listening = listen(stream);
    stream.send({ type: 'say', text: 'Welcome to the "shop"!' });
    stream.send({ type: 'audio', audio: new Uint8Array(3200) });
    model.says(...sentence('1', 'Welcome!', { frames: 1 }));
    await settle();
    const closing = stream.close();
    stream.send({ type: 'say', text: 'Too late.' });
    await settle();
    model.ends();
    await Promise.all([closing, stream.close()]);
    expect(await listening).toEqual([
      { type: 'agent-text', responseId: 'r1', text: 'Welcome!', stage: 'speculative' },
      { type: 'audio', responseId: 'r1', audio: new Uint8Array([1, 0]) },
      { type: 'agent-text', responseId: 'r1', text: 'Welcome!', stage: 'final' },
      { type: 'response-ended', responseId: 'r1' },
    ]);
    expect({ errors: sonicGrammarErrors(model.received), heard: model.heard(), killed: model.isKilled() }).toEqual({
      errors: [],
      heard: [
        'sessionStart',
        'promptStart',
        'contentStart',
        'textInput',
        'contentEnd',
        'contentStart',
        'contentStart',
        'textInput',
        'contentEnd',
        'audioInput',
        'audioInput',
        'audioInput',
        'audioInput',
        'contentEnd',
        'promptEnd',
        'sessionEnd',
      ],
      killed: true,
    });
  });

  it('does not wait for a service that ends nothing', async () => {
    const { clock, open } = setup();
    const stream = await open();
    const listening = listen(stream);
    const closing = stream.close();
    await settle();
    clock.advance(2000);
    await closing;
    expect(await listening).toEqual([]);
  });

  it('dies at once with its signal', async () => {
    const { model, kill, open } = setup();
    const stream = await open();
    const listening = listen(stream);
    kill.abort();
    expect(await listening).toEqual([]);
    expect(model.isKilled()).toBe(true);
    await stream.close();
  });

  it('breaks with the classified error of the service', async () => {
    const { model, clock, open } = setup();
    const stream = await open();
    const listening = listen(stream);
    model.says(out.usage(1, 2, 3, 4));
    clock.advance(481_000);
    model.breaks(Object.assign(new Error('Model has timed out.'), { name: 'ModelTimeoutException' }));
    expect(await listening).toEqual([
      {
        type: 'usage',
        usage: { inputSpeechTokens: 1, inputTextTokens: 2, outputSpeechTokens: 3, outputTextTokens: 4 },
      },
      'expired: Model has timed out.',
    ]);
  });

  it('counts a stream that the service ends by itself as broken', async () => {
    const { model, open } = setup();
    const stream = await open();
    model.ends();
    expect(await listen(stream)).toEqual(['unavailable: The service ended the stream.']);
  });

  it('refuses to open when the service refuses, and when the settings cannot be', async () => {
    const denied = Object.assign(new Error('Not yours.'), { name: 'AccessDeniedException' });
    const { clock, kill } = setup();
    const engine = novaSonicEngine({ connect: () => Promise.reject(denied), clock, promptName: () => 'p' });
    const kindOf = (settings: Partial<EngineSettings>) =>
      engine.open({ ...SETTINGS, ...settings }, kill.signal).then(
        () => 'open',
        (error: unknown) => (error instanceof EngineError ? error.kind : String(error)),
      );
    expect([
      await kindOf({}),
      await kindOf({ modelId: 'amazon.nova-sonic-v1:0' }),
      await kindOf({ input: { encoding: 'mulaw', sampleRateHertz: 8000 } }),
    ]).toEqual(['denied', 'invalid', 'invalid']);
  });

  it('drops the oldest audio, never a tool result, when the service reads nothing', async () => {
    const { model, open } = setup();
    const stream = await open();
    model.stopsReading();
    stream.send({ type: 'audio', audio: new Uint8Array(1024) });
    await settle();
    for (let frame = 0; frame < 100; frame += 1) stream.send({ type: 'audio', audio: new Uint8Array(1024) });
    expect(stream.droppedFrames()).toBe(6);
  });

  it('ends a response whose final text does not come', async () => {
    const { model, clock, open } = setup();
    const stream = await open();
    const listening = listen(stream);
    model.says(...sentence('1', 'Nine.', { frames: 0 }).slice(0, -3));
    await settle();
    clock.advance(2000);
    await settle();
    const closing = stream.close();
    model.ends();
    await closing;
    expect(await listening).toEqual([
      { type: 'agent-text', responseId: 'r1', text: 'Nine.', stage: 'speculative' },
      { type: 'response-ended', responseId: 'r1' },
    ]);
  });
});
