import { lambdaAwsContext } from '../kernel/aws-context.ts';
import { type AwsContext, awsRequest } from '../kernel/aws-request.ts';

/** Somebody who says a text aloud: PCM of 16 bits at this rate. */
export type Speaker = (text: string, sampleRateHertz: number, signal: AbortSignal) => Promise<Uint8Array>;

/** Polly's `SynthesizeSpeech`, signed by hand: the SDK's client would take a sixth of the bundle for this one call. */
export const pollySpeaker =
  (context: AwsContext = lambdaAwsContext()): Speaker =>
  async (text, sampleRateHertz, signal) => {
    const response = await awsRequest(context, {
      service: 'polly',
      method: 'POST',
      url: `${context.endpointUrl ?? `https://polly.${context.region}.amazonaws.com`}/v1/speech`,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(
        JSON.stringify({
          Engine: 'neural',
          OutputFormat: 'pcm',
          // Polly's PCM has 16 kHz at most (its API reference, SampleRate).
          SampleRate: String(sampleRateHertz === 8000 ? 8000 : 16_000),
          Text: text,
          VoiceId: 'Joanna',
        }),
      ),
      signal,
    });
    return new Uint8Array(await response.arrayBuffer());
  };
