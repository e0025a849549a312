import {
  type AudioStream,
  type Result,
  StartStreamTranscriptionCommand,
  type StartStreamTranscriptionRequest,
  TranscribeStreamingClient,
} from '@aws-sdk/client-transcribe-streaming';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AsyncQueue, asyncQueue } from '../../../local/core/async-queue.ts';
import { makeTranscribe } from '../../../local/services/transcribe/index.ts';
import { quiet } from '../sonic/support/sonic-call.ts';
import { scriptedSpeech } from '../support/scripted-speech.ts';
import { hostServices } from '../support/service-host.ts';

let speech: ReturnType<typeof scriptedSpeech>;
let host: Awaited<ReturnType<typeof startHost>>;
let client: TranscribeStreamingClient;

const startHost = () =>
  hostServices({ make: (context) => ({ transcribe: makeTranscribe(context, { speech: async () => speech.speech }) }) });

beforeEach(async () => {
  speech = scriptedSpeech();
  host = await startHost();
  client = new TranscribeStreamingClient({ ...host.root, logger: quiet });
});
afterEach(async () => {
  client.destroy();
  await host.discard();
});

interface Stream {
  readonly input: AsyncQueue<AudioStream>;
  readonly next: () => Promise<Result | undefined>;
}

/** Sends the request with its first 100 ms of audio; the client waits for the first result. */
const open = async (changes: Partial<StartStreamTranscriptionRequest> = {}, hears?: () => void): Promise<Stream> => {
  const input = asyncQueue<AudioStream>(10_000, () => new Error('too much audio'));
  input.push({ AudioEvent: { AudioChunk: new Uint8Array(3200) } });
  const request: StartStreamTranscriptionRequest = {
    LanguageCode: 'en-US',
    MediaEncoding: 'pcm',
    MediaSampleRateHertz: 16_000,
    AudioStream: input.items,
    ...changes,
  };
  const earsBefore = speech.ears.length;
  const sending = client.send(new StartStreamTranscriptionCommand(request));
  if (hears) void reached(() => speech.ears.length > earsBefore).then(hears);
  const { TranscriptResultStream } = await sending.catch((error: unknown) => {
    input.end();
    throw error;
  });
  const events = TranscriptResultStream?.[Symbol.asyncIterator]();
  const next = async () => {
    const event = await events?.next();
    const results: Result[] = event?.done ? [] : (event?.value?.TranscriptEvent?.Transcript?.Results ?? []);
    return results[0];
  };
  return { input, next };
};

/** Lets the machine work until it is so. */
const reached = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
};

const failureOf = async (running: Promise<unknown>): Promise<string> =>
  running.then(
    () => 'none',
    ({ name, message }: Error) => `${name}: ${message}`,
  );

const partial = () => {
  speech.ears[0]?.hears({ type: 'speech-started', atMs: 0 });
  speech.ears[0]?.hears({ type: 'partial', text: 'How long' });
};

test('partial results become a final one under the same id, with words and marks in time', async () => {
  const { input, next } = await open(
    { EnablePartialResultsStabilization: true, PartialResultsStability: 'high' },
    partial,
  );
  const first = await next();
  speech.ears[0]?.hears({ type: 'utterance', text: 'How long?', startMs: 0, endMs: 1000, atMs: 1700 });
  const last = await next();
  input.end();
  await reached(() => host.clock.sleepers() > 1);
  await host.clock.advance(1000);
  const item = (Content: string, StartTime: number, EndTime: number, Stable: boolean, Type = 'pronunciation') => ({
    StartTime,
    EndTime,
    Type,
    Content,
    Stable,
  });
  const result = { ResultId: first?.ResultId, StartTime: 0, ChannelId: 'ch_0' };
  expect([first, last, await next(), speech.ears[0]?.options]).toEqual([
    {
      ...result,
      EndTime: 0.1,
      IsPartial: true,
      Alternatives: [{ Transcript: 'How long', Items: [item('How', 0, 0.05, true), item('long', 0.05, 0.1, false)] }],
    },
    {
      ...result,
      EndTime: 1,
      IsPartial: false,
      Alternatives: [
        {
          Transcript: 'How long?',
          Items: [item('How', 0, 0.5, true), item('long', 0.5, 1, true), item('?', 1, 1, true, 'punctuation')],
        },
      ],
    },
    undefined,
    { sampleRateHertz: 16_000, endOfTurnMs: 700 },
  ]);
});

test('what is being said when the audio ends is heard to its end', async () => {
  const { input, next } = await open({}, partial);
  await next();
  input.push({ AudioEvent: { AudioChunk: new Uint8Array(0) } });
  await reached(() => (speech.ears[0]?.receivedBytes() ?? 0) > 3200);
  speech.ears[0]?.hears({ type: 'utterance', text: 'How long', startMs: 0, endMs: 100, atMs: 800 });
  const [last, end] = [await next(), await next()];
  input.end();
  expect([last?.Alternatives?.[0]?.Transcript, last?.IsPartial, end]).toEqual(['How long', false, undefined]);
});

test('15 seconds without audio end the stream', async () => {
  const { next } = await open({}, partial);
  await next();
  const failed = failureOf(next());
  await host.clock.advance(15_000);
  expect(await failed).toBe(
    'BadRequestException: Your request timed out because no new audio was received for 15 seconds.',
  );
});

test.each<[Partial<StartStreamTranscriptionRequest>, RegExp]>([
  [{ MediaEncoding: 'flac' }, /takes media encoding pcm, not flac/],
  [{ MediaSampleRateHertz: 44_100 }, /takes sample rates 8000 and 16000, not 44100/],
  [{ LanguageCode: 'de-DE' }, /hears English only, not de-DE/],
  [{ LanguageCode: undefined }, /LanguageCode or IdentifyLanguage/],
])('a request with %j is a bad one', async (changes, message) => {
  expect(await failureOf(open(changes))).toMatch(new RegExp(`^BadRequestException: .*${message.source}`));
});

test('a role needs the permission; the 26th concurrent stream is beyond the limit', async () => {
  const root = client;
  client = new TranscribeStreamingClient({ ...host.role, logger: quiet });
  const denied = await failureOf(open());
  client.destroy();
  client = root;
  const inputs: AsyncQueue<AudioStream>[] = [];
  for (let count = 0; count < 25; count += 1) {
    const { input } = await open({}, () => speech.ears.at(-1)?.hears({ type: 'partial', text: 'hello' }));
    inputs.push(input);
  }
  const limited = await failureOf(open());
  for (const input of inputs) input.end();
  expect([denied, limited]).toEqual([
    expect.stringMatching(/^AccessDeniedException: .*transcribe:StartStreamTranscription/),
    'LimitExceededException: You have reached your limit of concurrent streams.',
  ]);
});
