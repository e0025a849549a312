import { jitterBuffer, type PlayFrame, type PlayPosition } from './jitter-buffer.ts';

/** What the page tells the loudspeaker. */
export type PlaybackCommand =
  | { readonly type: 'play'; readonly frame: PlayFrame }
  | { readonly type: 'flush' }
  /** Another call begins: positions count from nothing. */
  | { readonly type: 'reset' };

/** What the loudspeaker tells the page: several times a second while something plays, and after each flush. */
export interface PlaybackReport {
  readonly position: PlayPosition;
  readonly bufferedMs: number;
  readonly underruns: number;
  /** Loudest sample since the report before, 0 to 1. */
  readonly peak: number;
  readonly flushed: boolean;
}

const REPORT_EVERY_MS = 100;

/** Plays frames as they come, drops them when it is told to. */
class Playback extends AudioWorkletProcessor {
  private buffer = jitterBuffer({ sampleRateHertz: sampleRate });
  private unreported = 0;
  private peak = 0;
  private wasPlaying = false;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<PlaybackCommand>) => {
      if (data.type === 'play') this.buffer.push(data.frame);
      else if (data.type === 'reset') this.buffer = jitterBuffer({ sampleRateHertz: sampleRate });
      else {
        this.buffer.flush();
        this.report(true);
      }
    };
  }

  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const output = outputs[0]?.[0];
    if (output === undefined) return true;
    this.buffer.pull(output);
    for (const sample of output) this.peak = Math.max(this.peak, Math.abs(sample));
    this.unreported += output.length;
    if ((this.unreported * 1000) / sampleRate >= REPORT_EVERY_MS) this.reportProgress();
    return true;
  }

  /** One more report than there is sound, so that the end of a turn is told, too. */
  private reportProgress(): void {
    const isPlaying = this.buffer.bufferedMs() > 0 || this.peak > 0;
    if (isPlaying || this.wasPlaying) this.report(false);
    this.wasPlaying = isPlaying;
    this.unreported = 0;
    this.peak = 0;
  }

  private report(flushed: boolean): void {
    const report: PlaybackReport = {
      position: this.buffer.position(),
      bufferedMs: this.buffer.bufferedMs(),
      underruns: this.buffer.underruns(),
      peak: this.peak,
      flushed,
    };
    this.port.postMessage(report);
  }
}

registerProcessor('playback', Playback);
