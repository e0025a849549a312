import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { documentClient } from '../kernel/document-dynamodb.ts';
import type { Agent } from './agent.ts';
import type { AgentStore } from './agent-store.ts';

/** Agents in DynamoDB, for functions that only look one up: the rest of the store would be half their bundle's room. */
export const dynamoAgentReader = (
  { AGENTS_TABLE }: { readonly AGENTS_TABLE: string },
  client: DynamoDBDocumentClient = documentClient(),
): Pick<AgentStore, 'find'> => ({
  find: async ({ userId, agentId }) => {
    const command = new GetCommand({ TableName: AGENTS_TABLE, Key: { userId, agentId }, ConsistentRead: true });
    return agentOf((await client.send(command)).Item);
  },
});

/** The agent of a row, without what only the indices read. */
export const agentOf = (row: Record<string, unknown> | undefined): Agent | undefined => {
  if (row === undefined) return undefined;
  const { listKey: _listKey, statusKey: _statusKey, restsInKey: _restsInKey, ...agent } = row;
  return agent as unknown as Agent;
};
