import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Agent } from '../../../shared/agents/agent.ts';
import type { CallId } from '../../../shared/calls/call.ts';
import { AgentId, UserId } from '../../../shared/kernel/ids.ts';
import type { AgentAnswer } from '../../../shared/voice/keeper/call-keeper.ts';
import { keepCall } from '../../../shared/voice/keeper/keep-call.ts';
import { dynamoSettingsMarks } from '../../../shared/voice/settings/settings-marks-dynamodb.ts';
import type { CallDraft } from '../../../shared/voice/stores/draft-call.ts';
import { hashOfToken } from '../../../shared/voice/stores/session-keys.ts';
import { VoiceSettings } from '../../../shared/voice/voice-settings.ts';
import { servingAgent, TABLES } from '../../access/support/tables.ts';
import { startGateway } from '../gateway/support.ts';
import { AGENT, checkpoint, draftOf, newCallId } from '../stores/support.ts';

let world: Awaited<ReturnType<typeof startGateway>>;

const BILLING = '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b12';
const withoutVersion = ({ activeVersion: _none, ...agent }: Agent): Partial<Agent> => agent;

const OF_OTHERS: readonly Partial<Agent>[] = [
  servingAgent(BILLING, { agentName: 'Billing', voice: VoiceSettings.parse({ voice: 'matthew' }), revision: 12 }),
  servingAgent('019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b13', { agentType: 'text' }),
  servingAgent('019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b14', { status: 'paused' }),
  servingAgent('019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b15', { status: 'stopped' }),
  withoutVersion(servingAgent('019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b16', { status: 'creating' })),
  servingAgent('019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b17', { status: 'deleting' }),
  servingAgent('019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b18', { userId: UserId.parse('bob') }),
];

beforeAll(async () => {
  world = await startGateway(1000);
  for (const agent of [servingAgent(AGENT), ...OF_OTHERS]) await world.putAgent(agent);
});
afterAll(() => world?.stop());

/** A call whose first owner has claimed it. */
const held = async (changes: Partial<CallDraft> = {}) => {
  const callId = newCallId();
  const nowMs = world.time.nowMs;
  const rows = draftOf(callId, 'ann', { nowMs, ...changes });
  await world.sessions.open({ ...rows, nowMs, lineUntilMs: nowMs + 30_000, mayWait: false });
  const claim = { callId, epoch: 1, ownerToken: 'first' };
  const keeper = world.keeperOf(claim);
  await keeper.claim();
  return { callId, claim, keeper };
};

const inShort = (answer: AgentAnswer): string =>
  answer.outcome === 'refused'
    ? answer.code
    : `${answer.outcome}: ${'terms' in answer ? answer.terms.agentName : answer.agentName}`;

test('a caller may switch to agents of the same tenant that answer calls', async () => {
  const { keeper } = await held();
  const wanted = [AGENT, ...OF_OTHERS.map(({ agentId = '' }) => agentId)];
  expect(await Promise.all(wanted.map(async (agentId) => inShort(await keeper.agent(agentId))))).toEqual([
    'found: Shop',
    'found: Billing',
    'agent-has-no-voice',
    'agent-paused',
    'agent-stopped',
    'agent-not-ready',
    'agent-not-found',
    'agent-not-found',
  ]);
});

test('who came with the key of an agent talks to that agent only', async () => {
  const { keeper } = await held({ keyId: 'k1' });
  expect([inShort(await keeper.agent(AGENT)), inShort(await keeper.agent(BILLING))]).toEqual([
    'found: Shop',
    'agent-switch-denied',
  ]);
});

test('the terms are those of the row as it is now, with its revision', async () => {
  const { keeper } = await held();
  expect(await keeper.agent(BILLING)).toEqual({
    outcome: 'found',
    terms: {
      agentId: BILLING,
      agentName: 'Billing',
      agentVersion: 1,
      agentRuntimeArn: 'arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/o_dev_1-abcdefghij',
      endpointName: 'live',
      settings: VoiceSettings.parse({ voice: 'matthew' }),
      settingsVersion: 12,
    },
  });
});

