import { beforeEach, describe, expect, it } from 'vitest';
import { LIFECYCLE_ACTIONS } from '../../shared/agents/agent.ts';
import { controlAgent } from '../../shared/agents/control-agent.ts';
import { createAgent } from '../../shared/agents/create-agent.ts';
import { getAgent } from '../../shared/agents/get-agent.ts';
import { listAgents } from '../../shared/agents/list-agents.ts';
import { retryAgent } from '../../shared/agents/retry-agent.ts';
import { sopFromCharacter } from '../../shared/agents/sop-template.ts';
import { replaceAgent, updateAgent } from '../../shared/agents/update-agent.ts';
import type { Channel } from '../../shared/channels/channel.ts';
import { httpLambda } from '../http/support/api-lambda.ts';
import { httpEvent, jsonEvent } from './support/events.ts';
import { memory } from './support/memory.ts';

const FIELDS = { agentName: 'Shop', agentType: 'both', sop: '1. Greet.' };
const CHARACTER = { businessName: 'Cozy', products: ['pillows'], specialties: [], tone: 'calm', knowledgeBase: {} };
const RUNTIME = { agentRuntimeArn: 'arn:aws:bedrock-agentcore:us-east-1:1:runtime/o', endpointName: 'live' };

describe('an agent that serves', () => {
  let world: ReturnType<typeof memory>;
  let send: ReturnType<typeof httpLambda>;

  const call = async (event: Parameters<typeof send>[0]) => {
    const { statusCode, body } = await send(event);
    return { status: statusCode, body: JSON.parse(body ?? '{}') };
  };
  const create = async (body: object) =>
    (await call(jsonEvent({ routeKey: 'POST /api/v1/agents' }, body))).body.agentId;
  const keyOf = (agentId: string) => ({ userId: 'ann', agentId }) as never;
  const end = (agentId: string, how: 'activate' | 'fallBack', status: 'succeeded' | 'failed' = 'succeeded') =>
    world.deps.agents.transition(
      keyOf(agentId),
      how,
      { activeVersion: 1, runtime: RUNTIME as never, provisioning: { status } },
      { now: 1 },
    );
  const serving = async (body: object = FIELDS) => {
    const agentId = await create(body);
    await end(agentId, 'activate');
    return agentId;
  };
  const act = (agentId: string, action: string, headers = {}) =>
    call(httpEvent({ routeKey: `POST /api/v1/agents/{agentId}/${action}`, params: { agentId }, headers }));
  const change = (method: 'PATCH' | 'PUT', agentId: string, body: object) =>
    call(jsonEvent({ routeKey: `${method} /api/v1/agents/{agentId}`, params: { agentId } }, body));
  const read = async (agentId: string) =>
    (await call(httpEvent({ routeKey: 'GET /api/v1/agents/{agentId}', params: { agentId } }))).body;

  beforeEach(() => {
    world = memory();
    const { deps } = world;
    const [startAgent, stopAgent, pauseAgent, resumeAgent] = LIFECYCLE_ACTIONS.map((one) => controlAgent(deps, one));
    send = httpLambda(
      {
        createAgent: createAgent(deps),
        getAgent: getAgent(deps),
        listAgents: listAgents({
          ...deps,
          reaches: { of: async () => new Map() },
          cursorKey: { read: async () => 'secret' },
        }),
        updateAgent: updateAgent(deps),
        replaceAgent: replaceAgent(deps),
        retryAgent: retryAgent(deps),
        ...(startAgent && stopAgent && pauseAgent && resumeAgent && { startAgent, stopAgent, pauseAgent, resumeAgent }),
      },
      deps.log,
    );
  });

  it('is paused, resumed, stopped and started; repeating changes nothing, and all else is refused', async () => {
    const agentId = await serving();
    const said = async (action: string) => {
      const { status, body } = await act(agentId, action);
      return `${action} ${status} ${body.code ?? body.status}`;
    };
    const answers: string[] = [];
    const tried = ['start', 'pause', 'pause', 'start', 'resume', 'stop', 'stop', 'pause', 'resume', 'start'];
    for (const action of tried) answers.push(await said(action));
    expect(answers).toEqual([
      'start 200 active',
      'pause 200 paused',
      'pause 200 paused',
      'start 409 lifecycle-not-allowed',
      'resume 200 active',
      'stop 200 stopped',
      'stop 200 stopped',
      'pause 409 lifecycle-not-allowed',
      'resume 409 lifecycle-not-allowed',
      'start 200 active',
    ]);
    expect(await act('019a5c1e-7d00-7a3b-8000-999999999999', 'pause')).toMatchObject({ status: 404 });
    expect(await act(agentId, 'pause', { 'if-match': '"1"' })).toMatchObject({ status: 412 });
  });

  it('is found by its status, and a page can be skipped to', async () => {
    const [first, second, third] = [await serving(), await serving(), await serving()];
    await act(first, 'pause');
    await act(third, 'pause');
    const list = async (query: Record<string, string>) =>
      (await call(httpEvent({ routeKey: 'GET /api/v1/agents', query }))).body.agents.map(
        (agent: { agentId: string }) => agent.agentId,
      );
    expect(await list({ status: 'paused' })).toEqual([third, first]);
    expect(await list({ status: 'paused', skip: '1', limit: '10' })).toEqual([first]);
    expect(await list({ status: 'active' })).toEqual([second]);
    expect(await list({ status: 'stopped' })).toEqual([]);
  });

  it.each(['paused', 'stopped'] as const)(
    'that is %s stays so through an update, also one that fails',
    async (rest) => {
      const agentId = await serving();
      await act(agentId, rest === 'paused' ? 'pause' : 'stop');
      expect(await change('PATCH', agentId, { sop: '1. Greet twice.' })).toMatchObject({ status: 202 });
      expect(await read(agentId)).toMatchObject({ status: 'updating', restsIn: rest });
      await end(agentId, 'activate');
      expect(await read(agentId)).toMatchObject({ status: rest, restsIn: null });
      await change('PATCH', agentId, { sop: '1. Greet thrice.' });
      await end(agentId, 'fallBack', 'failed');
      expect(await read(agentId)).toMatchObject({ status: rest, restsIn: null });
      const retried = await act(agentId, 'retry');
      expect(retried).toMatchObject({ status: 202, body: { status: 'updating' } });
      expect(await read(agentId)).toMatchObject({ restsIn: rest });
    },
  );

  it('can be paused while it is being updated, and is paused when the update is there', async () => {
    const agentId = await serving();
    await change('PATCH', agentId, { sop: '1. Greet twice.' });
    expect(await act(agentId, 'pause')).toMatchObject({ status: 200, body: { status: 'updating' } });
    await end(agentId, 'activate');
    expect(await read(agentId)).toMatchObject({ status: 'paused' });
  });

  it('takes the short form of the documented engine: a name, a status, or both in one write', async () => {
    const agentId = await serving();
    const put = (body: object) => change('PUT', agentId, body);
    expect(await put({ name: 'New name', status: 'paused' })).toMatchObject({
      status: 200,
      body: { status: 'paused' },
    });
    expect(await read(agentId)).toMatchObject({ agentName: 'New name', status: 'paused' });
    expect(await put({ status: 'active' })).toMatchObject({ status: 200, body: { status: 'active' } });
    expect(await put({ name: 'Another' })).toMatchObject({ status: 200 });
    expect(await put({ status: 'stopped' })).toMatchObject({ status: 200, body: { status: 'stopped' } });
    expect(await put({ status: 'paused' })).toMatchObject({ status: 409, body: { code: 'lifecycle-not-allowed' } });
    expect(await put({ status: 'active', name: 'Open' })).toMatchObject({ status: 200, body: { status: 'active' } });
    expect(await read(agentId)).toMatchObject({ agentName: 'Open', status: 'active' });
    const wrong = await put({ status: 'active', sop: '1. No.' });
    expect(wrong).toMatchObject({ status: 400, body: { errors: [{ pointer: '/sop' }] } });
    expect(await put({ agentName: 'Half' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/agentType' }, { pointer: '/sop' }] },
    });
  });

  it('before it serves cannot be controlled, and when it never served neither', async () => {
    const agentId = await create(FIELDS);
    expect(await act(agentId, 'pause')).toMatchObject({ status: 409, body: { code: 'agent-busy' } });
    await world.deps.agents.transition(keyOf(agentId), 'fail', { provisioning: { status: 'failed' } }, { now: 1 });
    expect(await act(agentId, 'start')).toMatchObject({ status: 409, body: { code: 'lifecycle-not-allowed' } });
  });

  it('made of a character has a numbered SOP that follows it, until its owner writes his own', async () => {
    const made = { agentName: 'Cozy', agentType: 'text', businessType: 'retail', characterConfig: CHARACTER };
    const agentId = await serving({ ...made, context: { hours: '9-6' }, pausedNotice: 'Back soon.' });
    const shown = await read(agentId);
    expect(shown).toMatchObject({
      sop: sopFromCharacter({ businessType: 'retail', character: CHARACTER, businessContext: { hours: '9-6' } }),
      businessType: 'retail',
      characterConfig: CHARACTER,
      context: { hours: '9-6' },
      replyEngine: 'agentcore',
      pausedNotice: 'Back soon.',
      description: null,
    });
    expect(shown.sop).toMatch(/^1\. Greet the customer in the name of Cozy/);
    const moved = await change('PATCH', agentId, { context: { hours: '10-4' } });
    expect(moved).toMatchObject({ status: 202 });
    await end(agentId, 'activate');
    expect((await read(agentId)).sop).toContain('hours: 10-4');
    await change('PATCH', agentId, { sop: '1. My own.' });
    await end(agentId, 'activate');
    expect(await change('PATCH', agentId, { context: { hours: '8-8' }, replyEngine: 'elizaos' })).toMatchObject({
      status: 200,
      body: { message: 'The agent has been changed' },
    });
    expect(await read(agentId)).toMatchObject({ sop: '1. My own.', context: { hours: '8-8' }, replyEngine: 'elizaos' });
  });

  it('asked for with channels has their rows from the first moment, with the settings of each type', async () => {
    const agentId = await create({
      ...FIELDS,
      channels: ['voice', { channelType: 'whatsapp', settings: { accountId: '106540352242922' } }],
    });
    expect((await read(agentId)).channels).toMatchObject([
      { channelType: 'voice', status: 'provisioning', settings: { countryCode: 'US', phoneNumberType: 'DID' } },
      { channelType: 'whatsapp', status: 'provisioning', settings: { accountId: '106540352242922' } },
    ]);
  });

  it('tells its channels when the business changes, in a run of the same version, and only those that are there', async () => {
    const agentId = await serving({ ...FIELDS, channels: ['voice', 'chat'], characterConfig: CHARACTER });
    const set = (type: string, status: string) =>
      world.channels.set(`${agentId}#${type}`, { ...world.channels.get(`${agentId}#${type}`), status } as never);
    set('voice', 'active');
    set('chat', 'failed');
    expect(await change('PATCH', agentId, { pausedNotice: 'Back soon.' })).toMatchObject({ status: 200 });
    await act(agentId, 'pause');
    const told = await change('PATCH', agentId, { characterConfig: { ...CHARACTER, businessName: 'Cosy' } });
    expect(told).toMatchObject({ status: 202, body: { status: 'updating' } });
    expect(world.runs.at(-1)).toEqual({
      name: `${agentId}-v1-r2`,
      input: { userId: 'ann', agentId, version: 1, run: 2, resumeFrom: 'DeployChannels' },
    });
    const shown = await read(agentId);
    expect(shown).toMatchObject({ version: 1, restsIn: 'paused', characterConfig: { businessName: 'Cosy' } });
    expect(shown.channels.map((channel: Channel) => `${channel.channelType} ${channel.status}`)).toEqual([
      'voice provisioning',
      'chat failed',
    ]);
    set('voice', 'active');
    await end(agentId, 'activate');
    expect(await change('PUT', agentId, { name: 'New name' })).toMatchObject({ status: 202 });
    expect(await read(agentId)).toMatchObject({ agentName: 'New name', provisioning: { run: 3, version: 1 } });
  });

  it.each([
    ['neither SOP nor character', { agentName: 'A', agentType: 'text' }, '/sop'],
    ['an unknown channel', { ...FIELDS, channels: ['pigeon'] }, '/channels/0'],
    ['the same channel twice', { ...FIELDS, channels: ['sms', { channelType: 'sms' }] }, '/channels'],
    ['an unknown kind of business', { ...FIELDS, businessType: 'circus' }, '/businessType'],
    ['too much context', { ...FIELDS, context: { a: 'x'.repeat(9000) } }, '/context'],
    ['a name of two lines', { ...FIELDS, characterConfig: { businessName: 'a\nb' } }, '/characterConfig/businessName'],
  ])('is not made with %s', async (_name, body, pointer) => {
    const { status, body: problem } = await call(jsonEvent({ routeKey: 'POST /api/v1/agents' }, body));
    expect([status, problem.code, problem.errors[0].pointer]).toEqual([400, 'invalid-request', pointer]);
    expect(world.agents.size).toBe(0);
  });
});
