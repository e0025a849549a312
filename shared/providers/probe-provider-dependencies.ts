import type * as z from 'zod';
import { systemSessionClock } from '../voice/relay/system-session-clock.ts';
import { kmsKeySeal } from './key-seal-kms.ts';
import type { ProbeProviderDeps, ProbeProviderEnv } from './probe-provider.ts';
import { providerNetwork } from './provider-network.ts';

/** What speaking to providers needs. */
export const probeProviderDependencies = (env: z.output<typeof ProbeProviderEnv>): ProbeProviderDeps => ({
  clock: systemSessionClock(),
  speechModelId: env.SPEECH_MODEL_ID,
  textModelId: env.AGENT_MODEL_ID,
  network: providerNetwork(env.PROVIDER_ADDRESSES),
  seal: kmsKeySeal({}),
});
