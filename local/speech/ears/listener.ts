import { floatsOf, samplesOf } from '../../../audio/pcm.ts';
import { createResampler, type Resampler } from '../../../audio/resampler.ts';
import type { Vad } from './sherpa.ts';
import { EAR_HERTZ, hear, neededFrom, START, type TurnEffect, type TurnState } from './turn-taking.ts';

/** Samples the detector looks at together: 32 ms. */
const WINDOW = 512;

/** A turn's effect; what is to be recognized comes with its audio. */
export type HeardEffect = TurnEffect & { readonly audio?: Float32Array };

/** Listens to one stream: finds turns and cuts out what is to be recognized. */
export interface Listener {
  /** PCM16 of the stream's rate, whole samples. */
  readonly accept: (pcm: Uint8Array) => readonly HeardEffect[];
}

export function makeListener(vad: Vad, options: { sampleRateHertz: number; endOfTurnMs: number }): Listener {
  const resampler: Resampler = createResampler({ fromHertz: options.sampleRateHertz, toHertz: EAR_HERTZ });
  const history = audioHistory();
  let state: TurnState = START;
  let rest = new Float32Array(0);

  const hearWindow = (window: Float32Array): HeardEffect[] => {
    vad.acceptWaveform(window);
    // The detector cuts segments of its own, which we do not use: our turns last as long as each caller is given.
    while (!vad.isEmpty()) vad.pop();
    history.append(window);
    const step = hear(state, { samples: window.length, speech: vad.isDetected() }, options);
    const effects = step.effects.map((effect) =>
      effect.type === 'recognize' ? { ...effect, audio: history.slice(effect.from, effect.to) } : effect,
    );
    state = step.state;
    history.forgetBefore(neededFrom(state));
    return effects;
  };

  return {
    accept(pcm) {
      const samples = joinFloats(rest, floatsOf(resampler.process(samplesOf(pcm))));
      const whole = samples.length - (samples.length % WINDOW);
      rest = samples.slice(whole);
      const effects: HeardEffect[] = [];
      for (let at = 0; at < whole; at += WINDOW) effects.push(...hearWindow(samples.slice(at, at + WINDOW)));
      return effects;
    },
  };
}

/** The last stretch of a stream, by position since its start. */
function audioHistory() {
  let kept = new Float32Array(EAR_HERTZ * 2);
  let first = 0;
  let end = 0;
  return {
    append(samples: Float32Array): void {
      const length = end - first;
      if (length + samples.length > kept.length) {
        const larger = new Float32Array(kept.length * 2);
        larger.set(kept.subarray(0, length));
        kept = larger;
      }
      kept.set(samples, length);
      end += samples.length;
    },
    slice: (from: number, to: number): Float32Array => kept.slice(Math.max(from, first) - first, to - first),
    /** Moves what is left to the front only once that frees half the room. */
    forgetBefore(position: number): void {
      if (position - first < kept.length / 2) return;
      kept.copyWithin(0, position - first, end - first);
      first = position;
    },
  };
}

function joinFloats(a: Float32Array, b: Float32Array): Float32Array {
  const joined = new Float32Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
