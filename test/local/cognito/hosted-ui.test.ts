import { createHash } from 'node:crypto';
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeCognito } from '../../../local/cognito/index.ts';
import { testClock } from '../../../local/core/clock.ts';
import { type Embedded, startEmbedded } from '../support/embedded.ts';

const PASSWORD = 'Correct-horse-battery-1';
const USER = 'alice@tenant.example';
const CALLBACK = 'https://app.example.com/signed-in';
const VERIFIER = 'a-verifier-that-is-long-enough-to-be-one-of-43-characters';
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

const clock = testClock(Date.UTC(2026, 10, 21));
let cloud: Embedded;
let clientId: string;
let userPoolId: string;

beforeEach(async () => {
  cloud = await startEmbedded((context) => ({ cognito: makeCognito(context) }), { clock });
  ({ ref: userPoolId } = await cloud.declare('AWS::Cognito::UserPool', 'Users', {
    UserPoolName: 'users',
    UsernameAttributes: ['email'],
  }));
  ({ ref: clientId } = await cloud.declare('AWS::Cognito::UserPoolClient', 'Client', {
    UserPoolId: userPoolId,
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthFlows: ['code'],
    AllowedOAuthScopes: ['openid', 'email'],
    CallbackURLs: [CALLBACK, 'https://127.0.0.1:4000/signed-in'],
    LogoutURLs: ['https://app.example.com/signed-out'],
  }));
  const client = new CognitoIdentityProviderClient(cloud.aws);
  const user = { UserPoolId: userPoolId, Username: USER };
  await client.send(new AdminCreateUserCommand({ ...user, MessageAction: 'SUPPRESS' }));
  await client.send(new AdminSetUserPasswordCommand({ ...user, Password: PASSWORD, Permanent: true }));
});
afterEach(() => cloud.stop());

const asking = (changes: Record<string, string> = {}): string =>
  new URLSearchParams({
    client_id: clientId,
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid email',
    state: 'there',
    nonce: 'once',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...changes,
  }).toString();

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(cloud.aws.endpoint + path, { redirect: 'manual', headers });
const post = (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(cloud.aws.endpoint + path, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual', headers });
const cookiesOf = (answer: Response): string =>
  answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
const locationOf = (answer: Response): URL => new URL(answer.headers.get('location') ?? '', cloud.aws.endpoint);

/** Fills in the form as a browser would. */
async function signIn(query = asking(), password = PASSWORD): Promise<Response> {
  const form = await get(`/login?${query}`);
  const csrf = /name="_csrf" value="([^"]+)"/.exec(await form.text())?.[1] ?? '';
  return post(`/login?${query}`, { _csrf: csrf, username: USER, password }, { cookie: cookiesOf(form) });
}
const codeOf = async (): Promise<string> => locationOf(await signIn()).searchParams.get('code') ?? '';
const exchange = (code: string, changes: Record<string, string> = {}) =>
  post('/oauth2/token', {
    grant_type: 'authorization_code',
    client_id: clientId,
    redirect_uri: CALLBACK,
    code,
    code_verifier: VERIFIER,
    ...changes,
  });
interface TokenAnswer {
  readonly id_token: string;
  readonly access_token: string;
  readonly refresh_token: string;
}

test('a form, a code, tokens for the code, and new ones for the refresh token', async () => {
  const begun = await get(`/oauth2/authorize?${asking()}`);
  expect([begun.status, locationOf(begun).pathname]).toEqual([302, '/login']);
  const back = locationOf(await signIn());
  expect([back.origin + back.pathname, back.searchParams.get('state')]).toEqual([CALLBACK, 'there']);
  const answer = await exchange(back.searchParams.get('code') ?? '');
  const tokens = (await answer.json()) as TokenAnswer;
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
  expect(decodeJwt(tokens.id_token)).toMatchObject({ aud: clientId, nonce: 'once', email: USER, token_use: 'id' });
  expect(decodeJwt(tokens.access_token)).toMatchObject({ client_id: clientId, scope: 'openid email' });
  const renewed = await post('/oauth2/token', {
    grant_type: 'refresh_token',
    client_id: clientId,
    refresh_token: tokens.refresh_token,
  });
  expect([renewed.status, Object.keys((await renewed.json()) as object).toSorted()]).toEqual([
    200,
    ['access_token', 'expires_in', 'id_token', 'token_type'],
  ]);
  const who = await get('/oauth2/userInfo', { authorization: `Bearer ${tokens.access_token}` });
  expect(await who.json()).toMatchObject({ email: USER, sub: decodeJwt(tokens.id_token).sub });
  await post('/oauth2/revoke', { token: tokens.refresh_token, client_id: clientId });
  const revoked = await post('/oauth2/token', {
    grant_type: 'refresh_token',
    client_id: clientId,
    refresh_token: tokens.refresh_token,
  });
  expect([revoked.status, await revoked.json()]).toEqual([400, { error: 'invalid_grant' }]);
});

