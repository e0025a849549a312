import type * as z from 'zod';
import { systemSessionClock } from '../voice/relay/system-session-clock.ts';
import { kmsOpening } from './key-seal-kms.ts';
import { providerNetwork } from './provider-network.ts';
import type { SpeakToProviderDeps, SpeakToProviderEnv } from './speak-to-provider.ts';

/** What speaking to providers needs. */
export const speakToProviderDependencies = (env: z.output<typeof SpeakToProviderEnv>): SpeakToProviderDeps => ({
  clock: systemSessionClock(),
  speechModelId: env.SPEECH_MODEL_ID,
  textModelId: env.AGENT_MODEL_ID,
  network: providerNetwork(env.PROVIDER_ADDRESSES),
  seal: kmsOpening(),
});
