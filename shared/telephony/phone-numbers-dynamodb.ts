import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { documentClient, isConditionFailure } from '../kernel/document-dynamodb.ts';
import type { PhoneNumber, PhoneNumberStore } from './phone-number.ts';

/** Name of the index that lists a tenant's numbers. */
const NUMBERS_BY_USER = 'userId-index';

/** Numbers in DynamoDB. */
export const dynamoPhoneNumberStore = (
  { PHONE_NUMBERS_TABLE: TableName }: { readonly PHONE_NUMBERS_TABLE: string },
  client: DynamoDBDocumentClient = documentClient(),
): PhoneNumberStore => ({
  find: async (phoneNumber) => {
    const { Item } = await client.send(new GetCommand({ TableName, Key: { phoneNumber }, ConsistentRead: true }));
    return Item as PhoneNumber | undefined;
  },
  assign: (number) =>
    unlessRefused(
      client.send(
        new PutCommand({
          TableName,
          Item: number,
          ConditionExpression: 'attribute_not_exists(phoneNumber) OR userId = :userId',
          ExpressionAttributeValues: { ':userId': number.userId },
        }),
      ),
    ),
  confirm: ({ phoneNumber, userId, agentId }) =>
    unlessRefused(
      client.send(
        new UpdateCommand({
          TableName,
          Key: { phoneNumber },
          UpdateExpression: 'SET #status = :assigned',
          ConditionExpression: 'userId = :userId AND agentId = :agentId',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':assigned': 'assigned', ':userId': userId, ':agentId': agentId },
        }),
      ),
    ),
  free: ({ phoneNumber, userId, agentId }) =>
    unlessRefused(
      client.send(
        new DeleteCommand({
          TableName,
          Key: { phoneNumber },
          ConditionExpression: 'userId = :userId AND agentId = :agentId',
          ExpressionAttributeValues: { ':userId': userId, ':agentId': agentId },
        }),
      ),
    ),
  list: async ({ userId, limit, after }) => {
    const page = await client.send(
      new QueryCommand({
        TableName,
        IndexName: NUMBERS_BY_USER,
        KeyConditionExpression: 'userId = :userId',
        ExpressionAttributeValues: { ':userId': userId },
        Limit: limit,
        ...(after === undefined ? {} : { ExclusiveStartKey: { userId, phoneNumber: after } }),
      }),
    );
    const last = page.LastEvaluatedKey?.phoneNumber as string | undefined;
    return { numbers: (page.Items ?? []) as PhoneNumber[], ...(last === undefined ? {} : { last }) };
  },
});

const unlessRefused = async (write: Promise<unknown>): Promise<boolean> => {
  try {
    await write;
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
};
