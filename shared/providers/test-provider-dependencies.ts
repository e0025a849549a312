import type * as z from 'zod';
import { dynamoAgentStore } from '../agents/agents-dynamodb.ts';
import { systemClock } from '../kernel/real-dependencies.ts';
import { secretsManagerProviderKeys } from '../voice/settings/provider-keys-secrets-manager.ts';
import { kmsSealing } from './key-seal-kms.ts';
import { lambdaProbe } from './provider-function-lambda.ts';
import type { TestProviderDeps, TestProviderEnv } from './test-provider.ts';

/** What testing providers needs. */
export const testProviderDependencies = (env: z.output<typeof TestProviderEnv>): TestProviderDeps => ({
  agents: dynamoAgentStore(env),
  providerKeys: secretsManagerProviderKeys(env),
  probe: lambdaProbe(env),
  seal: kmsSealing(env),
  addresses: env.PROVIDER_ADDRESSES,
  clock: systemClock,
});
