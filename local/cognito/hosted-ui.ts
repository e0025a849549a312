import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { AwsError, type CloudContext, type RawRequest } from '../core/service.ts';
import { type AuthorizationCodes, isVerified, makeCodes } from './hosted-codes.ts';
import { errorPage, type LoginForm, loginPage } from './hosted-pages.ts';
import type { TokenMaker } from './tokens.ts';
import type { UserPoolClient, UserRecord } from './user-pool.ts';
import type { Users } from './users.ts';

export interface HostedDependencies {
  readonly context: Pick<CloudContext, 'clock' | 'store'>;
  readonly users: Users;
  readonly tokens: TokenMaker;
}

/** The pages and endpoints below a user pool's domain. */
export interface HostedUi {
  /** Whether a request is one of them. */
  readonly serves: (request: RawRequest) => boolean;
  readonly handle: (request: RawRequest) => Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
}

/** A valid request for a code. */
interface Asked {
  readonly client: UserPoolClient;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string | undefined;
  readonly nonce: string | undefined;
  readonly codeChallenge: string | undefined;
  readonly query: string;
}

type Endpoint = (request: RawRequest) => Promise<Answer> | Answer;

const html = (status: number, body: string, headers: Answer['headers'] = {}): Answer => ({
  status,
  body,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    ...headers,
  },
});
const json = (status: number, document: object): Answer => ({
  status,
  body: JSON.stringify(document),
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
});
const redirect = (to: string, headers: Answer['headers'] = {}): Answer => ({
  status: 302,
  headers: { location: to, 'cache-control': 'no-store', ...headers },
});
const withQuery = (url: string, values: Readonly<Record<string, string | undefined>>): string => {
  const target = new URL(url);
  for (const [name, value] of Object.entries(values)) if (value !== undefined) target.searchParams.set(name, value);
  return target.href;
};

/** A page that only says what is wrong, where nobody may be sent back to. */
class HostedError extends Error {}

const SESSION_COOKIE = 'cognito';
/** Cognito remembers who signed in at its pages for an hour. */
const SESSION_MS = 60 * 60 * 1000;
const CHALLENGE_MS = 3 * 60 * 1000;

/** Signs what browsers hold between two requests; after a restart people sign in again. */
function makeSeal(key: Buffer, clock: CloudContext['clock']) {
  const macOf = (text: string): string => createHmac('sha256', key).update(text).digest('base64url');
  return {
    seal: (purpose: string, value: string, forMs: number): string => {
      const body = `${value}.${clock.now() + forMs}`;
      return `${body}.${macOf(`${purpose} ${body}`)}`;
    },
    /** Undefined for what is forged, for another purpose, or expired. */
    open: (purpose: string, sealed: string | undefined): string | undefined => {
      const [value = '', untilMs = '', mac = ''] = (sealed ?? '').split('.');
      const [given, right] = [Buffer.from(mac), Buffer.from(macOf(`${purpose} ${value}.${untilMs}`))];
      const isGenuine = given.length === right.length && timingSafeEqual(given, right);
      return isGenuine && Number(untilMs) > clock.now() ? value : undefined;
    },
  };
}

const cookieOf = ({ headers }: RawRequest, name: string): string | undefined =>
  headers.cookie
    ?.split(';')
    .map((pair) => pair.trim().split('='))
    .find(([key]) => key === name)?.[1];

const formOf = ({ body }: RawRequest): URLSearchParams => new URLSearchParams(body.toString());

const cookie = (name: string, value: string, seconds: number): string =>
  `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}`;

/** Reads a request for a code. Throws `HostedError` where Cognito shows its own error page. */
function readAsked(users: Users, { url }: RawRequest): Asked | { readonly refused: string } {
  const query = url.searchParams;
  const clientId = query.get('client_id') ?? '';
  const client = clientOf(users, clientId);
  const redirectUri = query.get('redirect_uri') ?? '';
  if (!client.callbackUrls.includes(redirectUri)) throw new HostedError('redirect_mismatch');
  const state = query.get('state') ?? undefined;
  const refuse = (error: string, description: string) => ({
    refused: withQuery(redirectUri, { error, error_description: description, state }),
  });
  if (query.get('response_type') !== 'code') return refuse('unsupported_response_type', 'only code');
  if (!client.oauthFlows.includes('code')) return refuse('unauthorized_client', 'code flow is not enabled');
  const scopes = (query.get('scope') ?? client.oauthScopes.join(' ')).split(' ').filter(Boolean);
  if (scopes.some((scope) => !client.oauthScopes.includes(scope))) return refuse('invalid_scope', 'invalid scope');
  const codeChallenge = query.get('code_challenge') ?? undefined;
  if (codeChallenge !== undefined && query.get('code_challenge_method') !== 'S256') {
    return refuse('invalid_request', 'code_challenge_method must be S256');
  }
  const nonce = query.get('nonce') ?? undefined;
  return { client, redirectUri, scopes, state, nonce, codeChallenge, query: query.toString() };
}

