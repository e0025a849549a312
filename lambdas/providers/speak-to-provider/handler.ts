import { parseEnv } from '../../../shared/kernel/env.ts';
import { SpeakToProviderEnv, speakToProvider } from '../../../shared/providers/speak-to-provider.ts';
import { speakToProviderDependencies } from '../../../shared/providers/speak-to-provider-dependencies.ts';

export const handler = speakToProvider(speakToProviderDependencies(parseEnv(SpeakToProviderEnv)));
