import type {
  AudioStream,
  LanguageCode,
  TranscribeStreamingClient,
  TranscriptResultStream,
} from '@aws-sdk/client-transcribe-streaming';
import { durationMs } from '../../../../audio/format.ts';
import { createInputQueue, type InputQueue } from '../nova-sonic/input-queue.ts';
import { awsEngineError } from './aws-errors.ts';
import type { Hearing, HearingEvent, SpeechToText } from './ports.ts';

/** The stream lives as long as the call: inactivity of five minutes, not of seconds, ends it. */
const STREAM_INACTIVITY_MS = 300_000;
/** 3 s of frames of 20 ms. */
const MAX_QUEUED_FRAMES = 150;
/** How often seconds are told for the running cost. */
const BILLED_EVERY_MS = 10_000;

type Sdk = typeof import('@aws-sdk/client-transcribe-streaming');

export interface TranscribeOptions {
  readonly region?: string;
  readonly endpoint?: string;
  /** For tests; else made at the first call and kept. */
  readonly client?: Pick<TranscribeStreamingClient, 'send'>;
}

async function* audioEvents(input: InputQueue<Uint8Array>): AsyncGenerator<AudioStream, void> {
  for await (const audio of input.events) yield { AudioEvent: { AudioChunk: audio } };
  // An empty chunk ends the stream in good order.
  yield { AudioEvent: { AudioChunk: new Uint8Array() } };
}

async function* heard(results: AsyncIterable<TranscriptResultStream>): AsyncGenerator<HearingEvent, void> {
  for await (const event of results) {
    const exception = Object.values(event).find((member) => member instanceof Error);
    if (exception) throw exception;
    for (const result of event.TranscriptEvent?.Transcript?.Results ?? []) {
      const text = result.Alternatives?.[0]?.Transcript ?? '';
      if (text !== '') yield { type: result.IsPartial ? 'partial' : 'final', text };
    }
  }
}

/** Amazon Transcribe's stream (HTTP/2), with partial results. It decides itself when a pause ends an utterance. */
export const transcribeEars = (options: TranscribeOptions = {}): SpeechToText => {
  let loading: Promise<{ readonly sdk: Sdk; readonly client: Pick<TranscribeStreamingClient, 'send'> }> | undefined;
  const load = async () => {
    const sdk = await import('@aws-sdk/client-transcribe-streaming');
    const { client, ...where } = options;
    const requestHandler = { requestTimeout: STREAM_INACTIVITY_MS, sessionTimeout: STREAM_INACTIVITY_MS };
    return { sdk, client: client ?? new sdk.TranscribeStreamingClient({ ...where, requestHandler, maxAttempts: 2 }) };
  };
  return {
    formats: [
      { encoding: 'pcm16', sampleRateHertz: 16_000 },
      { encoding: 'pcm16', sampleRateHertz: 8000 },
      { encoding: 'pcm16', sampleRateHertz: 24_000 },
    ],
    open: async ({ format, language }, signal): Promise<Hearing> => {
      loading ??= load();
      const { sdk, client } = await loading;
      const input = createInputQueue<Uint8Array>(MAX_QUEUED_FRAMES);
      signal.addEventListener('abort', () => input.stop(), { once: true });
      let unbilledMs = 0;
      const billed = (): readonly HearingEvent[] => {
        const seconds = unbilledMs / 1000;
        unbilledMs = 0;
        return seconds > 0 ? [{ type: 'billed', seconds }] : [];
      };
      const command = new sdk.StartStreamTranscriptionCommand({
        // A language that Transcribe does not know is refused by the service, with its own words.
        LanguageCode: language as LanguageCode,
        MediaSampleRateHertz: format.sampleRateHertz,
        MediaEncoding: 'pcm',
        EnablePartialResultsStabilization: true,
        PartialResultsStability: 'medium',
        AudioStream: audioEvents(input),
      });
      async function* events(): AsyncGenerator<HearingEvent, void> {
        try {
          // Answers with the first result: audio must flow before it is awaited.
          const { TranscriptResultStream: results } = await client.send(command, { abortSignal: signal });
          for await (const event of heard(results ?? noResults())) {
            yield event;
            if (event.type === 'final' || unbilledMs >= BILLED_EVERY_MS) yield* billed();
          }
          yield* billed();
        } catch (error) {
          if (!signal.aborted) throw awsEngineError(error);
        }
      }
      return {
        push: (audio) => {
          unbilledMs += durationMs(audio.length, format);
          input.push({ lane: 'audio', events: [audio] });
        },
        events: { [Symbol.asyncIterator]: events },
        droppedFrames: input.droppedAudio,
        close: () => input.finish([]),
      };
    },
  };
};

async function* noResults(): AsyncGenerator<TranscriptResultStream, void> {}
