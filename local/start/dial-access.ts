import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cloud } from '../cloud.ts';
import { DIAL_FILE, type DialAccess } from '../dial/dial.ts';
import { serveCalls } from '../soft-contact/calls-api.ts';

/** Lets `npm run dial` call the agent, and leaves it what it needs for that; gives what ends it. */
export async function dialAccess(
  { connect, apiUrl, endpointUrl }: Pick<Cloud, 'connect' | 'apiUrl' | 'endpointUrl'>,
  userPoolClientId: string,
  agentId: string,
  dataDir: string,
): Promise<() => Promise<void>> {
  const { close, ...calls } = await serveCalls(connect);
  const access: DialAccess = { calls, apiUrl, endpointUrl, userPoolClientId, agentId };
  // Only its owner may read it, since it holds a key.
  writeFileSync(join(dataDir, DIAL_FILE), JSON.stringify(access), { mode: 0o600 });
  return close;
}
