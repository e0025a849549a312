import { decodeMuLaw, encodeMuLaw } from '../../../audio/mulaw.ts';
import { bytesOf, samplesOf } from '../../../audio/pcm.ts';
import { resample } from '../../../audio/resampler.ts';
import type { Speech } from '../../../local/speech/speech.ts';
import type { LocalTwilio } from '../../../local/twilio/index.ts';
import { FRAME_MS } from '../../../local/twilio/line.ts';
import type { PhoneCall } from '../../../local/twilio/phone.ts';
import type { Api } from './api.ts';
import { voiceOf, wordsOf } from './caller.ts';

const PHONE_HERTZ = 8000;
const EAR_HERTZ = 16_000;
/** Quieter than any voice: what is left of silence after µ-law. */
const QUIET = 200;

/** Has the agent answer a number of the stage's account. */
export async function assignNumber(api: Api, agentId: string, phoneNumber: string): Promise<void> {
  const path = `/api/v1/phone-numbers/${encodeURIComponent(phoneNumber)}/assignment`;
  const { status, body } = await api.request('PUT', path, { agentId });
  if (status !== 200) throw new Error(`The number was not assigned: ${JSON.stringify(body)}`);
}

export const firstNumber = ({ numbers }: LocalTwilio): string => numbers()[0]?.phoneNumber ?? '';

/** Words as a caller's phone sends them. */
export async function phoneVoice(speech: Speech, words: string): Promise<Uint8Array> {
  const samples = samplesOf(await voiceOf(speech, words));
  return encodeMuLaw(resample(samples, { fromHertz: EAR_HERTZ, toHertz: PHONE_HERTZ }));
}

/** What was said on the line, as somebody understands it. */
export function phoneWords(speech: Speech, heard: Uint8Array): Promise<string> {
  const samples = resample(decodeMuLaw(heard), { fromHertz: PHONE_HERTZ, toHertz: EAR_HERTZ });
  return wordsOf(speech, bytesOf(samples), EAR_HERTZ);
}

const isVoiced = (frame: Uint8Array): boolean => decodeMuLaw(frame).some((sample) => Math.abs(sample) > QUIET);

/** Listens from now on: resolves once something was said. */
export const untilVoiced = (call: PhoneCall): Promise<void> =>
  new Promise((resolve) => call.onFrame((frame) => (isVoiced(frame) ? resolve() : undefined)));

/** Resolves when something was said, then nothing for `quietMs` of the line's own time. */
export const untilQuiet = (call: PhoneCall, quietMs = 1500): Promise<void> =>
  new Promise((resolve) => {
    let quietFrames = Number.NEGATIVE_INFINITY;
    call.onFrame((frame) => {
      quietFrames = isVoiced(frame) ? 0 : quietFrames + 1;
      if (quietFrames * FRAME_MS >= quietMs) resolve();
    });
  });