function clientOf(users: Users, clientId: string): UserPoolClient {
  try {
    return users.client(clientId);
  } catch {
    throw new HostedError(`Client ${clientId} does not exist.`);
  }
}

/** `/oauth2/authorize` and `/login`: who is it, and a code for that. */
function signInEndpoints({ context, users }: HostedDependencies, codes: AuthorizationCodes) {
  const { seal, open } = makeSeal(randomBytes(32), context.clock);
  const knownUser = ({ userPoolId }: UserPoolClient, sub: string | undefined): UserRecord | undefined => {
    const user = sub === undefined ? undefined : users.find(users.pool(userPoolId), sub);
    return user?.enabled === true ? user : undefined;
  };
  const form = (asked: Asked, more: Partial<LoginForm> = {}): Answer => {
    const csrf = seal('csrf', randomBytes(12).toString('base64url'), SESSION_MS);
    const body = loginPage({ client: asked.client, query: asked.query, csrf, ...more });
    return html(200, body, { 'set-cookie': [cookie('XSRF-TOKEN', csrf, SESSION_MS / 1000)] });
  };
  const granted = (asked: Asked, { sub }: UserRecord): Answer => {
    const { client, redirectUri, scopes, state, nonce, codeChallenge } = asked;
    const code = codes.grant({
      clientId: client.clientId,
      redirectUri,
      sub,
      scopes,
      ...(nonce === undefined ? {} : { nonce }),
      ...(codeChallenge === undefined ? {} : { codeChallenge }),
    });
    const session = seal(SESSION_COOKIE, sub, SESSION_MS);
    return redirect(withQuery(redirectUri, { code, state }), {
      'set-cookie': [cookie(SESSION_COOKIE, session, SESSION_MS / 1000)],
    });
  };
  const signedIn = async (asked: Asked, given: URLSearchParams): Promise<Answer> => {
    const pool = users.pool(asked.client.userPoolId);
    const challenged = open('challenge', given.get('challenge') ?? undefined);
    if (challenged !== undefined) {
      const password = given.get('new_password') ?? '';
      return granted(asked, await users.setPassword(pool, users.require(pool, challenged), password, 'CONFIRMED'));
    }
    const user = await users.authenticate(pool, given.get('username') ?? '', given.get('password') ?? '');
    if (user.status !== 'FORCE_CHANGE_PASSWORD') return granted(asked, user);
    return form(asked, { challenge: seal('challenge', user.sub, CHALLENGE_MS) });
  };
  const authorize: Endpoint = (request) => {
    const asked = readAsked(users, request);
    if ('refused' in asked) return redirect(asked.refused);
    const known = knownUser(asked.client, open(SESSION_COOKIE, cookieOf(request, SESSION_COOKIE)));
    if (known && request.url.searchParams.get('prompt') !== 'login') return granted(asked, known);
    return redirect(`/login?${asked.query}`);
  };
  const showLogin: Endpoint = (request) => {
    const asked = readAsked(users, request);
    return 'refused' in asked ? redirect(asked.refused) : form(asked);
  };
  const login: Endpoint = async (request) => {
    const asked = readAsked(users, request);
    if ('refused' in asked) return redirect(asked.refused);
    const given = formOf(request);
    const csrf = given.get('_csrf') ?? '';
    const isOurs = csrf === cookieOf(request, 'XSRF-TOKEN') && open('csrf', csrf) !== undefined;
    const email = given.get('username') ?? '';
    if (!isOurs) return form(asked, { email, wrong: 'The form is too old. Try again.' });
    try {
      return await signedIn(asked, given);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const challenge = given.get('challenge');
      return form(asked, { email, wrong: error.message, ...(challenge === null ? {} : { challenge }) });
    }
  };
  const logout: Endpoint = ({ url }) => {
    const client = clientOf(users, url.searchParams.get('client_id') ?? '');
    const logoutUri = url.searchParams.get('logout_uri');
    const ended = { 'set-cookie': [cookie(SESSION_COOKIE, '', 0)] };
    if (logoutUri !== null && client.logoutUrls.includes(logoutUri)) return redirect(logoutUri, ended);
    throw new HostedError(
      logoutUri === null ? 'Required String parameter logout_uri is not present' : 'Invalid request',
    );
  };
  return { authorize, showLogin, login, logout };
}

