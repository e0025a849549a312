import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, PutCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HANDSHAKE_STATUSES } from '../../shared/voice/protocol/asyncapi.ts';
import { CLOSE_CODES } from '../../shared/voice/protocol/messages.ts';
import { openClient, type TestClient } from '../voice/support/test-client.ts';
import { Api } from './support/api.ts';
import { dial } from './support/caller.ts';
import { type MovableClock, movableClock } from './support/clocks.ts';
import { createAgent, isOver, startTalk, type TalkHarness, type Ticket, voiceForm } from './support/talk.ts';

interface KeyBody {
  readonly keyId: string;
  readonly key: string;
}
interface ProblemBody {
  readonly code: string;
}

const MINUTE = 60_000;
const AGENTS = 'oratio-dev-agents';
const isOf = (agentId: string) => (row: Record<string, unknown>) => row.agentId === agentId;

describe('who may talk with an agent', () => {
  const open: TestClient[] = [];
  let clock: MovableClock;
  let harness: TalkHarness;
  let api: Api;
  let stranger: Api;
  let strangersAgent: string;
  let rows: DynamoDBDocumentClient;

  beforeAll(async () => {
    clock = movableClock();
    harness = await startTalk({ clock });
    ({ api } = harness);
    rows = DynamoDBDocumentClient.from(new DynamoDBClient(harness.aws));
    stranger = new Api(harness.cloud.apiUrl, await harness.tokenOf('stranger'));
    strangersAgent = await createAgent(stranger);
  });
  afterAll(async () => {
    for (const client of open) client.cut();
    rows?.destroy();
    await harness?.stop();
  });

  const keyFor = async (agentId: string, wishes: object = {}, of = api): Promise<KeyBody> => {
    const wanted = { name: 'Test', scopes: ['agents:talk'], ...wishes };
    const { status, body } = await of.request<KeyBody>('POST', `/api/v1/agents/${agentId}/api-keys`, wanted);
    if (status !== 201) throw new Error(`No key: ${JSON.stringify(body)}`);
    return body;
  };
  /** 101 when the connection is open, else the status that the handshake ended with. */
  const handshake = async (query: string, headers: Record<string, string> = {}): Promise<number> => {
    const status = await openClient(`${harness.webSocketUrl}${query}`, headers).then(
      (client) => {
        open.push(client);
        return 101;
      },
      (error: { status: number }) => error.status,
    );
    expect(Object.keys(HANDSHAKE_STATUSES)).toContain(String(status));
    return status;
  };
  const withKey = (key: string) => handshake('', { 'x-api-key': key });
  const withTicket = ({ ticket }: Pick<Ticket, 'ticket'>) => handshake(`?ticket=${ticket}`);
  const askTicket = async (agentId: string, by = api, transport = 'relay') => {
    const { status, body } = await by.request<ProblemBody>('POST', '/api/v1/voice-tickets', { agentId, transport });
    return status === 201 ? 201 : `${status} ${body.code}`;
  };

  it('nobody without a credential that holds', async () => {
    expect({
      nothing: await handshake(''),
      wrongKey: await withKey(`ok_${'x'.repeat(43)}`),
      noKey: await withKey('Bearer nonsense'),
      wrongTicket: await handshake('?ticket=guessed'),
      ownersWay: await handshake('?owner=guessed'),
      emptyTicket: await handshake('?ticket='),
      unsigned: await handshake('', { 'x-twilio-signature': 'AAAA' }),
    }).toEqual({
      nothing: 401,
      wrongKey: 401,
      noKey: 401,
      wrongTicket: 401,
      ownersWay: 401,
      emptyTicket: 401,
      unsigned: 401,
    });
  });

  it('a key of the agent with the scope, until it is deleted', async () => {
    const [key, reader] = await Promise.all([
      keyFor(harness.agentId),
      keyFor(harness.agentId, { scopes: ['agents:ask'] }),
    ]);
    expect(await Promise.all([withKey(key.key), withKey(reader.key)])).toEqual([101, 403]);
    await api.request('DELETE', `/api/v1/agents/${harness.agentId}/api-keys/${key.keyId}`);
    expect(await withKey(key.key)).toBe(401);
  });

  it('a key gets tickets for its own agent and no other, and nothing beyond its scopes', async () => {
    const { key } = await keyFor(harness.agentId);
    const { key: strange } = await keyFor(strangersAgent, {}, stranger);
    const [mine, theirs] = [new Api(harness.cloud.apiUrl, key), new Api(harness.cloud.apiUrl, strange)];
    expect({
      own: await askTicket(harness.agentId, mine),
      another: await askTicket(strangersAgent, mine),
      theirs: await askTicket(harness.agentId, theirs),
      anothersToken: await askTicket(harness.agentId, stranger),
      direct: await askTicket(harness.agentId, stranger, 'direct'),
      calls: (await mine.request('GET', '/api/v1/calls')).status,
    }).toEqual({
      own: 201,
      another: expect.stringMatching(/^40[34] /),
      theirs: expect.stringMatching(/^40[34] /),
      anothersToken: '404 agent-not-found',
      direct: '404 agent-not-found',
      calls: expect.toSatisfy((status: number) => status === 401 || status === 403),
    });
  });

  it('a ticket once, and for a minute', async () => {
    const [used, old] = await Promise.all([harness.newTicket('relay'), harness.newTicket('relay')]);
    expect([await withTicket(used), await withTicket(used)]).toEqual([101, 401]);
    clock.aheadMs += MINUTE + 1000;
    expect(await withTicket(old)).toBe(401);
  });

  it('an address of the direct path only as it was signed, for its minute, with the ticket of that very call', async () => {
    // From here on what functions sign is not the machine's time.
    clock.aheadMs += MINUTE;
    const [mine, other, late] = await Promise.all([
      harness.newTicket('direct'),
      harness.newTicket('direct'),
      harness.newTicket('direct'),
    ]);
    const address = new URL(mine.webSocketUrl);
    address.searchParams.set('X-Amzn-Bedrock-AgentCore-Runtime-Session-Id', String(other.callId));
    const stolen = await stranger.request<Ticket>('POST', '/api/v1/voice-tickets', {
      agentId: strangersAgent,
      transport: 'direct',
    });
    const refused = async (url: string, ticket: string) => {
      const client = await openClient(url);
      open.push(client);
      client.send({ type: 'session.start', ticket });
      const { closeCode } = await client.next('problem');
      return { closeCode, code: await client.closed };
    };
    expect({
      altered: await dial({ ...mine, webSocketUrl: String(address) }).then(
        () => 101,
        ({ status }) => status,
      ),
      anotherCalls: await refused(mine.webSocketUrl, other.ticket),
      anotherAgents: await refused(stolen.body.webSocketUrl, late.ticket),
    }).toEqual({
      altered: 403,
      anotherCalls: { closeCode: 4401, code: 4401 },
      anotherAgents: { closeCode: 4401, code: 4401 },
    });
    clock.aheadMs += 6 * MINUTE;
    expect(
      await dial(late).then(
        () => 101,
        ({ status }) => status,
      ),
    ).toBe(403);
  });

  it('nobody an agent that is not ready, only writes, or is gone', async () => {
    const { body } = await api.request('POST', '/api/v1/agents', voiceForm());
    const young = String(body.agentId);
    const key = await keyFor(young);
    expect([await withKey(key.key), await askTicket(young)]).toEqual([409, '409 agent-not-ready']);
    const { userId } = (await rows.send(new ScanCommand({ TableName: AGENTS }))).Items?.find(isOf(young)) ?? {};
    const Key = { userId, agentId: young };
    const silenced = { UpdateExpression: 'SET agentType = :text', ExpressionAttributeValues: { ':text': 'text' } };
    await rows.send(new UpdateCommand({ TableName: AGENTS, Key, ...silenced }));
    expect([await withKey(key.key), await askTicket(young)]).toEqual([409, '409 agent-has-no-voice']);
    await rows.send(new DeleteCommand({ TableName: AGENTS, Key }));
    expect([await withKey(key.key), await askTicket(young)]).toEqual([404, '404 agent-not-found']);
  });

  it('when all lines are busy one waits in the queue and is served as soon as one is free', async () => {
    const lines = (count: number) => {
      const untilMs = clock.now() + 10 * MINUTE;
      const taken = Array.from({ length: count }, (_, line) => [`call-${line}`, { userId: 'somebody', untilMs }]);
      const Item = { sessionKey: 'lines', lines: Object.fromEntries(taken), waiting: [], revision: count };
      return rows.send(new PutCommand({ TableName: 'oratio-dev-voice-sessions', Item }));
    };
    await lines(20);
    const caller = await dial(await harness.newTicket('relay'));
    const queued = caller.next('session.queued');
    const ready = caller.start();
    expect(await queued).toEqual({ type: 'session.queued', position: 1 });
    expect(await askTicket(harness.agentId, api, 'direct')).toBe('429 lines-busy');
    const again = caller.next('session.queued');
    caller.send({ type: 'ping' });
    expect(await again).toEqual({ type: 'session.queued', position: 1 });
    await lines(19);
    caller.send({ type: 'ping' });
    await ready;
    await caller.leave();
  });

  it('a call, its record and its resumption belong to its tenant', async () => {
    const caller = await dial(await harness.newTicket('relay'));
    const { callId, resumeToken } = await caller.start();
    const { body: ticket } = await stranger.request<Ticket>('POST', '/api/v1/voice-tickets', {
      agentId: strangersAgent,
    });
    const thief = await openClient(ticket.webSocketUrl);
    open.push(thief);
    thief.send({ type: 'session.resume', callId, resumeToken, lastPlayedSeq: -1 });
    const { closeCode } = await thief.next('problem');
    await thief.closed;
    const answered = caller.answer(/15 euros/);
    caller.type('What does a puncture cost?');
    await answered;
    await caller.leave();
    await harness.recordWhen(callId, isOver);
    expect({
      closeCode,
      explained: closeCode !== undefined && closeCode in CLOSE_CODES,
      record: (await stranger.request('GET', `/api/v1/calls/${callId}`)).status,
      list: (await stranger.request<{ calls: { agentId: string }[] }>('GET', '/api/v1/calls')).body.calls.filter(
        ({ agentId }) => agentId !== strangersAgent,
      ),
      listOfAgent: (await stranger.request<{ calls: unknown[] }>('GET', `/api/v1/calls?agentId=${harness.agentId}`))
        .body,
    }).toEqual({
      closeCode: 4401,
      explained: true,
      record: 404,
      list: [],
      listOfAgent: expect.not.objectContaining({ calls: [expect.anything()] }),
    });
  });

  it('a key that expires no longer than it says', async () => {
    const { key } = await keyFor(harness.agentId, { expiresInDays: 1 });
    expect(await withKey(key)).toBe(101);
    // The last test: time that goes back is none that functions know.
    clock.aheadMs += 25 * 60 * MINUTE;
    expect(await withKey(key)).toBe(401);
  });
});
