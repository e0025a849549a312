import * as z from 'zod';
import type { AgentStore } from '../agents/agent-store.ts';
import { requestedAgent } from '../agents/requested-agent.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import type { Clock } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import { refused } from '../kernel/problems.ts';
import { type Granularity, periodOf, periodsBetween, periodsSpanned } from './period.ts';
import { statisticsView, tallyView } from './statistics-report.ts';
import type { StatisticsScope, StatisticsStore } from './statistics-store.ts';

export const ReadStatisticsEnv = z.object({ AGENTS_TABLE: text, STATISTICS_TABLE: text });

export interface ReadStatisticsDeps {
  readonly agents: Pick<AgentStore, 'find'>;
  readonly statistics: StatisticsStore;
  readonly clock: Clock;
}

const WEEK_MS = 7 * 86_400_000;
/** A month of hours, more than a year of days: what a chart can show. */
const MOST_PERIODS: Readonly<Record<Granularity, number>> = { hour: 768, day: 400 };

type Query = RequestOf<'getStatistics'>['query'];

/** What all agents of the tenant did, deleted ones included. */
export const getStatistics =
  (deps: ReadStatisticsDeps) =>
  ({ userId, query }: Pick<RequestOf<'getStatistics'>, 'userId' | 'query'>): Promise<ApiAnswer> =>
    report(deps, { userId }, query);

/** What one agent did. Throws `agent-not-found`. */
export const getAgentStatistics =
  (deps: ReadStatisticsDeps) =>
  async (request: Pick<RequestOf<'getAgentStatistics'>, 'userId' | 'query' | 'params'>): Promise<ApiAnswer> => {
    const { userId, agentId } = await requestedAgent(deps, request);
    return report(deps, { userId, agentId }, request.query);
  };

/** What each agent did on one day. */
export const listAgentStatistics =
  ({ statistics, clock }: ReadStatisticsDeps) =>
  async ({ userId, query }: Pick<RequestOf<'listAgentStatistics'>, 'userId' | 'query'>): Promise<ApiAnswer> => {
    const day = query.day ?? new Date(clock.now()).toISOString().slice(0, 10);
    const found = await statistics.readAgents(userId, day);
    const agents = [...found].map(([agentId, tally]) => {
      const { calls, minutes, answers, costMicroUsd } = tallyView(tally);
      return { agentId, calls, minutes, answers, costMicroUsd };
    });
    return { status: 200, body: { day, agents } };
  };

const report = async (
  { statistics, clock }: ReadStatisticsDeps,
  scope: StatisticsScope,
  { granularity, to = clock.now(), from = to - WEEK_MS }: Query,
): Promise<ApiAnswer> => {
  demandRange(granularity, from, to);
  const rows = await statistics.read(scope, periodOf(granularity, from), periodOf(granularity, to));
  return { status: 200, body: statisticsView(granularity, periodsBetween(granularity, from, to), rows) };
};

const demandRange = (granularity: Granularity, from: number, to: number): void => {
  const refuse = (message: string) => refused([{ pointer: '/query/from', message, code: 'invalid-request' }]);
  if (from > to) throw refuse('The beginning lies before the end.');
  const most = MOST_PERIODS[granularity];
  if (periodsSpanned(granularity, from, to) > most) throw refuse(`At most ${most} of these periods at once.`);
};
