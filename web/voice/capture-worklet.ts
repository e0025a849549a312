import { samplesOfFloats } from '../../audio/pcm.ts';
import { createResampler } from '../../audio/resampler.ts';

/** What the microphone is sampled down to; every engine takes it. */
const TO_HERTZ = 16_000;
const FRAME_SAMPLES = (TO_HERTZ * 20) / 1000;

/** Posts the microphone as frames of 20 ms, PCM16 at 16 kHz (`Int16Array`, transferred). */
class Capture extends AudioWorkletProcessor {
  private readonly resampler = createResampler({ fromHertz: sampleRate, toHertz: TO_HERTZ });
  private frame = new Int16Array(FRAME_SAMPLES);
  private filled = 0;

  process(inputs: Float32Array[][]): boolean {
    const channel = inputs[0]?.[0];
    if (channel === undefined) return true;
    for (const sample of this.resampler.process(samplesOfFloats(channel))) {
      this.frame[this.filled] = sample;
      this.filled += 1;
      if (this.filled === FRAME_SAMPLES) this.post();
    }
    return true;
  }

  private post(): void {
    this.port.postMessage(this.frame, [this.frame.buffer]);
    this.frame = new Int16Array(FRAME_SAMPLES);
    this.filled = 0;
  }
}

registerProcessor('capture', Capture);
