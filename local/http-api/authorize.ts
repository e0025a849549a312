import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import type { JwtAuthorizer } from '../api-gateway/read-declared.ts';

/** Finds the public keys of an issuer; undefined for one that the embedded cloud does not know. */
export type JwksOf = (issuer: string) => Promise<JSONWebKeySet | undefined>;

export type Authorization =
  | {
      readonly outcome: 'allowed';
      readonly claims: Readonly<Record<string, string>>;
      readonly scopes: readonly string[] | null;
    }
  | { readonly outcome: 'unauthorized'; readonly reason: string }
  | { readonly outcome: 'forbidden'; readonly reason: string };

/** API Gateway hands every claim to the function as text; a list becomes `[a b]`. */
function claimText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(String).join(' ')}]`;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

function audienceMatches(
  { aud, client_id }: JWTPayload & { client_id?: unknown },
  audience: readonly string[],
): boolean {
  const given = aud === undefined ? [client_id] : [aud].flat();
  return given.some((one) => typeof one === 'string' && audience.includes(one));
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'the token has expired';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'the token signature is invalid';
  if (error instanceof errors.JWTClaimValidationFailed) return `the token has an invalid ${error.claim} claim`;
  return 'the token is malformed';
}

/** Decides as API Gateway's JWT authorizer does: signature, issuer, audience (`aud` or `client_id`), time, scopes. */
export async function authorizeToken(
  { issuer, audience }: JwtAuthorizer,
  scopes: readonly string[],
  header: string | undefined,
  jwksOf: JwksOf,
  nowMs: number,
): Promise<Authorization> {
  const token = header?.replace(/^Bearer /i, '').trim();
  if (!token) return { outcome: 'unauthorized', reason: 'no token was given' };
  const keys = await jwksOf(issuer);
  if (!keys) return { outcome: 'unauthorized', reason: `the issuer ${issuer} is unknown` };
  let payload: JWTPayload;
  try {
    const options = { issuer, currentDate: new Date(nowMs), algorithms: ['RS256'] };
    ({ payload } = await jwtVerify(token, createLocalJWKSet(keys), options));
  } catch (error) {
    return { outcome: 'unauthorized', reason: reasonOf(error) };
  }
  if (!audienceMatches(payload, audience))
    return { outcome: 'unauthorized', reason: 'the token has an invalid audience' };
  const granted = typeof payload.scope === 'string' ? payload.scope.split(' ') : [];
  if (scopes.length > 0 && !scopes.some((scope) => granted.includes(scope))) {
    return { outcome: 'forbidden', reason: 'the token has none of the required scopes' };
  }
  const claims = Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, claimText(value)]));
  return { outcome: 'allowed', claims, scopes: scopes.length > 0 ? granted : null };
}
