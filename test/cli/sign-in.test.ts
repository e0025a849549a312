import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { accountFor } from '../../cli/account/session.ts';
import { apiThat, newFolder, ran } from './support.ts';

const LISTED = { 'GET /api/v1/agents': { agents: [], nextCursor: null } };
/** A stage without a dashboard. */
const STAGE = { ...LISTED, 'GET /version': { service: 'oratio' } };

/** A stage whose dashboard says how to sign in: by the pages and by the API of one and the same server. */
async function dashboardThat(answers: Readonly<Record<string, unknown>>) {
  const all: Record<string, unknown> = { ...LISTED, ...answers };
  const { url, seen } = await apiThat(all);
  all['GET /config.json'] = { api: '/', signIn: url, clientId: 'web', cognito: url, programClientId: 'programs' };
  return { url, seen };
}

const TOKENS = { access_token: 'a-1', refresh_token: 'r-1', expires_in: 3600 };
const AUTHENTICATED = { AuthenticationResult: { AccessToken: 'a-1', RefreshToken: 'r-1', ExpiresIn: 3600 } };

describe('signing in', () => {
  it('keeps a token for its owner alone, sends it to its own API only, and forgets it', async () => {
    const home = newFolder();
    const env = { XDG_CONFIG_HOME: home };
    const { url, seen } = await apiThat(STAGE);
    const other = await apiThat(STAGE);
    await ran({ args: ['login', '--api', url, '--token', 'ok_1'], io: { env } });
    expect(statSync(join(home, 'oratio/profiles.json')).mode & 0o777).toBe(0o600);
    expect((await ran({ args: ['list'], io: { env } })).code).toBe(0);
    expect((await ran({ args: ['list', '--api', other.url], io: { env } })).code).toBe(4);
    expect({ sent: seen.at(-1)?.authorization, toOthers: other.seen }).toEqual({ sent: 'Bearer ok_1', toOthers: [] });
    await ran({ args: ['logout'], io: { env } });
    expect(readFileSync(join(home, 'oratio/profiles.json'), 'utf8')).not.toContain('ok_1');
  });

  it('signs in with a password, and renews the token before it ends', async () => {
    const env = { XDG_CONFIG_HOME: newFolder() };
    const tokens = { AccessToken: 'a-1', RefreshToken: 'r-1', ExpiresIn: 3600 };
    const { url, seen } = await apiThat({ ...STAGE, 'POST /': { AuthenticationResult: tokens } });
    const cognito = ['--cognito', url, '--client-id', 'c'];
    const args = ['login', '--api', url, '--username', 'ada@example.com', '--password-stdin', ...cognito];
    expect(await ran({ args, stdin: 'secret\n', io: { env } })).toMatchObject({ code: 0, out: '' });
    await ran({ args: ['list'], io: { env } });
    await ran({ args: ['list'], io: { env, nowMs: () => 1_795_000_000_000 + 3_590_000 } });
    expect(seen.filter(({ url: path }) => path === '/').map(({ body }) => body)).toEqual([
      {
        ClientId: 'c',
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: 'ada@example.com', PASSWORD: 'secret' },
      },
      { ClientId: 'c', AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters: { REFRESH_TOKEN: 'r-1' } },
    ]);
  });

  it('signs in by a browser that comes back with a code', async () => {
    const env = { XDG_CONFIG_HOME: newFolder() };
    const answers: Record<string, unknown> = {
      ...LISTED,
      'POST /oauth2/token': { access_token: 'a-1', refresh_token: 'r-1', expires_in: 3600 },
    };
    const { url, seen } = await apiThat(answers);
    answers['GET /config.json'] = { api: '/api', signIn: url, clientId: 'web' };
    const asked: URL[] = [];
    const openBrowser = async (page: string): Promise<boolean> => {
      const { searchParams } = new URL(page);
      asked.push(new URL(page));
      const back = (state: string) =>
        fetch(`${searchParams.get('redirect_uri')}?${new URLSearchParams({ code: 'c-1', state }).toString()}`);
      expect((await back('guessed')).status).toBe(404);
      expect((await back(searchParams.get('state') ?? '')).status).toBe(200);
      return true;
    };
    expect(await ran({ args: ['login', '--api', url], io: { env, openBrowser, isErrTty: true } })).toMatchObject({
      code: 0,
    });
    expect(Object.fromEntries(asked[0]?.searchParams ?? [])).toMatchObject({
      client_id: 'web',
      code_challenge_method: 'S256',
      response_type: 'code',
    });
    expect(seen.find(({ url: path }) => path === '/oauth2/token')?.body).toEqual({
      grant_type: 'authorization_code',
      client_id: 'web',
      code: 'c-1',
      redirect_uri: 'http://localhost:47150/signed-in',
      code_verifier: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect((await ran({ args: ['list'], io: { env } })).code).toBe(0);
  });

  it('finds out from the stage where passwords go, and asks for one where somebody sits', async () => {
    const env = { XDG_CONFIG_HOME: newFolder() };
    const { url, seen } = await dashboardThat({ 'POST /': AUTHENTICATED });
    const asked: unknown[] = [];
    const ask = (question: string, options: unknown): Promise<string> => {
      asked.push([question, options]);
      return Promise.resolve('secret');
    };
    const args = ['login', '--api', url.replace('http://', ''), '--username', 'ada@example.com'];
    expect(await ran({ args, io: { env, isInTty: true, ask } })).toEqual({
      code: 0,
      out: '',
      err: expect.stringContaining('as ada@example.com'),
    });
    expect({ asked, body: seen.find(({ method }) => method === 'POST')?.body }).toEqual({
      asked: [['Password of ada@example.com: ', { isSecret: true }]],
      body: {
        ClientId: 'programs',
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: 'ada@example.com', PASSWORD: 'secret' },
      },
    });
    expect(JSON.parse((await ran({ args: ['whoami', '--json'], io: { env } })).out)).toEqual({
      api: url,
      profile: 'default',
      email: 'ada@example.com',
      signedIn: true,
    });
  });

  it('takes from the terminal the address where a browser elsewhere has ended', async () => {
    const env = { XDG_CONFIG_HOME: newFolder() };
    const { url, seen } = await dashboardThat({ 'POST /oauth2/token': TOKENS });
    let page = '';
    const pasted: string[] = [];
    const ask = (): Promise<string> => {
      const { searchParams } = new URL(/\S+\/oauth2\/authorize\S+/.exec(page)?.[0] ?? '');
      const state = pasted.length === 0 ? 'of somebody else' : (searchParams.get('state') ?? '');
      pasted.push(`${searchParams.get('redirect_uri')}?${new URLSearchParams({ code: 'c-1', state }).toString()}`);
      return Promise.resolve(` ${pasted.at(-1)}\n`);
    };
    const err = (text: string): void => {
      page += text;
    };
    const io = { env, isInTty: true, ask, err };
    expect((await ran({ args: ['login', '--api', url, '--no-browser'], io })).code).toBe(4);
    page = '';
    expect((await ran({ args: ['login', '--api', url, '--no-browser'], io })).code).toBe(0);
    expect(seen.flatMap(({ url: path, body }) => (path === '/oauth2/token' ? [body] : []))).toEqual([
      expect.objectContaining({ code: 'c-1', grant_type: 'authorization_code' }),
    ]);
  });

  it.each([
    ['nothing is there', () => Promise.resolve('http://127.0.0.1:9'), 6, '✗ Nothing answers at http://127.0.0.1:9'],
    ['it is something else', async () => (await apiThat({})).url, 2, '✗ There is no Oratio at http://127.0.0.1:'],
    ['it is no address', () => Promise.resolve('ht tp:/'), 2, '✗ ht tp:/ is no address'],
  ])('says when %s', async (_, urlOf, code, words) => {
    const env = { XDG_CONFIG_HOME: newFolder() };
    const ended = await ran({ args: ['login', '--api', await urlOf()], io: { env } });
    expect(ended).toEqual({ code, out: '', err: expect.stringContaining(words) });
  });

  it('keeps no token that is refused', async () => {
    const env = { XDG_CONFIG_HOME: newFolder() };
    const { url } = await apiThat({ 'GET /version': { service: 'oratio' } });
    const ended = await ran({ args: ['login', '--api', url, '--token', 'of-yesterday'], io: { env } });
    expect({ code: ended.code, after: (await ran({ args: ['list'], io: { env } })).code }).toEqual({
      code: 3,
      after: 2,
    });
  });

  it('renews a token once for all who need it', async () => {
    const env = { XDG_CONFIG_HOME: newFolder() };
    const { url, seen } = await dashboardThat({ 'POST /': AUTHENTICATED });
    const io = { env, nowMs: () => 1_795_000_000_000 + 3_590_000 };
    const args = ['login', '--api', url, '--username', 'ada@example.com', '--password-stdin'];
    await ran({ args, stdin: 'secret', io: { env } });
    const { token } = await accountFor({ ...io, cwd: '.' }, {});
    const tokens = await Promise.all([token(), token(), token()]);
    expect({
      tokens,
      renewed: seen.filter(({ method, url: path }) => method === 'POST' && path === '/').length - 1,
    }).toEqual({
      tokens: ['a-1', 'a-1', 'a-1'],
      renewed: 1,
    });
  });
});
