import { expect, test } from 'vitest';
import {
  AGENT_STATUSES,
  AGENT_TRANSITIONS,
  type AgentStatus,
  LIFECYCLE_ACTIONS,
} from '../../../shared/agents/agent.ts';
import { readFilter, writeFilter } from '../../../web/dashboard/agents/agent-filter.ts';
import type { AgentSummary } from '../../../web/dashboard/agents/agent-types.ts';
import { actionsFor } from '../../../web/dashboard/agents/lifecycle.ts';
import { type AgentMessage, withAgentMessage } from '../../../web/dashboard/agents/live-agents.ts';

const agent = (agentId: string, status: AgentStatus): AgentSummary => ({
  agentId,
  agentName: 'Cozy',
  agentType: 'both',
  status,
  statusReason: null,
  knowledgeBaseId: agentId,
  version: 1,
  activeVersion: null,
  websocketUrl: null,
  apiEndpoint: 'https://example.com',
  createdAt: 1,
  updatedAt: 1,
  channels: [{ channelType: 'sms', status: 'active' }],
  phoneNumbers: [],
});

const message = (agentId: string, status: AgentStatus): AgentMessage => ({
  type: 'agent',
  agentId,
  agentName: 'Cozy',
  status,
  revision: 3,
  version: 1,
  activeVersion: status === 'active' ? 1 : null,
  statusReason: null,
  provisioning: { run: 1, status: 'running', steps: [] },
});

test('a message changes its agent in the list; progress that a list does not show changes nothing', () => {
  const agents = [agent('a', 'creating'), agent('b', 'active')];
  expect({
    changed: withAgentMessage(agents, message('a', 'active')),
    same: withAgentMessage(agents, message('a', 'creating')) === agents,
    unknown: withAgentMessage(agents, message('c', 'active')),
  }).toEqual({
    changed: [{ ...agent('a', 'active'), activeVersion: 1 }, agent('b', 'active')],
    same: true,
    unknown: undefined,
  });
});

test('what a menu offers is what the table of transitions allows', () => {
  const resting = AGENT_STATUSES.filter((status) => status !== 'updating');
  const offered = resting.map((status) => [status, [...actionsFor({ status })].sort()]);
  const legal = resting.map((status) => [
    status,
    [
      ...LIFECYCLE_ACTIONS.filter((action) => (AGENT_TRANSITIONS[action].from as readonly string[]).includes(status)),
      ...(status === 'deleting' ? [] : ['delete']),
    ].sort(),
  ]);
  expect(offered).toEqual(legal);
});

test('a filter comes back from the address as it went there, and nonsense filters nothing', () => {
  const filter = { operation: 'or' as const, tokens: [{ propertyKey: 'status', operator: '=', value: 'Active' }] };
  expect([
    readFilter(writeFilter(filter) ?? null),
    readFilter('{"tokens":3}'),
    readFilter('{'),
    writeFilter(readFilter(null)),
  ]).toEqual([filter, { tokens: [], operation: 'and' }, { tokens: [], operation: 'and' }, undefined]);
});
