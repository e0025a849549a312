import type { PlaybackCommand } from '../../voice/playback-worklet.ts';
import { type ListenMessage, listenTrack } from './listen-track.ts';

/** Somebody hears a call that goes on. */
export interface ListenIn {
  readonly hear: (message: ListenMessage) => void;
  readonly close: () => void;
}

/** The caller a little to the left, the agent to the right, as in a recording; both are heard on one loudspeaker, too. */
const PAN = { caller: -0.4, agent: 0.4 } as const;

/** Begins at a person's press, as browsers ask. Throws where a browser has no audio worklets. */
export async function openListenIn(): Promise<ListenIn> {
  const context = new AudioContext({ latencyHint: 'interactive' });
  try {
    await context.audioWorklet.addModule(ORATIO_WORKLETS.playback);
  } catch (error) {
    await context.close();
    throw error;
  }
  context.resume().catch(() => undefined);
  const sideOf = (pan: number): ((message: ListenMessage) => void) => {
    const node = new AudioWorkletNode(context, 'playback', { numberOfInputs: 0, outputChannelCount: [1] });
    node.connect(new StereoPannerNode(context, { pan })).connect(context.destination);
    const frameOf = listenTrack(context.sampleRate);
    return (message) => {
      const frame = frameOf(message);
      const command: PlaybackCommand = { type: 'play', frame };
      node.port.postMessage(command, [frame.samples.buffer]);
    };
  };
  const sides = { caller: sideOf(PAN.caller), agent: sideOf(PAN.agent) };
  return {
    hear: (message) => sides[message.role](message),
    close: () => void context.close().catch(() => undefined),
  };
}