test('a code is good once, for five minutes, for the verifier and the address it was given for', async () => {
  const once = await codeOf();
  expect((await exchange(once)).status).toBe(200);
  const late = await codeOf();
  await clock.advance(5 * 60_000);
  const refused = [
    await exchange(once),
    await exchange(late),
    await exchange(await codeOf(), { code_verifier: `${VERIFIER}x` }),
    await exchange(await codeOf(), { redirect_uri: 'https://127.0.0.1:4000/signed-in' }),
    await exchange('invented'),
  ];
  expect(await Promise.all(refused.map(async (answer) => [answer.status, await answer.json()]))).toEqual(
    Array(5).fill([400, { error: 'invalid_grant' }]),
  );
  const without = { grant_type: 'authorization_code', client_id: clientId, redirect_uri: CALLBACK };
  expect((await post('/oauth2/token', { ...without, code: await codeOf() })).status).toBe(400);
});

test('nobody is sent to an address that the client has not', async () => {
  const answers = await Promise.all([
    get(`/oauth2/authorize?${asking({ redirect_uri: 'https://evil.example/signed-in' })}`),
    get(`/login?${asking({ client_id: 'unknown' })}`),
    get(`/logout?client_id=${clientId}&logout_uri=https://evil.example`),
  ]);
  expect(answers.map(({ status, headers }) => [status, headers.get('location')])).toEqual(Array(3).fill([400, null]));
});

test('what the client may not ask for goes back to it as an error', async () => {
  const errors = await Promise.all(
    [{ scope: 'openid admin' }, { response_type: 'token' }, { code_challenge_method: 'plain' }].map(async (changes) =>
      locationOf(await get(`/oauth2/authorize?${asking(changes)}`)).searchParams.get('error'),
    ),
  );
  expect(errors).toEqual(['invalid_scope', 'unsupported_response_type', 'invalid_request']);
});

test('a wrong password, a form of another page, and a person known already', async () => {
  const wrong = await signIn(asking(), 'wrong');
  expect([wrong.status, await wrong.text()]).toEqual([200, expect.stringContaining('Incorrect username or password.')]);
  const forged = await post(`/login?${asking()}`, { username: USER, password: PASSWORD });
  expect([forged.status, forged.headers.get('location')]).toEqual([200, null]);
  const cookie = cookiesOf(await signIn());
  const known = await get(`/oauth2/authorize?${asking()}`, { cookie });
  expect(locationOf(known).searchParams.has('code')).toBe(true);
  const out = await get(`/logout?client_id=${clientId}&logout_uri=https://app.example.com/signed-out`, { cookie });
  expect([out.status, out.headers.get('location')]).toEqual([302, 'https://app.example.com/signed-out']);
  expect(out.headers.getSetCookie()[0]).toContain('Max-Age=0');
});

test('a first password of one’s own is chosen before anything is granted', async () => {
  const client = new CognitoIdentityProviderClient(cloud.aws);
  const user = { UserPoolId: userPoolId, Username: USER };
  await client.send(new AdminSetUserPasswordCommand({ ...user, Password: 'Temporary-1-word', Permanent: false }));
  const form = await signIn(asking(), 'Temporary-1-word');
  const page = await form.text();
  const fieldOf = (name: string): string => new RegExp(`name="${name}" value="([^"]+)"`).exec(page)?.[1] ?? '';
  const chosen = await post(
    `/login?${asking()}`,
    { _csrf: fieldOf('_csrf'), challenge: fieldOf('challenge'), new_password: 'Another-word-12' },
    { cookie: cookiesOf(form) },
  );
  expect(locationOf(chosen).searchParams.has('code')).toBe(true);
});

test('on this machine the address is the same without TLS', async () => {
  const answer = await get(`/oauth2/authorize?${asking({ redirect_uri: 'http://127.0.0.1:4000/signed-in' })}`);
  expect(locationOf(answer).pathname).toBe('/login');
});
