import { BedrockRuntimeClient, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { PollyClient, SynthesizeSpeechCommand } from '@aws-sdk/client-polly';
import { StartStreamTranscriptionCommand, TranscribeStreamingClient } from '@aws-sdk/client-transcribe-streaming';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { bedrockMind, converseMessages } from '../../../../shared/voice/engines/cascade/llm-bedrock.ts';
import { transcribeEars } from '../../../../shared/voice/engines/cascade/stt-transcribe.ts';
import { pollyMouth } from '../../../../shared/voice/engines/cascade/tts-polly.ts';
import { EngineError } from '../../../../shared/voice/engines/speech-engine.ts';

const PCM = { encoding: 'pcm16', sampleRateHertz: 16_000 } as const;

async function* streamOf<Item>(...items: readonly (Item | Error)[]): AsyncGenerator<Item, void> {
  for (const item of items) {
    await Promise.resolve();
    if (item instanceof Error) throw item;
    yield item;
  }
}

const all = async <Item>(items: AsyncIterable<Item>): Promise<(Item | string)[]> => {
  const seen: (Item | string)[] = [];
  try {
    for await (const item of items) seen.push(item);
  } catch (error) {
    seen.push(error instanceof EngineError ? error.kind : String(error));
  }
  return seen;
};

const named = (name: string, message = 'No.'): Error => Object.assign(new Error(message), { name });

const signal = new AbortController().signal;

describe('Bedrock as the mind', () => {
  const request = {
    system: 'Be kind.',
    messages: [{ role: 'user', text: 'Hi' }],
    tools: [{ name: 'askAgent', description: 'Asks.', inputSchema: { type: 'object' } }],
    signal,
  } as const;
  const answer = (...events: readonly unknown[]) => {
    const client = new BedrockRuntimeClient({ region: 'us-east-1' });
    const mock = mockClient(client);
    mock.on(ConverseStreamCommand).resolves({ stream: streamOf(...events) as never });
    return { mock, events: all(bedrockMind({ modelId: 'amazon.nova-lite-v1:0', client }).answer(request)) };
  };

  it('answers with text, tool uses and its bill', async () => {
    const { mock, events } = answer(
      { messageStart: { role: 'assistant' } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'One moment. ' } } },
      { contentBlockStop: { contentBlockIndex: 0 } },
      { contentBlockStart: { contentBlockIndex: 1, start: { toolUse: { toolUseId: 'u', name: 'askAgent' } } } },
      { contentBlockDelta: { contentBlockIndex: 1, delta: { toolUse: { input: '{"q"' } } } },
      { contentBlockDelta: { contentBlockIndex: 1, delta: { toolUse: { input: ':1}' } } } },
      { contentBlockStop: { contentBlockIndex: 1 } },
      { messageStop: { stopReason: 'tool_use' } },
      { metadata: { usage: { inputTokens: 5, outputTokens: 6, totalTokens: 11 } } },
    );
    expect(await events).toEqual([
      { type: 'text', text: 'One moment. ' },
      { type: 'tool-use', toolUseId: 'u', name: 'askAgent', input: { q: 1 } },
      { type: 'billed', inputTokens: 5, outputTokens: 6 },
    ]);
    expect(mock.commandCalls(ConverseStreamCommand)[0]?.args[0].input).toEqual({
      modelId: 'amazon.nova-lite-v1:0',
      system: [{ text: 'Be kind.' }],
      messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
      inferenceConfig: { maxTokens: 1024, temperature: 0.3 },
      toolConfig: {
        tools: [{ toolSpec: { name: 'askAgent', description: 'Asks.', inputSchema: { json: { type: 'object' } } } }],
      },
    });
  });

  it('is classified when it refuses, breaks off or throws', async () => {
    expect([
      await answer({ messageStop: { stopReason: 'guardrail_intervened' } }).events,
      await answer({ contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'A' } } }).events,
      await answer({ throttlingException: named('ThrottlingException') }).events,
      await answer(named('ModelStreamErrorException')).events,
    ]).toEqual([['filtered'], [{ type: 'text', text: 'A' }, 'unavailable'], ['throttled'], ['unavailable']]);
  });

  it('gets a conversation whose sides alternate, the caller first', () => {
    const toolUses = [{ toolUseId: 'u', name: 'askAgent', input: {} }];
    expect(
      converseMessages([
        { role: 'assistant', text: 'Welcome!', toolUses: [] },
        { role: 'user', text: 'Hours?' },
        { role: 'assistant', text: '', toolUses },
        { role: 'tool', results: [{ toolUseId: 'u', content: 'nine' }] },
        { role: 'user', text: 'Hello?' },
        { role: 'note', text: 'Be brief.' },
      ]),
    ).toEqual([
      { role: 'user', content: [{ text: '(The call begins.)' }] },
      { role: 'assistant', content: [{ text: 'Welcome!' }] },
      { role: 'user', content: [{ text: 'Hours?' }] },
      { role: 'assistant', content: [{ toolUse: { toolUseId: 'u', name: 'askAgent', input: {} } }] },
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: 'u', content: [{ json: { result: 'nine' } }] } },
          {
            text: 'Hello?\n[Instruction from the system; the caller does not hear it and you do not mention it: Be brief.]',
          },
        ],
      },
    ]);
  });
});

