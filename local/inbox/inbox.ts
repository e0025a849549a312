import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { PeopleAccess } from '../social/people-api.ts';
import { connectChannel, entrustCredentials, type OwnersApi } from './connect-channel.ts';
import { askJson } from './http.ts';
import { signIn } from './sign-in.ts';

/** What `npm start` writes beside its state for this program. */
export const INBOX_FILE = 'inbox.json';

export interface InboxAccess {
  readonly people: PeopleAccess;
  readonly apiUrl: string;
  readonly endpointUrl: string;
  readonly userPoolClientId: string;
  readonly agentId: string;
}

const CHANNELS = ['whatsapp', 'facebook', 'instagram', 'twitter'] as const;
type InboxChannel = (typeof CHANNELS)[number];

/** Accounts of the example's business, and who writes to them unless told otherwise. */
const ACCOUNTS: Readonly<Record<InboxChannel, { readonly accountId: string; readonly customerId: string }>> = {
  whatsapp: { accountId: '106540352242922', customerId: '12025550147' },
  facebook: { accountId: '20531316728', customerId: '24001234567890' },
  instagram: { accountId: '17841400008460056', customerId: '901234567890' },
  twitter: { accountId: '2244994945', customerId: '783214' },
};

const USAGE = `Usage: npm run inbox -- --channel whatsapp --say "What is your return policy?"

Writes to the agent of the running embedded cloud as a customer on a social platform, through its signed webhook, and
prints the answer that arrives in the customer's inbox. The first message on a channel connects the channel.

  --channel NAME   whatsapp, facebook (Messenger), instagram or twitter (X); default whatsapp
  --say TEXT       what the customer writes
  --from ID        the customer: a number of WhatsApp without +, or an id of the platform
  --name NAME      the customer's name (default Alex)
  --data DIR       where npm start keeps its state (default .oratio)
  --help           this text
`;

export interface InboxDeps {
  /** What paths on the command line are relative to. */
  readonly cwd: string;
  readonly print: (line: string) => void;
}

/** `npm run inbox`; gives the exit code: 0 when an answer arrived. Throws an `Error` for the person who typed it. */
export async function inbox({ cwd, print }: InboxDeps, args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    strict: true,
    options: {
      channel: { type: 'string', default: 'whatsapp' },
      say: { type: 'string' },
      from: { type: 'string' },
      name: { type: 'string', default: 'Alex' },
      data: { type: 'string', default: '.oratio' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  const channel = CHANNELS.find((one) => one === values.channel);
  if (channel === undefined) throw new Error(`There is no channel "${values.channel}" here.\n\n${USAGE}`);
  if (values.say === undefined) throw new Error(`There is nothing to say.\n\n${USAGE}`);
  const dataDir = resolve(cwd, values.data);
  const access = await accessOf(dataDir);
  const { accountId, customerId } = ACCOUNTS[channel];
  const person = { platform: channel, accountId, customerId: values.from ?? customerId, name: values.name };
  await openChannel(access, dataDir, channel, accountId, print);
  return converse(access.people, person, values.say, print);
}

async function accessOf(dataDir: string): Promise<InboxAccess> {
  const path = join(dataDir, INBOX_FILE);
  const text = await readFile(path, 'utf8').catch(() => {
    throw new Error(`No cloud with an agent was started here (there is no ${path}). Run \`npm start\` first.`);
  });
  return JSON.parse(text) as InboxAccess;
}

/** What the business does once: keys to the stage, webhook to the platform, channel to the agent. */
async function openChannel(
  { people, apiUrl, agentId, ...pool }: InboxAccess,
  dataDir: string,
  platform: InboxChannel,
  accountId: string,
  print: (line: string) => void,
): Promise<void> {
  const api: OwnersApi = { url: `${apiUrl}/api/v1`, token: await signIn(pool, dataDir), agentId };
  const atPlatform = <Answer extends object>(path: string, json: object) =>
    askJson<Answer>(`${people.url}/people/${path}`, people.key, { method: 'POST', json });
  const credentials = await atPlatform('account', { platform, accountId });
  const webhookUrl = await entrustCredentials(api, platform === 'twitter' ? 'twitter' : 'meta', credentials);
  await atPlatform('webhook', { platform, accountId, url: webhookUrl });
  await connectChannel(api, { channelType: platform, settings: { accountId } }, print);
}

interface Person {
  readonly platform: InboxChannel;
  readonly accountId: string;
  readonly customerId: string;
  readonly name: string;
}

/** The longest a person waits: so many requests of 20 s each. */
const MOST_WAITS = 6;

async function converse(
  { url, key }: PeopleAccess,
  person: Person,
  text: string,
  print: (line: string) => void,
): Promise<number> {
  print(`${person.name} on ${person.platform}: ${text}`);
  const { status, before } = await askJson<{ status: number | null; before: number }>(`${url}/people/message`, key, {
    method: 'POST',
    json: { ...person, text },
  });
  if (status !== 200) throw new Error(`The webhook answered ${status ?? 'nothing'}.`);
  const query = new URLSearchParams({ ...person, after: String(before) });
  for (let waits = 0; waits < MOST_WAITS; waits += 1) {
    const { received } = await askJson<{ received: readonly { text: string }[] }>(
      `${url}/people/inbox?${query.toString()}`,
      key,
    );
    for (const message of received) print(`Agent: ${message.text}`);
    if (received.length > 0) return 0;
  }
  print('nobody answers');
  return 1;
}
