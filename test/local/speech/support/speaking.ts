import { silence } from '../../../../audio/format.ts';
import { joinBytes } from '../../../../audio/pcm.ts';
import type { Ear, EarEvent, Speech } from '../../../../local/speech/speech.ts';

type Rate = 8000 | 16_000 | 24_000;

/** The words said, as PCM16. */
export async function said(speech: Speech, text: string, sampleRateHertz: Rate = 16_000): Promise<Uint8Array> {
  return joinBytes(await Array.fromAsync(speech.speak(text, { voice: 'rms', sampleRateHertz })));
}

export const quiet = (ms: number, sampleRateHertz: Rate = 16_000): Uint8Array =>
  silence(ms, { encoding: 'pcm16', sampleRateHertz });

/** Feeds audio in frames of 40 ms at 16 kHz, as a client would. */
export function feed(ear: Ear, ...audio: readonly Uint8Array[]): void {
  const pcm = joinBytes(audio);
  for (let at = 0; at < pcm.length; at += 1280) ear.accept(pcm.subarray(at, at + 1280));
}

/** Reads events until so many turns were told; then closes the ear. */
export async function listen(ear: Ear, turns: number): Promise<EarEvent[]> {
  const events: EarEvent[] = [];
  for await (const event of ear.events) {
    events.push(event);
    if (events.filter(({ type }) => type === 'utterance').length === turns) break;
  }
  ear.close();
  return events;
}

export const utterancesOf = (events: readonly EarEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'utterance' ? normalized(event.text) : []));

/** Words without case and punctuation; the digits that the recognizer writes as it likes are spelled. */
export const normalized = (text: string): string =>
  text
    .toLowerCase()
    .replace(/\d+/g, (digits) => NUMBERS[digits] ?? digits)
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();

const NUMBERS: Readonly<Record<string, string>> = { 2: 'two', 9: 'nine', 10: 'ten', 30: 'thirty' };
