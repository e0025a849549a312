import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { documentClient, isConditionFailure } from '../kernel/document-dynamodb.ts';
import type { IdempotencyRecord, IdempotencyStore } from './idempotency.ts';

/** Keys already used, in DynamoDB. Records of the past are overwritten: TTL removes them hours late. */
export const dynamoIdempotencyStore = (
  { IDEMPOTENCY_TABLE: TableName }: { readonly IDEMPOTENCY_TABLE: string },
  client: DynamoDBDocumentClient = documentClient(),
): IdempotencyStore => ({
  reserve: async (record, now) => {
    const command = new PutCommand({
      TableName,
      Item: record,
      ConditionExpression: 'attribute_not_exists(idempotencyKey) OR expiresAt < :now',
      ExpressionAttributeValues: { ':now': now },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      await client.send(command);
      return undefined;
    } catch (error) {
      if (isConditionFailure(error)) return standingRecord(error.Item);
      throw error;
    }
  },
  takeOver: async (dead, heir) => {
    const command = new PutCommand({
      TableName,
      Item: heir,
      ConditionExpression: '#status = :status AND lockedUntil = :lockedUntil AND resourceId = :resourceId',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: {
        ':status': 'in-progress',
        ':lockedUntil': dead.lockedUntil,
        ':resourceId': dead.resourceId,
      },
    });
    try {
      await client.send(command);
      return true;
    } catch (error) {
      if (isConditionFailure(error)) return false;
      throw error;
    }
  },
  complete: async ({ idempotencyKey }, answer) => {
    await client.send(
      new UpdateCommand({
        TableName,
        Key: { idempotencyKey },
        UpdateExpression: 'SET answer = :answer, #status = :status',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':answer': answer, ':status': 'done' },
      }),
    );
  },
  forget: async ({ idempotencyKey }) => {
    await client.send(new DeleteCommand({ TableName, Key: { idempotencyKey } }));
  },
  unlock: async ({ idempotencyKey }) => {
    await client.send(
      new UpdateCommand({
        TableName,
        Key: { idempotencyKey },
        UpdateExpression: 'SET lockedUntil = :free',
        ExpressionAttributeValues: { ':free': 0 },
      }),
    );
  },
});

/** The document client leaves the item of a failed condition in DynamoDB's own form (`{ S: … }`). */
const standingRecord = (item: unknown): IdempotencyRecord =>
  isMarshalled(item)
    ? (unmarshall(item as Parameters<typeof unmarshall>[0]) as IdempotencyRecord)
    : (item as IdempotencyRecord);

const isMarshalled = (item: unknown): boolean =>
  typeof (item as { idempotencyKey?: unknown } | undefined)?.idempotencyKey === 'object';
