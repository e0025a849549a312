import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { documentClient, isConditionFailure } from '../kernel/document-dynamodb.ts';
import { type AttributeChange, type UpdateParts, updateParts } from '../kernel/update-expression.ts';
import type { KnowledgeBase } from './knowledge-base.ts';
import type { KnowledgeBaseChange, KnowledgeBaseStore } from './knowledge-base-store.ts';

interface KnowledgeBaseStoreEnv {
  readonly KNOWLEDGE_BASES_TABLE: string;
}

/** Name of the index that lists a tenant's knowledge bases. */
const KNOWLEDGE_BASES_BY_USER = 'userId-index';

/** The update of one row, also used as a part of a transaction with its agent. */
export const knowledgeBaseUpdate = (change: KnowledgeBaseChange, now: number): UpdateParts =>
  updateParts(attributeChanges(change, now), [{ path: ['knowledgeBaseId'], exists: true }]);

/** Knowledge bases in DynamoDB. */
export const dynamoKnowledgeBaseStore = (
  { KNOWLEDGE_BASES_TABLE: TableName }: KnowledgeBaseStoreEnv,
  client: DynamoDBDocumentClient = documentClient(),
): KnowledgeBaseStore => ({
  find: async (knowledgeBaseId) => {
    const { Item } = await client.send(new GetCommand({ TableName, Key: { knowledgeBaseId }, ConsistentRead: true }));
    return Item as KnowledgeBase | undefined;
  },
  list: async ({ userId, limit, after }) => {
    const page = await client.send(
      new QueryCommand({
        TableName,
        IndexName: KNOWLEDGE_BASES_BY_USER,
        KeyConditionExpression: 'userId = :userId',
        ExpressionAttributeValues: { ':userId': userId },
        ScanIndexForward: false,
        Limit: limit,
        ...(after === undefined ? {} : { ExclusiveStartKey: { userId, knowledgeBaseId: after } }),
      }),
    );
    const last = page.LastEvaluatedKey?.knowledgeBaseId as KnowledgeBase['knowledgeBaseId'] | undefined;
    return { knowledgeBases: (page.Items ?? []) as KnowledgeBase[], ...(last === undefined ? {} : { last }) };
  },
  update: async (knowledgeBaseId, change, { now }) => {
    const command = new UpdateCommand({
      TableName,
      Key: { knowledgeBaseId },
      ...knowledgeBaseUpdate(change, now),
      ReturnValues: 'ALL_NEW',
    });
    try {
      return (await client.send(command)).Attributes as KnowledgeBase;
    } catch (error) {
      if (isConditionFailure(error)) return undefined;
      throw error;
    }
  },
  remove: async (knowledgeBaseId) => {
    await client.send(new DeleteCommand({ TableName, Key: { knowledgeBaseId } }));
  },
});

const attributeChanges = ({ files, ...attributes }: KnowledgeBaseChange, now: number): AttributeChange[] => [
  ...Object.entries({ ...attributes, updatedAt: now }).map(([name, value]) => ({ path: [name], value })),
  ...Object.entries(files ?? {}).map(([path, value]) => ({ path: ['files', path], value })),
];
