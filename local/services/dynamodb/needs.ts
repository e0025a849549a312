import type { Json, JsonObject, Need } from '../../core/service.ts';
import { requireText } from '../../core/text.ts';
import { actionOf } from './transactions.ts';

/** What of an item's key may stand in a policy: `dynamodb:LeadingKeys`. */
export interface NeedsParts {
  readonly arnOf: (tableName: string) => string;
  /** Name of the table's partition key; undefined for a table that does not exist. */
  readonly partitionKeyOf: (tableName: string) => string | undefined;
}

const TRANSACT_ACTIONS = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
} as const;

/** Permissions of a DynamoDB request: one for every table or index it touches (service authorization reference). */
export const dynamoDbNeeds = (parts: NeedsParts, operation: string, request: JsonObject): readonly Need[] => {
  if (operation === 'TransactWriteItems' || operation === 'TransactGetItems') {
    return listOf(request.TransactItems).map((item) => {
      const [kind, one] = actionOf(item);
      return need(parts, TRANSACT_ACTIONS[kind] ?? operation, one);
    });
  }
  if (operation.startsWith('Batch')) {
    return Object.keys((request.RequestItems ?? {}) as JsonObject).map((TableName) =>
      need(parts, operation, { TableName }),
    );
  }
  if (typeof request.ResourceArn === 'string') {
    return [{ action: `dynamodb:${operation}`, resource: request.ResourceArn }];
  }
  if (typeof request.TableName !== 'string') return [{ action: `dynamodb:${operation}`, resource: '*' }];
  return [need(parts, operation, request)];
};

const need = (parts: NeedsParts, operation: string, request: JsonObject): Need => {
  const tableName = requireText(request.TableName, 'TableName');
  const table = parts.arnOf(tableName);
  const resource = typeof request.IndexName === 'string' ? `${table}/index/${request.IndexName}` : table;
  const leading = leadingKey(parts, tableName, (request.Key ?? request.Item) as JsonObject | undefined);
  return {
    action: `dynamodb:${operation}`,
    resource,
    ...(leading !== undefined && { context: { 'dynamodb:LeadingKeys': leading } }),
  };
};

const leadingKey = (
  { partitionKeyOf }: NeedsParts,
  tableName: string,
  key: JsonObject | undefined,
): string | undefined => {
  const name = key && partitionKeyOf(tableName);
  const value = name === undefined ? undefined : key?.[name];
  if (value === null || typeof value !== 'object') return undefined;
  const [text] = Object.values(value);
  return typeof text === 'string' ? text : undefined;
};

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
