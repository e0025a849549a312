import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiClient } from './api-client.ts';

/** What `npm run talk` and the talk page need to call the example's agent. */
export interface TalkAccess {
  readonly apiUrl: string;
  readonly agentId: string;
  readonly apiKey: string;
}

/** Read by `npm run talk`; only its owner may read it, since it holds a key. */
const fileOf = (dataDir: string): string => join(dataDir, 'talk.json');

function remembered(dataDir: string): TalkAccess | undefined {
  const file = fileOf(dataDir);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as TalkAccess) : undefined;
}

/** An API key of the agent, made once per agent: the one of an earlier start is kept, a new agent gets another. */
export async function talkAccess(
  api: ApiClient,
  agentId: string,
  apiUrl: string,
  dataDir: string,
): Promise<TalkAccess> {
  const known = remembered(dataDir);
  const apiKey = known?.agentId === agentId ? known.apiKey : (await api.createApiKey(agentId, 'npm start')).key;
  const access = { apiUrl, agentId, apiKey };
  writeFileSync(fileOf(dataDir), JSON.stringify(access), { mode: 0o600 });
  return access;
}

/** The talk page with everything filled in; the key is behind `#`, which browsers send to nobody. */
export const talkPage = ({ apiUrl, agentId, apiKey }: TalkAccess): string =>
  `${apiUrl}/talk?agent=${agentId}#key=${apiKey}`;
