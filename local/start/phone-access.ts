import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cloud } from '../cloud.ts';
import { PHONE_FILE } from '../phone/phone.ts';
import type { ApiClient } from './api-client.ts';

/** Has the agent answer the account's first number, and leaves `npm run phone` what it needs; undefined without a telephone. */
export async function phoneAccess(
  api: ApiClient,
  agentId: string,
  { twilio }: Pick<Cloud, 'twilio'>,
  dataDir: string,
): Promise<string | undefined> {
  const number = twilio?.numbers()[0]?.phoneNumber;
  if (twilio === undefined || number === undefined) return undefined;
  await api.assignNumber(agentId, number);
  const access = { url: twilio.url, ...twilio.account, number };
  // Only its owner may read it, since it holds a key.
  writeFileSync(join(dataDir, PHONE_FILE), JSON.stringify(access), { mode: 0o600 });
  return number;
}
