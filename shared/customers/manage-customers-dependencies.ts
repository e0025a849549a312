import type * as z from 'zod';
import { dynamoAgentStore } from '../agents/agents-dynamodb.ts';
import { secretsManagerCursorKey } from '../http/cursor-key-secrets-manager.ts';
import { systemClock } from '../kernel/real-dependencies.ts';
import { dynamoCustomerStore } from './customers-dynamodb.ts';
import type { ManageCustomersDeps, ManageCustomersEnv } from './manage-customers.ts';

/** What managing customers needs. */
export const manageCustomersDependencies = (env: z.output<typeof ManageCustomersEnv>): ManageCustomersDeps => ({
  agents: dynamoAgentStore(env),
  store: dynamoCustomerStore(env),
  cursorKey: secretsManagerCursorKey(env),
  clock: systemClock,
});
