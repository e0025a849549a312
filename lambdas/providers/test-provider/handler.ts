import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { PROVIDER_OPERATIONS } from '../../../shared/providers/provider-operations.ts';
import { TestProviderEnv, testProvider } from '../../../shared/providers/test-provider.ts';
import { testProviderDependencies } from '../../../shared/providers/test-provider-dependencies.ts';

const deps = testProviderDependencies(parseEnv(TestProviderEnv));
export const handler = httpLambda(PROVIDER_OPERATIONS)({ testProvider: testProvider(deps) });
