import { parseEnv } from '../../../shared/kernel/env.ts';
import { ProbeProviderEnv, probeProvider } from '../../../shared/providers/probe-provider.ts';
import { probeProviderDependencies } from '../../../shared/providers/probe-provider-dependencies.ts';

export const handler = probeProvider(probeProviderDependencies(parseEnv(ProbeProviderEnv)));
