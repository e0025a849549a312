import { createHash, randomBytes, randomUUID } from 'node:crypto';
import {
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';
import { AwsError, type CloudContext } from '../core/service.ts';
import type { CognitoState, Session, UserPoolClient, UserRecord } from './user-pool.ts';

export interface Tokens {
  readonly AccessToken: string;
  readonly IdToken: string;
  readonly RefreshToken?: string;
  readonly ExpiresIn: number;
  readonly TokenType: 'Bearer';
}

interface PoolKey {
  readonly publicJwk: JWK;
  readonly privateJwk: JWK;
}

/** What a sign-in at the pool's domain asked for. */
export interface AskedOfTokens {
  readonly scopes: readonly string[];
  /** Comes back in the id token. */
  readonly nonce?: string;
}

export interface TokenMaker {
  readonly jwks: (userPoolId: string) => Promise<JSONWebKeySet>;
  readonly signIn: (client: UserPoolClient, user: UserRecord, asked?: AskedOfTokens) => Promise<Tokens>;
  /** Throws `NotAuthorizedException` for a token that is unknown, revoked or expired. */
  readonly refresh: (
    client: UserPoolClient,
    refreshToken: string,
    find: (sub: string) => UserRecord | undefined,
  ) => Promise<Tokens>;
  readonly revoke: (refreshToken: string) => void;
  /** Reads a valid access token. Throws `NotAuthorizedException`. */
  readonly readAccess: (token: string) => Promise<JWTPayload & { iss: string; sub: string }>;
}

const SCOPE = 'aws.cognito.signin.user.admin';
const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');
const notAuthorized = (message: string): AwsError => new AwsError('NotAuthorizedException', message);

/** Issues and reads tokens as Cognito's are: RS256, one key a pool, times from the cloud's clock. */
export function makeTokens({ clock, region }: Pick<CloudContext, 'clock' | 'region'>, state: CognitoState): TokenMaker {
  const issuerOf = (userPoolId: string): string => `https://cognito-idp.${region}.amazonaws.com/${userPoolId}`;
  const making = new Map<string, Promise<PoolKey>>();

  const makeKey = async (userPoolId: string): Promise<PoolKey> => {
    const stored = state.keys.get<PoolKey>(userPoolId);
    if (stored) return stored;
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    const kid = randomUUID();
    const described = { kid, alg: 'RS256', use: 'sig' };
    const key = {
      publicJwk: { ...(await exportJWK(publicKey)), ...described },
      privateJwk: { ...(await exportJWK(privateKey)), ...described },
    };
    state.keys.put(userPoolId, key);
    return key;
  };
  const keyOf = (userPoolId: string): Promise<PoolKey> => {
    const known = making.get(userPoolId) ?? makeKey(userPoolId);
    making.set(userPoolId, known);
    return known;
  };
  const sign = async (userPoolId: string, claims: JWTPayload): Promise<string> => {
    const { privateJwk } = await keyOf(userPoolId);
    const header = { alg: 'RS256', kid: privateJwk.kid ?? '' };
    return new SignJWT(claims).setProtectedHeader(header).sign(await importJWK(privateJwk, 'RS256'));
  };

  const issue = async (
    client: UserPoolClient,
    user: UserRecord,
    session: Session,
    nonce?: string,
  ): Promise<Omit<Tokens, 'RefreshToken'>> => {
    const nowSeconds = Math.floor(clock.now() / 1000);
    const common = {
      sub: user.sub,
      iss: issuerOf(client.userPoolId),
      origin_jti: session.originJti,
      event_id: randomUUID(),
      auth_time: Math.floor(session.authTimeMs / 1000),
      iat: nowSeconds,
    };
    const access = {
      ...common,
      client_id: client.clientId,
      token_use: 'access',
      scope: session.scopes?.join(' ') ?? SCOPE,
      username: user.username,
      jti: randomUUID(),
      exp: nowSeconds + client.accessTokenSeconds,
    };
    const { email, email_verified: verified } = user.attributes;
    const id = {
      ...common,
      aud: client.clientId,
      token_use: 'id',
      'cognito:username': user.username,
      ...(nonce === undefined ? {} : { nonce }),
      ...(email === undefined ? {} : { email, email_verified: verified === 'true' }),
      jti: randomUUID(),
      exp: nowSeconds + client.idTokenSeconds,
    };
    return {
      AccessToken: await sign(client.userPoolId, access),
      IdToken: await sign(client.userPoolId, id),
      ExpiresIn: client.accessTokenSeconds,
      TokenType: 'Bearer',
    };
  };

  return {
    jwks: async (userPoolId) => ({ keys: [(await keyOf(userPoolId)).publicJwk] }),
    signIn: async (client, user, asked) => {
      const refreshToken = randomBytes(48).toString('base64url');
      const nowMs = clock.now();
      const session: Session = {
        userPoolId: client.userPoolId,
        clientId: client.clientId,
        sub: user.sub,
        authTimeMs: nowMs,
        expiresAtMs: nowMs + client.refreshTokenSeconds * 1000,
        originJti: randomUUID(),
        ...(asked === undefined ? {} : { scopes: asked.scopes }),
      };
      state.sessions.put(hashOf(refreshToken), session);
      return { ...(await issue(client, user, session, asked?.nonce)), RefreshToken: refreshToken };
    },
    refresh: async (client, refreshToken, find) => {
      const session = state.sessions.get<Session>(hashOf(refreshToken));
      if (session?.clientId !== client.clientId) throw notAuthorized('Invalid Refresh Token');
      if (session.expiresAtMs <= clock.now()) throw notAuthorized('Refresh Token has expired');
      const user = find(session.sub);
      if (!user?.enabled || session.authTimeMs < (user.signedOutAtMs ?? 0))
        throw notAuthorized('Refresh Token has been revoked');
      return issue(client, user, session);
    },
    revoke: (refreshToken) => state.sessions.delete(hashOf(refreshToken)),
    readAccess: async (token) => {
      try {
        const unverified = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as JWTPayload;
        const { publicJwk } = await keyOf(String(unverified.iss).split('/').at(-1) ?? '');
        const options = { currentDate: new Date(clock.now()) };
        const { payload } = await jwtVerify(token, await importJWK(publicJwk, 'RS256'), options);
        if (payload.token_use !== 'access') throw new Error('not an access token');
        return payload as JWTPayload & { iss: string; sub: string };
      } catch {
        throw notAuthorized('Invalid Access Token');
      }
    },
  };
}
