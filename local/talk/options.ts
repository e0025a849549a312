import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** What the caller says: a recording, words for the synthesizer, or words that are typed. */
export type Question =
  | { readonly type: 'recording'; readonly path: string }
  | { readonly type: 'say'; readonly words: string }
  | { readonly type: 'typed'; readonly words: string };

export interface TalkOptions {
  readonly question: Question;
  readonly replyPath: string;
  readonly transport: 'relay' | 'direct';
  readonly dataDir: string;
  /** Instead of what `npm start` wrote. */
  readonly url?: string;
  readonly agentId?: string;
  readonly apiKey?: string;
}

export const USAGE = `Usage: npm run talk -- question.wav [reply.wav]
       npm run talk -- --say "What is your return policy?" [reply.wav]

Calls the agent of the running embedded cloud as a browser would, and writes what it says to reply.wav.

  --say TEXT       no recording: a synthesizer is the caller
  --text TEXT      no voice: the question is typed
  --direct         straight to the agent's runtime instead of the WebSocket API
  --url URL        the API (default: what npm start wrote)
  --agent ID       the agent (default: likewise)
  --key KEY        an API key of the agent (default: likewise)
  --data DIR       where npm start keeps its state (default .oratio)
  --help           this text
`;

/**
 * Parses the command line; paths are relative to `cwd`. Undefined when help is asked for. Throws an `Error` whose
 * message is for the person who typed it.
 */
export function parseTalkOptions(args: readonly string[], cwd: string): TalkOptions | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    strict: true,
    allowPositionals: true,
    options: {
      say: { type: 'string' },
      text: { type: 'string' },
      direct: { type: 'boolean', default: false },
      url: { type: 'string' },
      agent: { type: 'string' },
      key: { type: 'string' },
      data: { type: 'string', default: '.oratio' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const { question, rest } = questionOf(values, positionals, cwd);
  if (rest.length > 1) throw new Error(`"${rest[1]}" is one argument too many.\n\n${USAGE}`);
  return {
    question,
    replyPath: resolve(cwd, rest[0] ?? 'reply.wav'),
    transport: values.direct ? 'direct' : 'relay',
    dataDir: resolve(cwd, values.data),
    ...(values.url === undefined ? {} : { url: values.url.replace(/\/+$/, '') }),
    ...(values.agent === undefined ? {} : { agentId: values.agent }),
    ...(values.key === undefined ? {} : { apiKey: values.key }),
  };
}

function questionOf(
  { say, text }: { readonly say?: string | undefined; readonly text?: string | undefined },
  positionals: readonly string[],
  cwd: string,
): { readonly question: Question; readonly rest: readonly string[] } {
  if (say !== undefined && text !== undefined) throw new Error('Give either --say or --text.');
  if (say !== undefined) return { question: { type: 'say', words: say }, rest: positionals };
  if (text !== undefined) return { question: { type: 'typed', words: text }, rest: positionals };
  const [recording, ...rest] = positionals;
  if (recording === undefined) throw new Error(`There is nothing to say.\n\n${USAGE}`);
  return { question: { type: 'recording', path: resolve(cwd, recording) }, rest };
}
