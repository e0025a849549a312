import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cloud } from '../cloud.ts';
import { INBOX_FILE, type InboxAccess } from '../inbox/inbox.ts';

/** Leaves `npm run inbox` what it needs to write to the agent. */
export function inboxAccess(
  { social, apiUrl, endpointUrl }: Pick<Cloud, 'social' | 'apiUrl' | 'endpointUrl'>,
  userPoolClientId: string,
  agentId: string,
  dataDir: string,
): void {
  const access: InboxAccess = { people: social.people(), apiUrl, endpointUrl, userPoolClientId, agentId };
  // Only its owner may read it, since it holds a key.
  writeFileSync(join(dataDir, INBOX_FILE), JSON.stringify(access), { mode: 0o600 });
}
