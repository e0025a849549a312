import { dynamoAgentStore } from '../agents/agents-dynamodb.ts';
import { secretsManagerCursorKey } from '../http/cursor-key-secrets-manager.ts';
import { jsonLog } from '../kernel/log.ts';
import { randomIds, systemClock } from '../kernel/real-dependencies.ts';
import { dynamoApiKeyStore } from './api-keys-dynamodb.ts';
import type { AuthorizeRequestDeps } from './authorize-request.ts';
import type { ManageApiKeysDeps } from './manage-api-keys.ts';
import { joseTokenVerifier } from './token-verifier-jose.ts';
import { apiKeys } from './verify-api-key.ts';

interface KeysEnv {
  readonly AGENTS_TABLE: string;
  readonly API_KEYS_TABLE: string;
  readonly CURSOR_SECRET_ARN: string;
}

/** What managing keys needs. */
export const apiKeyDependencies = (env: KeysEnv): ManageApiKeysDeps => ({
  agents: dynamoAgentStore(env),
  apiKeys: dynamoApiKeyStore(env),
  cursorKey: secretsManagerCursorKey(env),
  clock: systemClock,
  ids: randomIds,
});

interface AuthorizerEnv {
  readonly API_KEYS_TABLE: string;
  readonly TOKEN_ISSUER: string;
  readonly TOKEN_AUDIENCE: string;
}

/** What telling callers apart needs. */
export const authorizerDependencies = (env: AuthorizerEnv): AuthorizeRequestDeps => ({
  apiKeys: apiKeys({ store: dynamoApiKeyStore(env), clock: systemClock, log: jsonLog }),
  tokens: joseTokenVerifier(env, systemClock),
});
