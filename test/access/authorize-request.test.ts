import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { authorizeRequest } from '../../shared/access/authorize-request.ts';
import { joseTokenVerifier } from '../../shared/access/token-verifier-jose.ts';
import { type Asked, jsonEvent } from '../agents/support/events.ts';
import { httpLambda } from '../http/support/api-lambda.ts';

const ISSUER = 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_pool';
const ENV = { TOKEN_ISSUER: ISSUER, TOKEN_AUDIENCE: 'client-1' };
const NOW_MS = Date.UTC(2026, 10, 21, 9);
const KEY = `ok_${'k'.repeat(43)}`;
const AGENT = '019a5c1e-7d00-7a3b-9c55-000000000001';
const OTHER = '019a5c1e-7d00-7a3b-9c55-000000000002';

describe('whoever sends a request', () => {
  let keys: Awaited<ReturnType<typeof generateKeyPair>>;
  let authorize: ReturnType<typeof authorizeRequest>;
  let keyScopes: readonly ('agents:ask' | 'agents:talk')[] = ['agents:ask'];

  const token = (claims: Record<string, string | undefined> = {}, times: { until?: number } = {}) =>
    new SignJWT({ client_id: 'client-1', token_use: 'access', scope: 'aws.cognito.signin.user.admin', ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: '1' })
      .setIssuer(claims.iss ?? ISSUER)
      .setSubject('ann')
      .setExpirationTime(times.until ?? NOW_MS / 1000 + 60)
      .sign(keys.privateKey);
  const contextOf = async (credential: string) => (await authorize({ identitySource: [credential] })).context;

  beforeAll(async () => {
    keys = await generateKeyPair('RS256');
    const jwks = createLocalJWKSet({ keys: [{ ...(await exportJWK(keys.publicKey)), kid: '1', alg: 'RS256' }] });
    authorize = authorizeRequest({
      tokens: joseTokenVerifier(ENV, { now: () => NOW_MS }, jwks),
      apiKeys: {
        verify: async (key) =>
          key === KEY ? ({ userId: 'ann', agentId: AGENT, keyId: 'key-1', scopes: keyScopes } as never) : undefined,
      },
    });
  });

  it('is the subject of a valid token, written with the scheme in any case', async () => {
    const context = { userId: 'ann', scopes: 'aws.cognito.signin.user.admin' };
    const valid = await token();
    expect([await contextOf(`Bearer ${valid}`), await contextOf(`bearer ${valid}`)]).toEqual([context, context]);
    expect(await contextOf(`Bearer ${await token({ client_id: undefined, aud: 'client-1' })}`)).toEqual(context);
  });

  it('is nobody with a token that is expired, foreign, unsigned or for somebody else', async () => {
    const foreign = await generateKeyPair('RS256');
    const forged = await new SignJWT({ client_id: 'client-1' })
      .setProtectedHeader({ alg: 'RS256', kid: '1' })
      .setIssuer(ISSUER)
      .setSubject('ann')
      .setExpirationTime('1h')
      .sign(foreign.privateKey);
    const wrong = [
      await token({}, { until: NOW_MS / 1000 - 1 }),
      await token({ iss: 'https://elsewhere.example' }),
      await token({ client_id: 'client-2' }),
      await token({ aud: 'client-2' }),
      forged,
      new UnsecuredJWT({ client_id: 'client-1', sub: 'ann', iss: ISSUER }).encode(),
      'nonsense',
      '',
    ];
    for (const one of wrong) expect(await contextOf(`Bearer ${one}`)).toEqual({});
    expect(await authorize({})).toEqual({ isAuthorized: true, context: {} });
  });

  it('is told apart from a pool whose keys cannot be read: that is our failure, not the token’s', async () => {
    const broken = joseTokenVerifier(ENV, { now: () => NOW_MS }, () => Promise.reject(new Error('no network')));
    await expect(broken.verify(await token())).rejects.toThrow('no network');
  });

  it('is the tenant of an API key, limited to its agent and scopes', async () => {
    expect(await contextOf(`Bearer ${KEY}`)).toEqual({
      userId: 'ann',
      agentId: AGENT,
      keyId: 'key-1',
      scopes: 'oratio/agents:ask',
    });
    expect(await contextOf(`Bearer ok_${'x'.repeat(43)}`)).toEqual({});
  });

  describe('by the functions behind', () => {
    const echo = async ({ userId, keyId }: { readonly userId: string; readonly keyId?: string }) => ({
      status: 200,
      body: { userId, keyId },
    });
    const send = httpLambda({ sendMessage: echo, createVoiceTicket: echo }, () => {});
    const MESSAGE: Asked = { routeKey: 'POST /api/v1/agents/{agentId}/messages', params: { agentId: AGENT } };
    const TICKET: Asked = { routeKey: 'POST /api/v1/voice-tickets' };

    const answer = async (asked: Asked, body: object, credential: string) => {
      const event = jsonEvent(asked, body);
      const lambda = await contextOf(credential);
      const { statusCode, body: text } = await send({
        ...event,
        requestContext: { ...event.requestContext, authorizer: { lambda } },
      });
      return [statusCode, JSON.parse(text ?? '')] as const;
    };

    it('is served as that tenant, the key being named', async () => {
      expect(await answer(MESSAGE, { text: 'Hello' }, KEY)).toEqual([200, { userId: 'ann', keyId: 'key-1' }]);
      expect(await answer(MESSAGE, { text: 'Hello' }, await token())).toEqual([200, { userId: 'ann' }]);
    });

    it('is told to sign in when nobody could be verified', async () => {
      expect(await answer(MESSAGE, { text: 'Hello' }, 'nonsense')).toMatchObject([401, { code: 'unauthenticated' }]);
    });

    it('finds no other agent with a key of this one, in the path or in the body', async () => {
      const elsewhere = { ...MESSAGE, params: { agentId: OTHER } };
      expect(await answer(elsewhere, { text: 'Hello' }, KEY)).toMatchObject([404, { code: 'agent-not-found' }]);
      keyScopes = ['agents:talk'];
      expect(await answer(TICKET, { agentId: OTHER }, KEY)).toMatchObject([404, { code: 'agent-not-found' }]);
      expect(await answer(TICKET, { agentId: AGENT.toUpperCase() }, KEY)).toMatchObject([200, { keyId: 'key-1' }]);
    });

    it('needs the scope of the operation, with a key always, with a token when it names scopes of ours', async () => {
      keyScopes = ['agents:talk'];
      expect(await answer(MESSAGE, { text: 'Hello' }, KEY)).toMatchObject([403, { code: 'insufficient-scope' }]);
      const reader = await token({ scope: 'oratio/agents:read' });
      expect(await answer(MESSAGE, { text: 'Hello' }, reader)).toMatchObject([403, { code: 'insufficient-scope' }]);
    });
  });
});
