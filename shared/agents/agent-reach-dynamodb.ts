import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Channel } from '../channels/channel.ts';
import { documentClient } from '../kernel/document-dynamodb.ts';
import type { AgentId, UserId } from '../kernel/ids.ts';
import type { AgentReach, AgentReaches } from './agent-reach.ts';

interface ReachEnv {
  readonly CHANNELS_TABLE: string;
  readonly PHONE_NUMBERS_TABLE: string;
}

/** Name of the index, on both tables, that has a tenant's rows in the order of their agents. */
const BY_AGENT = 'agent-index';
/** Rows read at once: all that a page of a hundred agents has, as a rule. */
const READ_AT_ONCE = 500;

type Row = Readonly<Record<string, unknown>>;
type ChannelRow = Pick<Channel, 'agentId' | 'channelType' | 'status' | 'resources'>;
interface NumberRow {
  readonly agentId: AgentId;
  readonly phoneNumber: string;
}

/** Read from the tables that own them: nothing is copied. */
export const dynamoAgentReaches = (
  { CHANNELS_TABLE, PHONE_NUMBERS_TABLE }: ReachEnv,
  client: DynamoDBDocumentClient = documentClient(),
  readAtOnce = READ_AT_ONCE,
): AgentReaches => ({
  of: async (userId, agentIds) => {
    const ids = agentIds.toSorted().toReversed();
    const read = rowsOfAgents(client, userId, readAtOnce);
    const [channels, numbers] = await Promise.all([
      read({
        TableName: CHANNELS_TABLE,
        sortKey: 'agentKey',
        wanted: ids.map((agentId) => `${userId}#${agentId}`),
      }),
      read({ TableName: PHONE_NUMBERS_TABLE, sortKey: 'agentId', wanted: ids }),
    ]);
    return reachesOf(
      channels.map((row) => ({ ...row, agentId: String(row.agentKey).slice(userId.length + 1) }) as ChannelRow),
      numbers as unknown as readonly NumberRow[],
    );
  },
});

const reachesOf = (
  channels: readonly ChannelRow[],
  numbers: readonly NumberRow[],
): ReadonlyMap<AgentId, AgentReach> => {
  const channelsOf = Map.groupBy(channels, ({ agentId }) => agentId);
  const numbersOf = Map.groupBy(numbers, ({ agentId }) => agentId);
  const ids = [...new Set([...channelsOf.keys(), ...numbersOf.keys()])];
  return new Map(
    ids.map((agentId) => {
      const own = channelsOf.get(agentId) ?? [];
      const brought = own.flatMap(({ resources }) => resources.phoneNumber ?? []);
      const answered = (numbersOf.get(agentId) ?? []).map(({ phoneNumber }) => phoneNumber);
      const reach: AgentReach = {
        channels: own
          .map(({ channelType, status }) => ({ channelType, status }))
          .toSorted((one, other) => (one.channelType < other.channelType ? -1 : 1)),
        phoneNumbers: [...new Set([...answered, ...brought])].toSorted(),
      };
      return [agentId, reach];
    }),
  );
};

interface Range {
  readonly TableName: string;
  readonly sortKey: string;
  /** Values of the sort key, descending. */
  readonly wanted: readonly string[];
}

/**
 * The rows of wanted agents, by the range from the first to the last. Where others lie between, as in a listing that is
 * narrowed, the next read begins at the next one wanted: there are at most as many reads as there are agents and full
 * reads of their own rows.
 */
const rowsOfAgents =
  (client: DynamoDBDocumentClient, userId: UserId, Limit: number) =>
  async ({ TableName, sortKey, wanted }: Range): Promise<readonly Row[]> => {
    const rows: Row[] = [];
    const isWanted = new Set<unknown>(wanted);
    let left = wanted;
    let start: Record<string, unknown> | undefined;
    while (left.length > 0) {
      const { Items = [], LastEvaluatedKey: last } = await client.send(
        new QueryCommand({
          TableName,
          IndexName: BY_AGENT,
          KeyConditionExpression: 'userId = :userId AND #key BETWEEN :from AND :to',
          ExpressionAttributeNames: { '#key': sortKey },
          ExpressionAttributeValues: { ':userId': userId, ':from': left.at(-1), ':to': left[0] },
          ScanIndexForward: false,
          Limit,
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      );
      rows.push(...Items.filter((row) => isWanted.has(row[sortKey])));
      if (last === undefined) break;
      left = left.filter((key) => key <= String(last[sortKey]));
      start = left[0] === last[sortKey] ? last : undefined;
    }
    return rows;
  };
