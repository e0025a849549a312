import { authorizerDependencies } from '../../../shared/access/access-dependencies.ts';
import { AuthorizeRequestEnv, authorizeRequest } from '../../../shared/access/authorize-request.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

export const handler = authorizeRequest(authorizerDependencies(parseEnv(AuthorizeRequestEnv)));