test('a successor goes on with the agent of the checkpoint, whatever the owner before wrote about it', async () => {
  const { callId, keeper } = await held();
  await keeper.record({ entries: [], checkpoint: { ...checkpoint(0), agent: { agentId: BILLING } }, spentMicroUsd: 0 });
  const lost = await takenOver(callId);
  expect(lost).toMatchObject({ agentId: BILLING, agentName: 'Billing', settings: { voice: 'matthew' } });
});

test('a successor does not go on with another tenant’s agent, nor with one that a key does not open', async () => {
  const foreign = await held();
  const bobs = { agentId: '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b18' };
  await foreign.keeper.record({ entries: [], checkpoint: { ...checkpoint(0), agent: bobs }, spentMicroUsd: 0 });
  const keyed = await held({ keyId: 'k1' });
  const other = { agentId: BILLING };
  await keyed.keeper.record({ entries: [], checkpoint: { ...checkpoint(0), agent: other }, spentMicroUsd: 0 });
  expect([(await takenOver(foreign.callId)).agentId, (await takenOver(keyed.callId)).agentId]).toEqual([AGENT, AGENT]);
});

/** What the owner is told that follows a lost one. */
const takenOver = async (callId: CallId) => {
  const second = { callId, epoch: 2, ownerToken: 'second' };
  const tokenHash = hashOfToken('second');
  await world.sessions.callOwner({ callId, epoch: 2, tokenHash, cause: 'takeover', calledAtMs: world.time.nowMs });
  return world.keeperOf(second).claim();
};

test('an agent’s own runtime is told that another agent is elsewhere, and nothing of it; and so are settings it cannot carry out', async () => {
  const { callId, claim } = await held({ transport: 'direct' });
  const ask = keepCall({
    ...world.keeperDeps,
    uploads: { sign: () => Promise.reject(new Error('An address was asked for.')) },
    calls: world.calls,
  });
  const request = { method: 'agent', ...claim };
  const answers = [await ask({ ...request, agentId: BILLING }), await ask({ ...request, agentId: AGENT })];
  await world.putAgent(
    servingAgent(AGENT, { voice: VoiceSettings.parse({ engine: 'openai-realtime', voice: 'alloy' }) }),
  );
  const changed = await ask({ ...request, agentId: AGENT });
  await world.putAgent(servingAgent(AGENT));
  expect({ callId, answers, changed, bad: await ask({ ...request, agentId: 'x' }) }).toEqual({
    callId,
    answers: [
      { outcome: 'done', result: { outcome: 'elsewhere', agentName: 'Billing' } },
      { outcome: 'done', result: expect.objectContaining({ outcome: 'found' }) },
    ],
    changed: { outcome: 'done', result: { outcome: 'elsewhere', agentName: 'Shop' } },
    bad: expect.objectContaining({ outcome: 'invalid' }),
  });
});

test('an owner sees the latest change of the agent that speaks, in whichever order changes were told', async () => {
  const marks = dynamoSettingsMarks(TABLES, world.client);
  await fc.assert(
    fc.asyncProperty(
      fc.uuid({ version: 7 }),
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 6 }),
      async (id, told) => {
        const agentId = AgentId.parse(id);
        const { keeper } = await held();
        const before = await keeper.look({ afterCommand: 0, agentId });
        await Promise.all(
          told.map((revision) => marks.changed({ userId: UserId.parse('ann'), agentId }, revision, world.time.nowMs)),
        );
        const seen = await keeper.look({ afterCommand: 0, agentId });
        const own = await keeper.look({ afterCommand: 0 });
        expect([before.settingsVersion, seen.settingsVersion, own.settingsVersion]).toEqual([0, Math.max(...told), 0]);
      },
    ),
    { numRuns: 15 },
  );
});
