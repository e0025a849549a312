import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Clock } from '../kernel/clock.ts';
import type { TokenVerifier } from './token-verifier.ts';

interface TokenVerifierEnv {
  /** As `iss` says: `https://cognito-idp.{region}.amazonaws.com/{userPoolId}`. */
  readonly TOKEN_ISSUER: string;
  /** The user pool's clients, separated by commas. */
  readonly TOKEN_AUDIENCE: string;
}

/** Failures that are the token's own; every other one is ours, and must not tell a client to sign in again. */
const REFUSALS = [
  errors.JWTExpired,
  errors.JWTClaimValidationFailed,
  errors.JWTInvalid,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JWKSNoMatchingKey,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
];

/**
 * Checks tokens as the JWT authorizer of the other routes does: signature, issuer, time, and the audience, which is
 * `aud` or, in access tokens, which have none, `client_id`.
 */
export const joseTokenVerifier = (
  { TOKEN_ISSUER: issuer, TOKEN_AUDIENCE: audience }: TokenVerifierEnv,
  clock: Clock,
  keys: JWTVerifyGetKey = createRemoteJWKSet(keysUrl(issuer)),
): TokenVerifier => ({
  verify: async (token) => {
    try {
      const options = { issuer, algorithms: ['RS256'], currentDate: new Date(clock.now()) };
      const { payload } = await jwtVerify(token, keys, options);
      if (!isFor(payload, audience) || payload.sub === undefined) return undefined;
      return { userId: payload.sub, scopes: typeof payload.scope === 'string' ? payload.scope : undefined };
    } catch (error) {
      if (REFUSALS.some((refusal) => error instanceof refusal)) return undefined;
      throw error;
    }
  },
});

const isFor = ({ aud, client_id: clientId }: JWTPayload, audience: string): boolean =>
  [aud ?? clientId].flat().some((one) => typeof one === 'string' && audience.split(',').includes(one));

/** Where the pool's public keys are; `AWS_ENDPOINT_URL` stands in for AWS here as in every client of it. */
function keysUrl(issuer: string, endpointUrl = process.env.AWS_ENDPOINT_URL): URL {
  const { pathname, origin } = new URL(issuer);
  return new URL(`${endpointUrl ?? origin}${pathname}/.well-known/jwks.json`);
}
