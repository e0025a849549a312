import type { PollyClient, VoiceId } from '@aws-sdk/client-polly';
import type { AudioFormat } from '../../../../audio/format.ts';
import { EngineError } from '../speech-engine.ts';
import { awsEngineError } from './aws-errors.ts';
import { evenPieces } from './pieces.ts';
import type { TextToSpeech } from './ports.ts';

/** A sentence is synthesized in well under a second; a service that hangs must not hang the call. */
const REQUEST_TIMEOUT_MS = 8000;
/** Billed characters of one request (Polly quotas, read 2026-11). */
const MAX_CHARACTERS = 3000;

type Sdk = typeof import('@aws-sdk/client-polly');

export interface PollyOptions {
  readonly engine: 'neural' | 'generative';
  readonly region?: string;
  readonly endpoint?: string;
  /** For tests; else made at the first call and kept. */
  readonly client?: Pick<PollyClient, 'send'>;
}

const FORMATS: readonly AudioFormat[] = [
  { encoding: 'pcm16', sampleRateHertz: 16_000 },
  { encoding: 'pcm16', sampleRateHertz: 8000 },
];

/** Amazon Polly, one request a sentence. */
export const pollyMouth = ({ engine, client: given, ...where }: PollyOptions): TextToSpeech => {
  let loading: Promise<{ readonly sdk: Sdk; readonly client: Pick<PollyClient, 'send'> }> | undefined;
  const load = async () => {
    const sdk = await import('@aws-sdk/client-polly');
    const client = given ?? new sdk.PollyClient({ ...where, requestHandler: { requestTimeout: REQUEST_TIMEOUT_MS } });
    return { sdk, client };
  };
  return {
    formats: FORMATS,
    async *speak({ text, voice, format, signal }) {
      try {
        loading ??= load();
        const { sdk, client } = await loading;
        const command = new sdk.SynthesizeSpeechCommand({
          Engine: engine,
          OutputFormat: 'pcm',
          SampleRate: String(format.sampleRateHertz),
          Text: text.slice(0, MAX_CHARACTERS),
          // An unknown voice is refused by the service, with its own words.
          VoiceId: voice as VoiceId,
        });
        const { AudioStream: audio } = await client.send(command, { abortSignal: signal });
        if (!audio) throw new EngineError('unavailable', 'Polly answered without audio.');
        yield* evenPieces(audio.transformToWebStream());
      } catch (error) {
        if (!signal.aborted) throw awsEngineError(error);
      }
    },
  };
};
