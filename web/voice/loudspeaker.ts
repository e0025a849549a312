import { floatsOf, samplesOf } from '../../audio/pcm.ts';
import { createResampler, type Resampler } from '../../audio/resampler.ts';
import type { ServerMessage } from '../../shared/voice/protocol/messages.ts';
import { bytesFromBase64 } from './base64.ts';
import type { PlaybackCommand, PlaybackReport } from './playback-worklet.ts';

export interface Loudspeaker {
  readonly play: (frame: Extract<ServerMessage, { type: 'audio' }>) => void;
  readonly flush: () => void;
  /** Before another call. */
  readonly reset: () => void;
}

/** Of the audio the session asks for. */
const FROM_HERTZ = 24_000;

/** Plays a call through an audio context whose `playback` worklet is loaded. */
export function loudspeaker(context: AudioContext, report: (report: PlaybackReport) => void): Loudspeaker {
  const node = new AudioWorkletNode(context, 'playback', { numberOfInputs: 0, outputChannelCount: [1] });
  node.port.onmessage = ({ data }: MessageEvent<PlaybackReport>) => report(data);
  node.connect(context.destination);
  let resampler: Resampler = newResampler(context);
  const command = (message: PlaybackCommand, transfer: Transferable[] = []): void =>
    node.port.postMessage(message, transfer);
  return {
    play: ({ epoch, turn, seq, audio }) => {
      const samples = floatsOf(resampler.process(samplesOf(bytesFromBase64(audio))));
      command({ type: 'play', frame: { epoch, turn, seq, samples } }, [samples.buffer]);
    },
    flush: () => {
      resampler = newResampler(context);
      command({ type: 'flush' });
    },
    reset: () => {
      resampler = newResampler(context);
      command({ type: 'reset' });
    },
  };
}

const newResampler = ({ sampleRate }: AudioContext): Resampler =>
  createResampler({ fromHertz: FROM_HERTZ, toHertz: sampleRate });
