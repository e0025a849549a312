import { DeleteCommand, GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVoiceTicket } from '../../shared/access/create-voice-ticket.ts';
import { agentCoreAddresses } from '../../shared/access/runtime-addresses-agentcore.ts';
import { voiceTickets } from '../../shared/access/voice-tickets.ts';
import { dynamoAgentStore } from '../../shared/agents/agents-dynamodb.ts';
import { CallId } from '../../shared/calls/call.ts';
import type { HttpEvent } from '../../shared/http/http-lambda.ts';
import { randomIds } from '../../shared/kernel/real-dependencies.ts';
import { dynamoTicketStore } from '../../shared/voice/stores/connections-dynamodb.ts';
import { directCalls } from '../../shared/voice/stores/direct-calls.ts';
import { hashOfToken, LINES_KEY } from '../../shared/voice/stores/session-keys.ts';
import type { SessionStore } from '../../shared/voice/stores/session-store.ts';
import { dynamoSessionStore } from '../../shared/voice/stores/sessions-dynamodb.ts';
import { VoiceSettings } from '../../shared/voice/voice-settings.ts';
import { jsonEvent } from '../agents/support/events.ts';
import { httpLambda } from '../http/support/api-lambda.ts';
import { servingAgent, startTables, TABLES } from './support/tables.ts';

const AGENT = '019a5c1e-7d00-7a3b-9c55-000000000001';
const agentId = (end: number): string => AGENT.slice(0, -1) + end;
const NOW_MS = Date.UTC(2026, 10, 21, 9);
const KEYS = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session/token+=' };

interface Body {
  readonly ticket: string;
  readonly expiresAt: number;
  readonly webSocketUrl: string;
  readonly callId?: string;
  readonly code?: string;
  readonly detail?: string;
}

const OPENAI = { provider: 'openai-compatible', apiUrl: 'https://tts.example/v1', model: 'm' };

/** The event of somebody who shows a key of the agent. */
const byKey = (event: HttpEvent, keyId: string): HttpEvent => {
  const lambda = { userId: 'ann', agentId: agentId(1), keyId, scopes: 'oratio/agents:talk' };
  return { ...event, requestContext: { ...event.requestContext, authorizer: { lambda } } };
};

