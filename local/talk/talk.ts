import { writeFile } from 'node:fs/promises';
import { samplesOf } from '../../audio/pcm.ts';
import { writeWav } from '../../audio/wav.ts';
import { call } from './call.ts';
import { OUTPUT_HERTZ } from './messages.ts';
import { parseTalkOptions, USAGE } from './options.ts';
import { questionAudio } from './question.ts';
import { fetchTicket, findTarget } from './target.ts';

export interface TalkDeps {
  /** What paths on the command line are relative to. */
  readonly cwd: string;
  readonly print: (line: string) => void;
}

/** `npm run talk`; gives the exit code: 0 when the agent answered. Throws an `Error` for the person who typed it. */
export async function talk({ cwd, print }: TalkDeps, args: readonly string[]): Promise<number> {
  const options = parseTalkOptions(args, cwd);
  if (!options) {
    print(USAGE);
    return 0;
  }
  const target = await findTarget(options);
  const { question } = options;
  // Before the ticket, which is good for a minute only.
  const audio = question.type === 'typed' ? question.words : await questionAudio(question);
  const { webSocketUrl, ticket } = await fetchTicket(target, options.transport);
  const { outcome, recording } = await call(webSocketUrl, {
    question: audio,
    ticket: options.transport === 'direct' ? ticket : undefined,
    print,
  });
  const wav = writeWav({ sampleRateHertz: OUTPUT_HERTZ, channels: [samplesOf(recording)] });
  if (recording.length > 0) {
    await writeFile(options.replyPath, wav);
    print(`wrote   ${options.replyPath}`);
  }
  if (!outcome.answered) throw new Error(outcome.reason);
  return 0;
}
