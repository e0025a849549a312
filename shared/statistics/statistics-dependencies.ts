import type * as z from 'zod';
import { dynamoAgentStore } from '../agents/agents-dynamodb.ts';
import { systemClock } from '../kernel/real-dependencies.ts';
import type { ReadStatisticsDeps, ReadStatisticsEnv } from './read-statistics.ts';
import { dynamoStatisticsStore } from './statistics-dynamodb.ts';

/** What reading statistics needs. */
export const statisticsDependencies = (env: z.output<typeof ReadStatisticsEnv>): ReadStatisticsDeps => ({
  agents: dynamoAgentStore(env),
  statistics: dynamoStatisticsStore(env),
  clock: systemClock,
});
