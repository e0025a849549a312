import type * as z from 'zod';
import { dynamoAgentStore } from '../agents/agents-dynamodb.ts';
import { systemSessionClock } from '../voice/relay/system-session-clock.ts';
import { secretsManagerProviderKeys } from '../voice/settings/provider-keys-secrets-manager.ts';
import { pollySpeaker } from './polly-speech-aws.ts';
import { lambdaProbe } from './probes-lambda.ts';
import { providerNetwork } from './provider-network.ts';
import type { TestProviderDeps, TestProviderEnv } from './test-provider.ts';

/** What testing providers needs. */
export const testProviderDependencies = (env: z.output<typeof TestProviderEnv>): TestProviderDeps => ({
  agents: dynamoAgentStore(env),
  providerKeys: secretsManagerProviderKeys(env),
  aws: lambdaProbe(env),
  speaker: pollySpeaker(),
  addresses: env.PROVIDER_ADDRESSES,
  network: providerNetwork(env.PROVIDER_ADDRESSES),
  clock: systemSessionClock(),
});
