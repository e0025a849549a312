import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoAgentStore } from '../../../shared/agents/agents-dynamodb.ts';
import { getVoiceSettings, putVoiceSettings } from '../../../shared/voice/settings/manage-voice-settings.ts';
import { secretsManagerProviderKeys } from '../../../shared/voice/settings/provider-keys-secrets-manager.ts';
import { dynamoSettingsMarks } from '../../../shared/voice/settings/settings-marks-dynamodb.ts';
import { VoiceSettingsView } from '../../../shared/voice/settings/voice-settings-views.ts';
import { servingAgent, startTables, TABLES } from '../../access/support/tables.ts';
import { httpEvent, jsonEvent } from '../../agents/support/events.ts';
import { httpLambda } from '../../http/support/api-lambda.ts';
import { phoneNumberRow } from '../../telephony/support/phone-number-row.ts';

const AGENT = '019a5c1e-7d00-7a3b-9c55-000000000001';
const GOING = '019a5c1e-7d00-7a3b-9c55-000000000002';
const KEY = 'sk-test-0123456789wxyz';

describe('how an agent speaks', () => {
  let world: Awaited<ReturnType<typeof startTables>>;
  let secrets: SecretsManagerClient;
  let providerKeys: ReturnType<typeof secretsManagerProviderKeys>;
  let send: ReturnType<typeof httpLambda>;

  const at = (method: string, headers: Record<string, string> = {}, user = 'ann', agentId = AGENT) => ({
    routeKey: `${method} /api/v1/agents/{agentId}/voice`,
    params: { agentId },
    headers,
    user,
  });
  const answer = async (event: Parameters<typeof send>[0]) => {
    const { statusCode, headers, body } = await send(event);
    return { status: statusCode, etag: String(headers?.etag), body: JSON.parse(body ?? '{}') };
  };
  const read = (...args: [Record<string, string>?, string?, string?]) => answer(httpEvent(at('GET', ...args)));
  const write = (body: object, ...args: [Record<string, string>?, string?, string?]) =>
    answer(jsonEvent(at('PUT', ...args), body));
  const secret = () =>
    secrets.send(new GetSecretValueCommand({ SecretId: `oratio-test/tenants/ann/agents/${AGENT}/provider-keys` }));

  beforeAll(async () => {
    world = await startTables();
    secrets = new SecretsManagerClient(world.settings);
    providerKeys = secretsManagerProviderKeys({ RESOURCE_PREFIX: 'oratio-test', ENVIRONMENT: 'test' }, secrets);
    const agents = dynamoAgentStore(TABLES, world.client);
    const deps = {
      agents,
      providerKeys,
      marks: dynamoSettingsMarks(TABLES, world.client),
      addresses: 'public' as const,
      numbers: {
        find: async (phoneNumber: string) =>
          phoneNumber === '+12025550100'
            ? phoneNumberRow({ phoneNumber, userId: 'ann', inboundAgentId: AGENT })
            : undefined,
      },
      dialPrefixes: ['+1', '+44'],
      clock: { now: () => Date.UTC(2026, 10, 21, 9) },
    };
    send = httpLambda({ getVoiceSettings: getVoiceSettings(deps), putVoiceSettings: putVoiceSettings(deps) }, () => {});
    await world.putAgent(servingAgent(AGENT));
    await world.putAgent(servingAgent(GOING, { status: 'deleting' }));
  });
  afterAll(() => world?.stop());

  it('is said by defaults until its owner says otherwise', async () => {
    const { status, body } = await read();
    expect(status).toBe(200);
    expect(VoiceSettingsView.parse(body)).toEqual(body);
    expect(body).toMatchObject({ engine: 'nova-sonic', voice: 'tiffany', language: 'en-US', apiKeys: {} });
  });

  it('is replaced whole, and read again only when it has changed', async () => {
    const put = await write({ language: 'de-DE', greeting: 'Guten Tag!' });
    expect(put).toMatchObject({ status: 200, body: { voice: 'tina', language: 'de-DE', greeting: 'Guten Tag!' } });
    expect((await read()).body).toEqual(put.body);
    expect((await read({ 'if-none-match': put.etag })).status).toBe(304);
    expect((await write({})).body).not.toHaveProperty('greeting');
  });

  it('is not changed by somebody who has read something older', async () => {
    const { etag } = await read();
    expect((await write({ endpointing: 'high' }, { 'if-match': etag })).status).toBe(200);
    expect(await write({ endpointing: 'low' }, { 'if-match': etag })).toMatchObject({
      status: 412,
      body: { code: 'precondition-failed' },
    });
    expect((await read()).body.endpointing).toBe('high');
  });

  it.each([
    ['a voice the engine has not', { voice: 'joanna' }, '/voice'],
    ['a language the engine does not speak', { language: 'fi-FI' }, '/language'],
    ['a voice of another engine', { engine: 'openai-realtime', voice: 'tiffany' }, '/voice'],
    ['a language that is none', { language: 'English' }, '/language'],
    [
      'an address in the clear',
      { cascade: { stt: { provider: 'openai-compatible', apiUrl: 'http://x.example', model: 'w' } } },
      '/cascade/stt/apiUrl',
    ],
    ['a key of spaces', { apiKeys: { openai: 'a key with spaces' } }, '/apiKeys/openai'],
    ['a key of nobody', { apiKeys: { google: KEY } }, '/apiKeys/google'],
    ['a budget of nothing', { callBudgetUsd: 0 }, '/callBudgetUsd'],
  ])('is never %s', async (_name, body, pointer) => {
    const status = pointer.endsWith('/apiUrl') ? 422 : 400;
    expect(await write(body)).toMatchObject({ status, body: { errors: [{ pointer }] } });
  });

  it('takes an engine’s own voice for the language where none was asked for', async () => {
    const voices = [];
    for (const body of [{ engine: 'cascade' }, { engine: 'openai-realtime' }, { voice: 'TIFFANY' }]) {
      voices.push((await write(body)).body.voice);
    }
    expect(voices).toEqual(['Joanna', 'marin', 'tiffany']);
  });

  it('keeps keys of other providers where nobody reads them again', async () => {
    const first = await write({ apiKeys: { openai: KEY, stt: 'stt-key-9999' } });
    expect(first.body.apiKeys).toEqual({ openai: { lastFour: 'wxyz' }, stt: { lastFour: '9999' } });
    expect(JSON.parse((await secret()).SecretString ?? '')).toEqual({ openai: KEY, stt: 'stt-key-9999' });
    expect((await write({})).body.apiKeys).toEqual(first.body.apiKeys);
    expect((await write({ apiKeys: { stt: null } })).body.apiKeys).toEqual({ openai: { lastFour: 'wxyz' } });
    expect((await read()).body.apiKeys).toEqual({ openai: { lastFour: 'wxyz' } });
    const row = await dynamoAgentStore(TABLES, world.client).find({ userId: 'ann', agentId: AGENT } as never);
    expect(JSON.stringify(row)).not.toContain(KEY.slice(-4));
    expect((await write({ apiKeys: { openai: null } })).body.apiKeys).toEqual({});
    await expect(secret()).rejects.toThrow();
  });

  it('loses its keys with the agent', async () => {
    await write({ apiKeys: { openai: KEY } });
    const agent = { userId: 'ann', agentId: AGENT } as never;
    await providerKeys.forget(agent);
    await providerKeys.forget(agent);
    expect(await providerKeys.read(agent)).toEqual({});
  });

  it('is nobody else’s business, and not changed any more when the agent is going', async () => {
    expect([(await read({}, 'bob')).body.code, (await write({}, {}, 'bob')).body.code]).toEqual([
      'agent-not-found',
      'agent-not-found',
    ]);
    expect((await write({}, {}, 'ann', GOING)).body.code).toBe('agent-busy');
  });
});