describe('a ticket for a call', () => {
  let world: Awaited<ReturnType<typeof startTables>>;
  let send: ReturnType<typeof httpLambda>;
  let tickets: ReturnType<typeof voiceTickets>;
  let sessions: SessionStore;
  const addresses = agentCoreAddresses({ region: 'us-east-1', keys: KEYS, endpointUrl: undefined });

  const buy = async (body: object, user = 'ann', keyId?: string) => {
    const asked = jsonEvent({ routeKey: 'POST /api/v1/voice-tickets', user }, body);
    const answer = await send(keyId === undefined ? asked : byKey(asked, keyId));
    return { status: answer.statusCode, headers: answer.headers, body: JSON.parse(answer.body ?? '') as Body };
  };

  beforeAll(async () => {
    world = await startTables();
    tickets = voiceTickets(dynamoTicketStore(TABLES, world.client));
    sessions = dynamoSessionStore({ ...TABLES, VOICE_LINES: 2 }, world.client);
    const deps = {
      agents: dynamoAgentStore(TABLES, world.client),
      tickets,
      directCalls: directCalls({ sessions }, { tenantDailyBudgetUsd: 50, recordTtlDays: 30 }),
      addresses,
      webSocketUrl: 'wss://voice.example/live',
      clock: { now: () => NOW_MS },
      ids: randomIds,
    };
    send = httpLambda({ createVoiceTicket: createVoiceTicket(deps) }, () => {});
    await world.putAgent(servingAgent(agentId(1)));
    await world.putAgent(servingAgent(agentId(2), { agentType: 'text' }));
    const { activeVersion: _none, ...young } = servingAgent(agentId(3), { status: 'creating' });
    await world.putAgent(young);
    await world.putAgent(servingAgent(agentId(4), { status: 'deleting' }));
    await world.putAgent(servingAgent(agentId(6), { status: 'paused' }));
    await world.putAgent(servingAgent(agentId(7), { status: 'stopped' }));
    await world.putAgent(servingAgent(agentId(5), { status: 'updating', agentType: 'voice' }));
  });
  afterAll(() => world?.stop());

  it('of the relay is in the address, is good once, within a minute, and is stored as its hash', async () => {
    const { status, body } = await buy({ agentId: agentId(1) });
    expect({ status, body }).toEqual({
      status: 201,
      body: {
        ticket: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
        expiresAt: NOW_MS / 1000 + 60,
        webSocketUrl: `wss://voice.example/live?ticket=${body.ticket}`,
        transport: 'relay',
      },
    });
    const rows = await world.client.send(new ScanCommand({ TableName: TABLES.VOICE_SESSIONS_TABLE }));
    expect(JSON.stringify(rows.Items)).not.toContain(body.ticket);
    const both = await Promise.all([tickets.redeem(body.ticket, NOW_MS + 1), tickets.redeem(body.ticket, NOW_MS + 1)]);
    expect(both.filter((holder) => holder !== undefined)).toEqual([{ userId: 'ann', agentId: agentId(1) }]);
    expect(await tickets.redeem(body.ticket, NOW_MS + 1)).toBeUndefined();
  });

  it('expires', async () => {
    const { body } = await buy({ agentId: agentId(5) });
    expect(await tickets.redeem(body.ticket, NOW_MS + 60_001)).toBeUndefined();
    expect(await tickets.redeem('made up', NOW_MS)).toBeUndefined();
  });

  it.each([
    ['answers in text only', { agentId: agentId(2) }, 'agent-has-no-voice'],
    ['has no version yet', { agentId: agentId(3) }, 'agent-not-ready'],
    ['is going', { agentId: agentId(4) }, 'agent-not-ready'],
    ['is paused', { agentId: agentId(6) }, 'agent-paused'],
    ['is paused, for a direct call', { agentId: agentId(6), transport: 'direct' }, 'agent-paused'],
    ['is stopped', { agentId: agentId(7) }, 'agent-stopped'],
    ['does not exist', { agentId: agentId(9) }, 'agent-not-found'],
    ['is no id', { agentId: 'shop' }, 'invalid-request'],
    ['is to be reached by pigeon', { agentId: agentId(1), transport: 'pigeon' }, 'invalid-request'],
  ])('is not given for an agent that %s', async (_name, body, code) => {
    expect((await buy(body)).body.code).toBe(code);
  });

  it('is not given for another tenant’s agent', async () => {
    expect((await buy({ agentId: agentId(1) }, 'bob')).body.code).toBe('agent-not-found');
  });

  it('of the direct path opens one session of one runtime, and holds a line until all are busy', async () => {
    const { body } = await buy({ agentId: agentId(1), transport: 'direct' });
    const url = new URL(body.webSocketUrl);
    const arn = 'arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/o_dev_1-abcdefghij';
    expect({
      origin: url.host,
      path: decodeURIComponent(url.pathname),
      qualifier: url.searchParams.get('qualifier'),
      session: url.searchParams.get('X-Amzn-Bedrock-AgentCore-Runtime-Session-Id'),
      expires: url.searchParams.get('X-Amz-Expires'),
      token: url.searchParams.get('X-Amz-Security-Token'),
    }).toEqual({
      origin: 'bedrock-agentcore.us-east-1.amazonaws.com',
      path: `/runtimes/${arn}/ws`,
      qualifier: 'live',
      session: body.callId,
      expires: '60',
      token: KEYS.sessionToken,
    });
    const key = { userId: 'ann', callId: body.callId };
    const call = await world.client.send(new GetCommand({ TableName: TABLES.CALLS_TABLE, Key: key }));
    expect(call.Item).toMatchObject({
      agentId: agentId(1),
      status: 'starting',
      transport: 'direct',
      channel: 'browser',
    });
    expect(await tickets.redeem(body.ticket, NOW_MS)).toBeUndefined();

    await buy({ agentId: agentId(1), transport: 'direct' });
    const busy = await buy({ agentId: agentId(1), transport: 'direct' });
    expect([busy.status, busy.body.code, busy.headers?.['retry-after']]).toEqual([429, 'lines-busy', '10']);
    expect((await buy({ agentId: agentId(1) })).status).toBe(201);
  });

  it.each<[string, object, string]>([
    ['another engine', { engine: 'openai-realtime' }, 'Its engine is "openai-realtime"'],
    ['a fallback with keys', { cascade: { tts: OPENAI } }, 'needs the key of a provider'],
    [
      'a fallback with a model of its own',
      { cascade: { llm: { provider: 'bedrock', modelId: 'm' } } },
      'a language model of its owner’s choice',
    ],
    ['recordings of any length', { recording: { enabled: true }, maxCallMinutes: 121 }, 'may last 120 minutes'],
  ])('of the direct path is not given for an agent with %s; of the relay it is', async (_name, voice, detail) => {
    await world.putAgent(servingAgent(agentId(6), { voice: VoiceSettings.parse(voice) }));
    const { status, body } = await buy({ agentId: agentId(6), transport: 'direct' });
    expect([status, body.code, body.detail]).toEqual([409, 'direct-not-offered', expect.stringContaining(detail)]);
    expect((await buy({ agentId: agentId(6) })).status).toBe(201);
  });

  describe('of the direct path, for a call that goes on', () => {
    const again = (callId: string, user?: string, keyId?: string, agent = agentId(1)) =>
      buy({ agentId: agent, transport: 'direct', callId }, user, keyId);
    /** A call whose runtime has claimed it. */
    const begun = async (keyId?: string): Promise<CallId> => {
      await world.client.send(new DeleteCommand({ TableName: TABLES.VOICE_SESSIONS_TABLE, Key: LINES_KEY }));
      const { body } = await buy({ agentId: agentId(1), transport: 'direct' }, 'ann', keyId);
      const callId = CallId.parse(body.callId);
      const owner = { callId, epoch: 1, tokenHash: hashOfToken(body.ticket), claimId: 'c', resumeTokenHash: 'r' };
      await sessions.claim(owner, { nowMs: NOW_MS, leaseUntilMs: NOW_MS + 15_000 });
      return callId;
    };
    const rows = async () => {
      const tables = [TABLES.VOICE_SESSIONS_TABLE, TABLES.CALLS_TABLE];
      return Promise.all(
        tables.map(async (TableName) => (await world.client.send(new ScanCommand({ TableName }))).Items),
      );
    };

    it('is the same address signed anew; nothing is written', async () => {
      const callId = await begun();
      const before = await rows();
      const { status, body } = await again(callId);
      expect({ status, body }).toEqual({
        status: 201,
        body: { expiresAt: NOW_MS / 1000 + 60, webSocketUrl: expect.any(String), transport: 'direct', callId },
      });
      const { searchParams } = new URL(body.webSocketUrl);
      expect(searchParams.get('X-Amzn-Bedrock-AgentCore-Runtime-Session-Id')).toBe(callId);
      expect(await rows()).toEqual(before);
    });

    it('is given to nobody but who asked for the call: tenant, agent and key', async () => {
      const callId = await begun();
      const byOneKey = await begun('key-1');
      const answers = [
        await again(callId, 'bob'),
        await again(callId, 'ann', undefined, agentId(5)),
        await again(callId, 'ann', 'key-1'),
        await again(byOneKey, 'ann', 'key-2'),
        await again('019a5c1e-7d00-7a3b-9c55-0000000000ff'),
      ];
      expect(answers.map(({ status, body }) => [status, body.code])).toEqual(Array(5).fill([404, 'call-not-found']));
      expect((await again(byOneKey, 'ann', 'key-1')).status).toBe(201);
    });

    it('is not given before the call has begun, nor for the relay', async () => {
      await world.client.send(new DeleteCommand({ TableName: TABLES.VOICE_SESSIONS_TABLE, Key: LINES_KEY }));
      const { body } = await buy({ agentId: agentId(1), transport: 'direct' });
      expect((await again(body.callId ?? '')).body.code).toBe('call-not-found');
      expect((await buy({ agentId: agentId(1), callId: body.callId })).body.code).toBe('invalid-request');
    });

    it('is not offered once another owner holds the call: that one listens on the relay', async () => {
      const callId = await begun();
      const call = { callId, epoch: 2, tokenHash: 'h', cause: 'takeover', calledAtMs: NOW_MS } as const;
      expect(await sessions.callOwner(call)).toBe(true);
      const { status, body } = await again(callId);
      expect([status, body.code]).toEqual([409, 'direct-not-offered']);
    });
  });
});
