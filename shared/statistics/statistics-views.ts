import * as z from 'zod';

const Count = z.int().nonnegative();
const LatencyMs = z.int().nonnegative().nullable();

const ChannelTotals = z.strictObject({
  channel: z.string().meta({ description: '`phone`, `browser`, `text`, `whatsapp`, …' }),
  calls: Count,
  minutes: z.number().nonnegative(),
  answers: Count,
  costMicroUsd: Count,
});

const totals = {
  calls: Count.meta({ description: 'Calls that are over, counted where they began.' }),
  failedCalls: Count.meta({ description: 'Those of them that failed.' }),
  minutes: z.number().nonnegative().meta({ description: 'From answer to end, all calls together.' }),
  answers: Count.meta({ description: 'What agents answered, aloud and in writing.' }),
  interruptions: Count,
  handOffs: Count.meta({ description: 'To people.' }),
  toolCalls: Count,
  toolErrors: Count.meta({ description: 'Tools that failed or took too long.' }),
  costMicroUsd: Count.meta({ description: 'Of calls, in millionths of a US dollar.' }),
  latency: z
    .strictObject({ measured: Count, p50Ms: LatencyMs, p95Ms: LatencyMs })
    .meta({ description: 'End of the caller’s speech to first sound, from a histogram: exact to its bucket.' }),
  byChannel: z.array(ChannelTotals),
};

export const StatisticsView = z
  .strictObject({
    granularity: z.enum(['hour', 'day']),
    periods: z.array(
      z.strictObject({
        from: z.string().meta({ description: 'When it begins, UTC.', format: 'date-time' }),
        ...totals,
      }),
    ),
    totals: z.strictObject(totals),
  })
  .meta({ id: 'Statistics' });

export const AgentStatisticsView = z
  .strictObject({
    day: z.string(),
    agents: z.array(
      z.strictObject({ agentId: z.uuid(), calls: Count, minutes: z.number(), answers: Count, costMicroUsd: Count }),
    ),
  })
  .meta({ id: 'AgentStatistics' });
