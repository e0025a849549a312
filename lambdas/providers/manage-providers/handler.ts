import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { getProviders, ManageProvidersEnv, putProviders } from '../../../shared/providers/manage-providers.ts';
import { manageProvidersDependencies } from '../../../shared/providers/provider-dependencies.ts';
import { PROVIDER_OPERATIONS } from '../../../shared/providers/provider-operations.ts';

const deps = manageProvidersDependencies(parseEnv(ManageProvidersEnv));
export const handler = httpLambda(PROVIDER_OPERATIONS)({
  getProviders: getProviders(deps),
  putProviders: putProviders(deps),
});
