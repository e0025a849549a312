import type { Page } from 'playwright-core';
import { bytesOf } from '../../../audio/pcm.ts';
import { resample } from '../../../audio/resampler.ts';
import type { Speech } from '../../../local/speech/speech.ts';

const EAR_HERTZ = 16_000;

/** Whatever a page plays goes to the loudspeaker and, as it is, to a recording beside it. */
const TAP = `(() => {
  const connect = AudioNode.prototype.connect;
  const taps = new WeakMap();
  globalThis.oratioHeard = { samples: [], rate: 0 };
  const tapOf = (context) => {
    if (taps.has(context)) return taps.get(context);
    const tap = context.createScriptProcessor(4096, 1, 1);
    globalThis.oratioHeard.rate = context.sampleRate;
    tap.onaudioprocess = ({ inputBuffer }) => {
      globalThis.oratioHeard.samples.push(Int16Array.from(inputBuffer.getChannelData(0), (value) => value * 32767));
    };
    connect.call(tap, context.destination);
    taps.set(context, tap);
    return tap;
  };
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to instanceof AudioDestinationNode) connect.call(this, tapOf(this.context));
    return connect.call(this, to, ...rest);
  };
})()`;

/** In the page: what was recorded, as bytes in base64. */
const TAKE = `(() => {
  const { samples, rate } = globalThis.oratioHeard;
  let text = '';
  for (const part of samples) for (const byte of new Uint8Array(part.buffer)) text += String.fromCharCode(byte);
  return { rate, pcm: btoa(text) };
})()`;

/** Records what comes out of the page's loudspeaker; before the page is opened. */
export const tapLoudspeaker = (page: Page): Promise<unknown> => page.addInitScript(TAP);

/** Listens to all that came out of the loudspeaker until something is understood that matches; gives all that was until then. */
export async function understood(page: Page, speech: Speech, pattern: RegExp): Promise<string> {
  const { rate, pcm } = (await page.evaluate(TAKE)) as { readonly rate: number; readonly pcm: string };
  const bytes = new Uint8Array(Buffer.from(pcm, 'base64'));
  const samples = resample(new Int16Array(bytes.buffer), { fromHertz: rate, toHertz: EAR_HERTZ });
  const sound = bytesOf(samples);
  const ear = speech.openEar({ sampleRateHertz: EAR_HERTZ, endOfTurnMs: 1000 });
  const step = EAR_HERTZ / 5;
  for (let at = 0; at < sound.length; at += step) ear.accept(sound.subarray(at, at + step));
  for (let at = 0; at < 10; at += 1) ear.accept(new Uint8Array(step));
  let words = '';
  for await (const event of ear.events) {
    if (event.type !== 'utterance') continue;
    words += `${event.text} `;
    if (pattern.test(words)) break;
  }
  ear.close();
  return words;
}
