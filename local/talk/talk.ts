import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { samplesOf } from '../../audio/pcm.ts';
import { writeWav } from '../../audio/wav.ts';
import { parseTalkOptions, type Question, type TalkOptions, USAGE } from './options.ts';
import { INPUT_HERTZ, questionAudio } from './question.ts';
import { checkReachable, findTarget } from './target.ts';

export interface TalkDeps {
  /** What paths on the command line are relative to. */
  readonly cwd: string;
  readonly print: (line: string) => void;
  /** Carries out a command line of `oratio`; gives its exit code. */
  readonly oratio: (args: readonly string[], env: Readonly<Record<string, string>>) => Promise<number>;
}

/**
 * `npm run talk`: `oratio talk` with the agent of the running embedded cloud, and with a voice for words. Gives the exit
 * code: 0 when the agent answered. Throws an `Error` for the person who typed it.
 */
export async function talk({ cwd, print, oratio }: TalkDeps, args: readonly string[]): Promise<number> {
  const options = parseTalkOptions(args, cwd);
  if (!options) {
    print(USAGE);
    return 0;
  }
  const target = await findTarget(options);
  await checkReachable(target);
  const folder = await mkdtemp(join(tmpdir(), 'oratio-talk-'));
  try {
    const question = await wordsOf(options.question, folder);
    const line = ['talk', target.agentId, ...question, ...answerOf(options), '--api', target.apiUrl];
    // Other users of the machine can read a command line, not an environment.
    return await oratio(line, { ORATIO_TOKEN: target.apiKey });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const answerOf = ({ replyPath, transport }: TalkOptions): readonly string[] => [
  '--output',
  replyPath,
  ...(transport === 'direct' ? ['--direct'] : []),
];

async function wordsOf(question: Question, folder: string): Promise<readonly string[]> {
  if (question.type === 'typed') return ['--text', question.words];
  if (question.type === 'recording') return [question.path];
  const path = join(folder, 'question.wav');
  await writeFile(
    path,
    writeWav({ sampleRateHertz: INPUT_HERTZ, channels: [samplesOf(await questionAudio(question))] }),
  );
  return [path];
}
