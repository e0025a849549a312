import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { decodeMuLaw, encodeMuLaw } from '../../audio/mulaw.ts';
import { samplesOf } from '../../audio/pcm.ts';
import { resample } from '../../audio/resampler.ts';
import { writeWav } from '../../audio/wav.ts';

import type { Question } from '../talk/options.ts';
import { INPUT_HERTZ, questionAudio } from '../talk/question.ts';
import { ring } from './ring.ts';

/** What `npm start` writes beside its state for this program. */
export const PHONE_FILE = 'phone.json';

export interface PhoneAccess {
  /** Of the embedded Twilio. */
  readonly url: string;
  readonly accountSid: string;
  readonly authToken: string;
  /** The number that the example agent answers. */
  readonly number: string;
}

const PHONE_HERTZ = 8000;

const USAGE = `Usage: npm run phone -- question.wav [reply.wav]
       npm run phone -- --say "What is your return policy?" [reply.wav]

Rings the agent of the running embedded cloud over Twilio's media streams, asks after its greeting, and writes what was
heard on the phone to reply.wav.

  --say TEXT       no recording: a synthesizer is the caller
  --from NUMBER    the caller's number (default +14155550123)
  --data DIR       where npm start keeps its state (default .oratio)
  --help           this text
`;

export interface PhoneDeps {
  /** What paths on the command line are relative to. */
  readonly cwd: string;
  readonly print: (line: string) => void;
}

/** `npm run phone`; gives the exit code: 0 when the agent said something after the question. Throws an `Error` for the person who typed it. */
export async function phone({ cwd, print }: PhoneDeps, args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    strict: true,
    allowPositionals: true,
    options: {
      say: { type: 'string' },
      from: { type: 'string', default: '+14155550123' },
      data: { type: 'string', default: '.oratio' },
      help: { type: 'boolean', default: false },
    },
  });
  const [recording, reply] = values.say === undefined ? positionals : [undefined, ...positionals];
  if (values.help) {
    print(USAGE);
    return 0;
  }
  if (recording === undefined && values.say === undefined) throw new Error(`There is nothing to say.\n\n${USAGE}`);
  const question: Exclude<Question, { type: 'typed' }> =
    recording === undefined
      ? { type: 'say', words: values.say ?? '' }
      : { type: 'recording', path: resolve(cwd, recording) };
  const samples = samplesOf(await questionAudio(question));
  const audio = encodeMuLaw(resample(samples, { fromHertz: INPUT_HERTZ, toHertz: PHONE_HERTZ }));
  const { heard, answered } = await ring(await accessOf(resolve(cwd, values.data)), values.from, audio, print);
  const replyPath = resolve(cwd, reply ?? 'reply.wav');
  await writeFile(replyPath, writeWav({ sampleRateHertz: PHONE_HERTZ, channels: [decodeMuLaw(heard)] }));
  print(`wrote   ${replyPath}`);
  return answered ? 0 : 1;
}

async function accessOf(dataDir: string): Promise<PhoneAccess> {
  const path = join(dataDir, PHONE_FILE);
  const text = await readFile(path, 'utf8').catch(() => {
    throw new Error(`No cloud with a telephone was started here (there is no ${path}). Run \`npm start\` first.`);
  });
  return JSON.parse(text) as PhoneAccess;
}
