import { apiKeyDependencies } from '../../../shared/access/access-dependencies.ts';
import { ACCESS_OPERATIONS } from '../../../shared/access/access-operations.ts';
import * as keys from '../../../shared/access/manage-api-keys.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

const deps = apiKeyDependencies(parseEnv(keys.ManageApiKeysEnv));
const use = { createApiKey: keys.createApiKey(deps), listApiKeys: keys.listApiKeys(deps) };
export const handler = httpLambda(ACCESS_OPERATIONS)({ ...use, deleteApiKey: keys.deleteApiKey(deps) });
