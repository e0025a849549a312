import { GRANULARITIES, type Granularity, periodOf } from './period.ts';
import type { Counted, StatisticsScope } from './statistics-store.ts';
import {
  CHANNEL_COUNTERS,
  type ChannelCounter,
  COUNTERS,
  EMPTY_TALLY,
  NO_CHANNEL_COUNTERS,
  type Tally,
} from './tally.ts';

/** How long hours are kept; days stay. */
const HOURS_KEPT_SECONDS = 32 * 86_400;

/** Partition of a tenant's rows, or of one of its agents'. */
export const scopeKeyOf = ({ userId, agentId }: StatisticsScope): string =>
  agentId === undefined ? userId : `${userId}#${agentId}`;

const LATENCY = 'latency#';
const CHANNEL = 'channel#';

/** Attributes of a row: one flat number for each count, so that DynamoDB can add to it whether it is there or not. */
const attributesOf = ({ counters, latency, channels }: Tally): readonly (readonly [string, number])[] =>
  [
    ...COUNTERS.map((name) => [name, counters[name]] as const),
    ...latency.map((count, bucket) => [`${LATENCY}${bucket}`, count] as const),
    ...Object.entries(channels).flatMap(([channel, counts]) =>
      CHANNEL_COUNTERS.map((name) => [`${CHANNEL}${channel}#${name}`, counts[name]] as const),
    ),
  ].filter(([, count]) => count !== 0);

/** A row as its tally. */
export const tallyOfRow = (row: Readonly<Record<string, unknown>>): Tally => {
  const channels: Record<string, Record<ChannelCounter, number>> = {};
  for (const [attribute, count] of Object.entries(row)) {
    const [, channel, name] = attribute.startsWith(CHANNEL) ? attribute.split('#') : [];
    const counter = CHANNEL_COUNTERS.find((one) => one === name);
    if (channel === undefined || counter === undefined) continue;
    channels[channel] = { ...(channels[channel] ?? NO_CHANNEL_COUNTERS), [counter]: Number(count) };
  }
  return {
    counters: Object.fromEntries(COUNTERS.map((name) => [name, Number(row[name] ?? 0)])) as Tally['counters'],
    latency: EMPTY_TALLY.latency.map((_, bucket) => Number(row[`${LATENCY}${bucket}`] ?? 0)),
    channels: Object.fromEntries(Object.entries(channels).sort(([one], [other]) => (one < other ? -1 : 1))),
  };
};

/** What DynamoDB takes for one addition to a row, made by it if need be. */
export interface Addition {
  readonly TableName: string;
  readonly Key: { readonly scopeKey: string; readonly period: string };
  readonly UpdateExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: Record<string, string | number>;
}

/** The additions to hour and day of tenant and agent. Empty for an empty tally. */
export const additionsOf = (TableName: string, counted: Counted): readonly Addition[] => {
  const attributes = attributesOf(counted.tally);
  if (attributes.length === 0) return [];
  const { userId, agentId } = counted;
  return [{ userId }, { userId, agentId }].flatMap((scope) =>
    GRANULARITIES.map((granularity) => additionTo(TableName, scope, granularity, counted, attributes)),
  );
};

const additionTo = (
  TableName: string,
  scope: StatisticsScope,
  granularity: Granularity,
  { atMs }: Counted,
  attributes: readonly (readonly [string, number])[],
): Addition => {
  const period = periodOf(granularity, atMs);
  const fixed: Readonly<Record<string, string | number>> = {
    ...(granularity === 'hour' ? { expiresAt: Math.floor(atMs / 1000) + HOURS_KEPT_SECONDS } : {}),
    // What the index of a tenant's agents by day is keyed by.
    ...(granularity === 'day' && scope.agentId !== undefined
      ? { dayKey: `${scope.userId}#${period.slice('day#'.length)}`, agentId: scope.agentId }
      : {}),
  };
  const adds = attributes.map(([, count], index) => [`#a${index}`, `:a${index}`, count] as const);
  const sets = Object.entries(fixed).map(([, value], index) => [`#s${index}`, `:s${index}`, value] as const);
  const clauses = [
    `ADD ${adds.map(([name, value]) => `${name} ${value}`).join(', ')}`,
    ...(sets.length === 0 ? [] : [`SET ${sets.map(([name, value]) => `${name} = ${value}`).join(', ')}`]),
  ];
  return {
    TableName,
    Key: { scopeKey: scopeKeyOf(scope), period },
    UpdateExpression: clauses.join(' '),
    ExpressionAttributeNames: Object.fromEntries([
      ...attributes.map(([attribute], index) => [`#a${index}`, attribute]),
      ...Object.keys(fixed).map((attribute, index) => [`#s${index}`, attribute]),
    ]),
    ExpressionAttributeValues: Object.fromEntries([...adds, ...sets].map(([, value, count]) => [value, count])),
  };
};
