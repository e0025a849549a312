import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { connectChannel } from '../inbox/connect-channel.ts';
import { signIn } from '../inbox/sign-in.ts';
import type { CallsAccess } from '../soft-contact/calls-api.ts';
import { talkByKeys } from './talk-by-keys.ts';

/** What `npm start` writes beside its state for this program. */
export const DIAL_FILE = 'dial.json';

export interface DialAccess {
  readonly calls: CallsAccess;
  readonly apiUrl: string;
  readonly endpointUrl: string;
  readonly userPoolClientId: string;
  readonly agentId: string;
}

const USAGE = `Usage: npm run dial -- --press 1 --press 0

Calls the number of Amazon Connect that the agent of the running embedded cloud has, and prints what the caller hears,
block by block. Each --press waits until the flow waits for the caller; after the last one the caller hangs up. The first
call claims a number: it gives the agent the channel "voice".

  --press KEYS     0 to 9, * and #; as often as wanted
  --from NUMBER    the caller's number (default +14155550123)
  --agent ID       another agent of the demo user
  --data DIR       where npm start keeps its state (default .oratio)
  --help           this text
`;

export interface DialDeps {
  /** What paths on the command line are relative to. */
  readonly cwd: string;
  readonly print: (line: string) => void;
}

/** `npm run dial`; gives the exit code: 0 when somebody took the call. Throws an `Error` for the person who typed it. */
export async function dial({ cwd, print }: DialDeps, args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    strict: true,
    options: {
      press: { type: 'string', multiple: true, default: [] },
      from: { type: 'string', default: '+14155550123' },
      agent: { type: 'string' },
      data: { type: 'string', default: '.oratio' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  const wrong = values.press.find((keys) => !/^[0-9*#]{1,32}$/.test(keys));
  if (wrong !== undefined) throw new Error(`A telephone has no keys "${wrong}".\n\n${USAGE}`);
  const dataDir = resolve(cwd, values.data);
  const { calls, apiUrl, agentId, ...pool } = await accessOf(dataDir);
  const api = { url: `${apiUrl}/api/v1`, token: await signIn(pool, dataDir), agentId: values.agent ?? agentId };
  const { phoneNumber } = await connectChannel(api, { channelType: 'voice', settings: {} }, print);
  if (phoneNumber === null) throw new Error('The channel has no number.');
  const call = { from: values.from, to: phoneNumber, keys: values.press };
  return (await talkByKeys(calls, call, print)) ? 0 : 1;
}

async function accessOf(dataDir: string): Promise<DialAccess> {
  const path = join(dataDir, DIAL_FILE);
  const text = await readFile(path, 'utf8').catch(() => {
    throw new Error(`No cloud with an agent was started here (there is no ${path}). Run \`npm start\` first.`);
  });
  return JSON.parse(text) as DialAccess;
}
