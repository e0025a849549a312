import type { Operation } from '../http/operation.ts';
import { AgentStatisticsQuery, StatisticsQuery } from './statistics-requests.ts';

/** Operations that read what was counted. */
export const STATISTICS_OPERATIONS = {
  getStatistics: {
    method: 'GET',
    path: '/statistics',
    functionName: 'read-statistics',
    scope: 'agents:read',
    query: StatisticsQuery,
  },
  listAgentStatistics: {
    method: 'GET',
    path: '/statistics/agents',
    functionName: 'read-statistics',
    scope: 'agents:read',
    query: AgentStatisticsQuery,
  },
  getAgentStatistics: {
    method: 'GET',
    path: '/agents/{agentId}/statistics',
    functionName: 'read-statistics',
    scope: 'agents:read',
    query: StatisticsQuery,
  },
} as const satisfies Record<string, Operation>;
