import type { Authorizer } from '../api-gateway/read-declared.ts';
import type { RequestAuthorizers } from '../api-gateway/request-authorizer.ts';
import { gatewayAnswer, type HttpAnswer } from './answer.ts';
import { authorizeToken, type JwksOf } from './authorize.ts';
import { type AuthorizerContext, authorizerEvent, identityValue, type RequestParts } from './event.ts';

/** The request goes on with what the authorizer found out, or is answered at once. */
export type Admission =
  | { readonly admitted: AuthorizerContext; readonly userId?: string }
  | { readonly refused: HttpAnswer };

export interface AuthorizeDependencies {
  readonly jwksOf: JwksOf;
  readonly authorizers: RequestAuthorizers;
}

const text = (value: unknown): { userId?: string } => (typeof value === 'string' ? { userId: value } : {});

function challenged(status: 401 | 403, reason: string): HttpAnswer {
  const error = status === 401 ? 'invalid_token' : 'insufficient_scope';
  const challenge = { 'www-authenticate': `Bearer scope="" error="${error}" error_description="${reason}"` };
  return gatewayAnswer(status, status === 401 ? 'Unauthorized' : 'Forbidden', challenge);
}

async function byToken(
  { jwksOf }: AuthorizeDependencies,
  authorizer: Extract<Authorizer, { kind: 'jwt' }>,
  scopes: readonly string[],
  { incoming, nowMs }: RequestParts,
): Promise<Admission> {
  const verdict = await authorizeToken(authorizer, scopes, incoming.headers.authorization, jwksOf, nowMs);
  if (verdict.outcome === 'unauthorized') return { refused: challenged(401, verdict.reason) };
  if (verdict.outcome === 'forbidden') return { refused: challenged(403, verdict.reason) };
  return { admitted: { jwt: { claims: verdict.claims, scopes: verdict.scopes } }, ...text(verdict.claims.sub) };
}

async function byFunction(
  { authorizers }: AuthorizeDependencies,
  authorizer: Extract<Authorizer, { kind: 'request' }>,
  routeArn: string,
  parts: RequestParts,
): Promise<Admission> {
  const verdict = await authorizers.decide(authorizer, {
    apiId: parts.api.apiId,
    routeArn,
    identityOf: (source) => identityValue(parts, source),
    event: (identity) => authorizerEvent(parts, routeArn, identity),
  });
  switch (verdict.outcome) {
    case 'allowed':
      return { admitted: { lambda: verdict.context }, ...text(verdict.context?.userId) };
    case 'unauthorized':
      return { refused: gatewayAnswer(401, 'Unauthorized') };
    case 'forbidden':
      return { refused: gatewayAnswer(403, 'Forbidden') };
    case 'failed':
      return { refused: gatewayAnswer(500, 'Internal Server Error') };
  }
}

/** Decides by the route's authorizer, in API Gateway's words. `routeArn` is what a Lambda authorizer's policy speaks of. */
export const authorizeRequest = (
  dependencies: AuthorizeDependencies,
  authorizer: Authorizer,
  scopes: readonly string[],
  routeArn: string,
  parts: RequestParts,
): Promise<Admission> =>
  authorizer.kind === 'jwt'
    ? byToken(dependencies, authorizer, scopes, parts)
    : byFunction(dependencies, authorizer, routeArn, parts);
