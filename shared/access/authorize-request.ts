import * as z from 'zod';
import type { CallerContext } from '../http/caller.ts';
import { text } from '../kernel/env.ts';
import { looksLikeKey } from './api-key.ts';
import type { TokenVerifier } from './token-verifier.ts';
import type { ApiKeys } from './verify-api-key.ts';

export const AuthorizeRequestEnv = z.object({ API_KEYS_TABLE: text, TOKEN_ISSUER: text, TOKEN_AUDIENCE: text });

export interface AuthorizeRequestDeps {
  readonly apiKeys: ApiKeys;
  readonly tokens: TokenVerifier;
}

/** Part of what API Gateway sends to an authorizer of type REQUEST (payload format 2.0). */
export interface AuthorizerEvent {
  /** The values of the identity sources: here the header `Authorization` alone. */
  readonly identitySource?: readonly string[] | null;
}

/** A simple response, as `EnableSimpleResponses` expects it. */
export interface AuthorizerAnswer {
  readonly isAuthorized: true;
  readonly context: CallerContext;
}

/**
 * Says who sends a request: the bearer of a token or of an API key.
 *
 * It turns nobody away itself. `isAuthorized: false` is always 403 in an HTTP API, while a token that has expired must
 * be 401, or no client would renew it; so whoever cannot be verified goes on without a name, and `http-lambda.ts`, which
 * asks for one before anything else, answers 401 as a problem document.
 */
export const authorizeRequest =
  (deps: AuthorizeRequestDeps) =>
  async ({ identitySource }: AuthorizerEvent): Promise<AuthorizerAnswer> => ({
    isAuthorized: true,
    context: await contextOf(deps, credentialOf(identitySource?.[0] ?? '')),
  });

/** The scheme is case-insensitive (RFC 9110 §11.1); API Gateway's JWT authorizer also takes the bare token. */
const credentialOf = (header: string): string => header.replace(/^Bearer /i, '').trim();

const contextOf = async ({ apiKeys, tokens }: AuthorizeRequestDeps, credential: string): Promise<CallerContext> => {
  if (!looksLikeKey(credential)) {
    const bearer = await tokens.verify(credential);
    if (bearer === undefined) return {};
    return { userId: bearer.userId, ...(bearer.scopes === undefined ? {} : { scopes: bearer.scopes }) };
  }
  const key = await apiKeys.verify(credential);
  if (key === undefined) return {};
  const { userId, agentId, keyId } = key;
  return { userId, agentId, keyId, scopes: key.scopes.map((scope) => `oratio/${scope}`).join(' ') };
};