describe('Transcribe as the ears', () => {
  const result = (Transcript: string, IsPartial: boolean) => ({
    TranscriptEvent: { Transcript: { Results: [{ IsPartial, Alternatives: [{ Transcript }] }] } },
  });
  const listen = async (...results: readonly unknown[]) => {
    const client = new TranscribeStreamingClient({ region: 'us-east-1' });
    const mock = mockClient(client);
    mock.on(StartStreamTranscriptionCommand).resolves({ TranscriptResultStream: streamOf(...results) as never });
    const hearing = await transcribeEars({ client }).open(
      { format: PCM, language: 'en-GB', endpointing: 'low' },
      signal,
    );
    hearing.push(new Uint8Array(32_000));
    return { mock, hearing, events: await all(hearing.events) };
  };

  it('tell words as they come, and bill by the second; audio flows and ends in good order', async () => {
    const { mock, hearing, events } = await listen(result('When', true), result('', true), result('When?', false));
    expect(events).toEqual([
      { type: 'partial', text: 'When' },
      { type: 'final', text: 'When?' },
      { type: 'billed', seconds: 1 },
    ]);
    const { AudioStream, ...input } = mock.commandCalls(StartStreamTranscriptionCommand)[0]?.args[0].input ?? {};
    expect(input).toEqual({
      LanguageCode: 'en-GB',
      MediaSampleRateHertz: 16_000,
      MediaEncoding: 'pcm',
      EnablePartialResultsStabilization: true,
      PartialResultsStability: 'medium',
    });
    const sent = AudioStream?.[Symbol.asyncIterator]();
    const first = await sent?.next();
    hearing.close();
    const lengths = [first, await sent?.next(), await sent?.next()].map(
      (next) => next?.value?.AudioEvent?.AudioChunk?.length,
    );
    expect(lengths).toEqual([32_000, 0, undefined]);
  });

  it('are classified when they fail', async () => {
    const failing = async (error: Error) => (await listen(error)).events;
    expect([
      await failing(named('LimitExceededException')),
      await failing(
        named('BadRequestException', 'Your request timed out because no new audio was received for 15 seconds.'),
      ),
      await failing(named('InternalFailureException')),
      (await listen({ ConflictException: named('ConflictException') })).events,
    ]).toEqual([['quota'], ['idle'], ['unavailable'], ['unavailable']]);
  });
});

describe('Polly as the mouth', () => {
  const speech = {
    text: 'Hello',
    voice: 'Joanna',
    language: 'en-US',
    format: { ...PCM, sampleRateHertz: 8000 },
    signal,
  } as const;
  const mouth = () => {
    const client = new PollyClient({ region: 'us-east-1' });
    return { mock: mockClient(client), polly: pollyMouth({ engine: 'neural', client }) };
  };

  it('gives PCM of the wished rate', async () => {
    const { mock, polly } = mouth();
    const audio = new Blob([new Uint8Array([1, 2, 3, 4])]).stream();
    mock.on(SynthesizeSpeechCommand).resolves({ AudioStream: { transformToWebStream: () => audio } as never });
    expect(await all(polly.speak(speech))).toEqual([new Uint8Array([1, 2, 3, 4])]);
    expect(mock.commandCalls(SynthesizeSpeechCommand)[0]?.args[0].input).toEqual({
      Engine: 'neural',
      OutputFormat: 'pcm',
      SampleRate: '8000',
      Text: 'Hello',
      VoiceId: 'Joanna',
    });
  });

  it('is classified when it fails', async () => {
    const { mock, polly } = mouth();
    mock
      .on(SynthesizeSpeechCommand)
      .rejectsOnce(named('ThrottlingException'))
      .rejectsOnce(named('ServiceFailureException'));
    expect([await all(polly.speak(speech)), await all(polly.speak(speech))]).toEqual([['throttled'], ['unavailable']]);
  });
});
