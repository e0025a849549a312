import { decodeMuLaw } from '../../../audio/mulaw.ts';
import { floatsOf } from '../../../audio/pcm.ts';
import { createResampler } from '../../../audio/resampler.ts';
import type { OperatorMessage } from '../../../shared/live/operator-messages.ts';
import { bytesFromBase64 } from '../../voice/base64.ts';
import type { PlayFrame } from '../../voice/jitter-buffer.ts';

export type ListenMessage = Extract<OperatorMessage, { readonly type: 'call.audio' }>;

/** Makes what is sent to listeners of one side of a call into what the loudspeaker's jitter buffer takes. */
export function listenTrack(toHertz: number): (message: ListenMessage) => PlayFrame {
  let resampler: ReturnType<typeof createResampler> | undefined;
  let [epoch, last] = [1, -1];
  return ({ seq, audio, sampleRateHertz }) => {
    // A smaller number is a new owner of the call, which counts from the beginning.
    if (seq <= last) epoch += 1;
    last = seq;
    resampler ??= createResampler({ fromHertz: sampleRateHertz, toHertz });
    const samples = floatsOf(resampler.process(decodeMuLaw(bytesFromBase64(audio))));
    return { epoch, turn: 0, seq, samples };
  };
}