/** `/oauth2/token`, `/oauth2/revoke` and `/oauth2/userInfo`. */
function tokenEndpoints({ users, tokens }: HostedDependencies, codes: AuthorizationCodes) {
  const refused = (error: string): Answer => json(400, { error });
  const written = ({ AccessToken, IdToken, RefreshToken, ExpiresIn }: Awaited<ReturnType<TokenMaker['signIn']>>) =>
    json(200, {
      id_token: IdToken,
      access_token: AccessToken,
      ...(RefreshToken === undefined ? {} : { refresh_token: RefreshToken }),
      expires_in: ExpiresIn,
      token_type: 'Bearer',
    });
  const exchange = async (client: UserPoolClient, form: URLSearchParams): Promise<Answer> => {
    const code = codes.take(form.get('code') ?? '');
    const isRight =
      code?.clientId === client.clientId &&
      code.redirectUri === form.get('redirect_uri') &&
      isVerified(code.codeChallenge, form.get('code_verifier') ?? undefined);
    if (!isRight) return refused('invalid_grant');
    const user = users.find(users.pool(client.userPoolId), code.sub);
    if (!user?.enabled) return refused('invalid_grant');
    const { scopes, nonce } = code;
    return written(await tokens.signIn(client, user, { scopes, ...(nonce === undefined ? {} : { nonce }) }));
  };
  const renew = async (client: UserPoolClient, form: URLSearchParams): Promise<Answer> => {
    const pool = users.pool(client.userPoolId);
    try {
      return written(await tokens.refresh(client, form.get('refresh_token') ?? '', (sub) => users.find(pool, sub)));
    } catch (error) {
      if (error instanceof AwsError) return refused('invalid_grant');
      throw error;
    }
  };
  const token: Endpoint = async (request) => {
    const form = formOf(request);
    let client: UserPoolClient;
    try {
      client = users.client(form.get('client_id') ?? '');
    } catch {
      return refused('invalid_client');
    }
    const grant = form.get('grant_type');
    if (grant === 'authorization_code') return exchange(client, form);
    return grant === 'refresh_token' ? renew(client, form) : refused('unsupported_grant_type');
  };
  const revoke: Endpoint = (request) => {
    tokens.revoke(formOf(request).get('token') ?? '');
    return { status: 200 };
  };
  const userInfo: Endpoint = async ({ headers }) => {
    try {
      const { iss, sub } = await tokens.readAccess((headers.authorization ?? '').replace(/^Bearer /i, ''));
      const { username, attributes } = users.require(users.pool(iss.slice(iss.lastIndexOf('/') + 1)), sub);
      return json(200, { ...attributes, sub, username });
    } catch (error) {
      if (error instanceof AwsError) return json(401, { error: 'invalid_token' });
      throw error;
    }
  };
  return { token, revoke, userInfo };
}

/** Endpoints that a browser's script calls from another origin. */
const CROSS_ORIGIN = /^\/oauth2\/(?:token|revoke|userInfo)$/;

/** Serves a user pool's domain as Cognito does: pages for people, OAuth 2 endpoints for programs. */
export function makeHostedUi(dependencies: HostedDependencies): HostedUi {
  const codes = makeCodes(dependencies.context.store('cognito-codes'), dependencies.context);
  const { authorize, showLogin, login, logout } = signInEndpoints(dependencies, codes);
  const { token, revoke, userInfo } = tokenEndpoints(dependencies, codes);
  const endpoints: Readonly<Record<string, Endpoint>> = {
    'GET /oauth2/authorize': authorize,
    'GET /login': showLogin,
    'POST /login': login,
    'GET /logout': logout,
    'POST /oauth2/token': token,
    'POST /oauth2/revoke': revoke,
    'GET /oauth2/userInfo': userInfo,
    'POST /oauth2/userInfo': userInfo,
  };
  const endpointOf = ({ method, url }: RawRequest): Endpoint | undefined =>
    method === 'OPTIONS' && CROSS_ORIGIN.test(url.pathname)
      ? () => ({ status: 204, headers: { 'access-control-allow-headers': 'authorization, content-type' } })
      : endpoints[`${method} ${url.pathname}`];
  return {
    serves: (request) => endpointOf(request) !== undefined,
    handle: async (request) => {
      const answer = await answered(endpointOf(request), request);
      const open = CROSS_ORIGIN.test(request.url.pathname) ? { 'access-control-allow-origin': '*' } : {};
      request.response.writeHead(answer.status, { ...open, ...answer.headers } as Record<string, string | string[]>);
      request.response.end(answer.body);
    },
  };
}

async function answered(endpoint: Endpoint | undefined, request: RawRequest): Promise<Answer> {
  try {
    return (await endpoint?.(request)) ?? html(404, errorPage('There is no such page.'));
  } catch (error) {
    if (error instanceof HostedError) return html(400, errorPage(error.message));
    throw error;
  }
}
