import { randomUUID } from 'node:crypto';
import * as client from '@aws-sdk/client-transcribe-streaming';
import { defineSchemaService, type InputOf } from '../../core/schema-service.ts';
import { AwsError, type AwsService, type CloudContext } from '../../core/service.ts';
import type { Speech } from '../../speech/speech.ts';
import { badRequest, type StreamSettings, transcribeStream } from './stream.ts';

/** Concurrent streams of an account (Transcribe endpoints and quotas, default). */
const MAX_STREAMS = 25;

type Start = InputOf<typeof client, 'StartStreamTranscription'>;

/** Transcribe's `StartStreamTranscription` over HTTP/2: PCM of 8 and 16 kHz, in English. */
export const makeTranscribe = (
  { clock }: Pick<CloudContext, 'clock'>,
  { speech }: { readonly speech: () => Promise<Speech> },
): AwsService => {
  let streams = 0;
  const open = async (input: Start) => {
    const settings = settingsOf(input);
    if (input.AudioStream === undefined) throw badRequest('The request has no audio stream.');
    if (streams >= MAX_STREAMS) {
      throw new AwsError('LimitExceededException', 'You have reached your limit of concurrent streams.', 429);
    }
    streams += 1;
    const release = (): void => {
      streams -= 1;
    };
    try {
      const dependencies = { clock, speech: await speech(), newId: randomUUID };
      const stream = transcribeStream(dependencies, settings, input.AudioStream);
      void stream.over.then(release);
      return stream.events;
    } catch (error) {
      release();
      throw error;
    }
  };
  return defineSchemaService({
    name: 'transcribe',
    signingName: 'transcribe',
    client,
    operations: {
      StartStreamTranscription: async (input) => ({
        RequestId: randomUUID(),
        SessionId: input.SessionId ?? randomUUID(),
        LanguageCode: input.LanguageCode,
        MediaEncoding: input.MediaEncoding,
        MediaSampleRateHertz: input.MediaSampleRateHertz,
        EnablePartialResultsStabilization: input.EnablePartialResultsStabilization,
        PartialResultsStability: input.PartialResultsStability,
        TranscriptResultStream: await open(input),
      }),
    },
    streams: ['StartStreamTranscription'],
    needs: (operation) => [{ action: `transcribe:${operation}`, resource: '*' }],
  });
};

function settingsOf(input: Start): StreamSettings {
  const { LanguageCode, IdentifyLanguage, MediaEncoding, MediaSampleRateHertz, PartialResultsStability } = input;
  if (MediaEncoding !== 'pcm') {
    throw badRequest(`The embedded Transcribe takes media encoding pcm, not ${MediaEncoding ?? 'none'}.`);
  }
  if (MediaSampleRateHertz !== 8000 && MediaSampleRateHertz !== 16_000) {
    throw badRequest(
      `The embedded Transcribe takes sample rates 8000 and 16000, not ${MediaSampleRateHertz ?? 'none'}.`,
    );
  }
  if (LanguageCode === undefined && !IdentifyLanguage) {
    throw badRequest('Either LanguageCode or IdentifyLanguage must be given.');
  }
  if (LanguageCode !== undefined && !LanguageCode.startsWith('en-')) {
    throw badRequest(`The embedded Transcribe hears English only, not ${LanguageCode}.`);
  }
  const stability = input.EnablePartialResultsStabilization ? (PartialResultsStability ?? 'high') : undefined;
  return { sampleRateHertz: MediaSampleRateHertz, stability };
}
