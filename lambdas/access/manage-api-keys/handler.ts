import { apiKeyDependencies } from '../../../shared/access/access-dependencies.ts';
import * as keys from '../../../shared/access/manage-api-keys.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

const deps = apiKeyDependencies(parseEnv(keys.ManageApiKeysEnv));
const [createApiKey, listApiKeys] = [keys.createApiKey(deps), keys.listApiKeys(deps)];
export const handler = httpLambda({ createApiKey, listApiKeys, deleteApiKey: keys.deleteApiKey(deps) });
