import type * as z from 'zod';
import { dynamoAgentStore } from '../agents/agents-dynamodb.ts';
import { systemClock } from '../kernel/real-dependencies.ts';
import { dynamoPhoneNumberReader } from '../telephony/phone-numbers-dynamodb.ts';
import type { DialableDeps } from '../transfer/demand-dialable.ts';
import { secretsManagerProviderKeys } from '../voice/settings/provider-keys-secrets-manager.ts';
import { dynamoSettingsMarks } from '../voice/settings/settings-marks-dynamodb.ts';
import type { ManageProvidersDeps, ManageProvidersEnv } from './manage-providers.ts';

/** What managing providers, and how an agent speaks, needs. */
export const manageProvidersDependencies = (
  env: z.output<typeof ManageProvidersEnv>,
): ManageProvidersDeps & DialableDeps => ({
  numbers: dynamoPhoneNumberReader(env),
  dialPrefixes: env.DIAL_PREFIXES,
  agents: dynamoAgentStore(env),
  providerKeys: secretsManagerProviderKeys(env),
  marks: dynamoSettingsMarks(env),
  addresses: env.PROVIDER_ADDRESSES,
  clock: systemClock,
});
