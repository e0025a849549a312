import { type DynamoDBDocumentClient, GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { documentClient } from '../kernel/document-dynamodb.ts';
import type { AgentId } from '../kernel/ids.ts';
import type { Chosen, DefaultAgent, DefaultAgents } from './default-agents.ts';

/** Sort key of the choice's row among a user's agents; no UUID, and in none of the indices. */
const CHOICE = 'default';

/** Choices in the agents' table, so that one transaction sees both. */
export const dynamoDefaultAgents = (
  { AGENTS_TABLE: TableName }: { readonly AGENTS_TABLE: string },
  client: DynamoDBDocumentClient = documentClient(),
): DefaultAgents => ({
  find: async (userId) => {
    const Key = { userId, agentId: CHOICE };
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    if (Item === undefined) return undefined;
    return { agentId: Item.defaultAgentId as AgentId, revision: Item.revision as number };
  },
  choose: async ({ userId, agentId }, former) => {
    const exists = {
      TableName,
      Key: { userId, agentId },
      ConditionExpression: 'attribute_exists(agentId) AND #status <> :deleting',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':deleting': 'deleting' },
    };
    const Item = { userId, agentId: CHOICE, defaultAgentId: agentId, revision: (former?.revision ?? 0) + 1 };
    const choice = { TableName, Item, ...stillIs(former) };
    try {
      await client.send(new TransactWriteCommand({ TransactItems: [{ ConditionCheck: exists }, { Put: choice }] }));
      return 'chosen';
    } catch (error) {
      return outcomeOf(error);
    }
  },
});

const stillIs = (former: DefaultAgent | undefined) =>
  former === undefined
    ? { ConditionExpression: 'attribute_not_exists(agentId)' }
    : { ConditionExpression: 'revision = :revision', ExpressionAttributeValues: { ':revision': former.revision } };

/** By the reasons of the transaction's two items, in their order. */
const outcomeOf = (error: unknown): Chosen => {
  const reasons = (error as { readonly CancellationReasons?: readonly { readonly Code?: string }[] })
    .CancellationReasons;
  if (!(error instanceof Error) || error.name !== 'TransactionCanceledException' || reasons === undefined) throw error;
  const [agent, choice] = reasons.map(({ Code }) => Code);
  if (agent === 'ConditionalCheckFailed') return 'gone';
  if (choice === 'ConditionalCheckFailed' || choice === 'TransactionConflict' || agent === 'TransactionConflict')
    return 'raced';
  throw error;
};
