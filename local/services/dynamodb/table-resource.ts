import type { JsonObject, ResourceProvider } from '../../core/service.ts';
import type { Item, Table } from './dynalite.ts';
import type { Engine } from './engine.ts';
import type { ItemStore } from './item-store.ts';
import type { TimeToLive } from './time-to-live.ts';

interface Parts {
  readonly engine: Engine;
  readonly items: ItemStore;
  readonly timeToLive: TimeToLive;
}

/** `AWS::DynamoDB::Table` and `AWS::DynamoDB::GlobalTable`. A changed schema keeps the items: they are written anew. */
export const tableProvider = (
  type: 'AWS::DynamoDB::Table' | 'AWS::DynamoDB::GlobalTable',
  { engine, items, timeToLive }: Parts,
): ResourceProvider => ({
  type,
  ensure: async ({ physicalName, properties }) => {
    const name = typeof properties.TableName === 'string' ? properties.TableName : physicalName;
    const wanted = schemaOf(name, properties);
    const existing = items.tables().find(({ TableName }) => TableName === name);
    if (!existing) await engine.run('CreateTable', wanted);
    else if (fingerprint(existing) !== fingerprint(wanted)) await rebuild({ engine, items }, existing, wanted);
    const { AttributeName, Enabled } = (properties.TimeToLiveSpecification ?? {}) as JsonObject;
    if (typeof AttributeName === 'string') timeToLive.set(name, AttributeName, Enabled !== false);
    const table = items.tables().find(({ TableName }) => TableName === name);
    return { ref: name, attributes: { Arn: String(table?.TableArn), TableId: String(table?.TableId) } };
  },
});

/** The request that makes the table. Capacity is of no consequence here: every table is on demand. */
const schemaOf = (TableName: string, properties: JsonObject): JsonObject => ({
  TableName,
  AttributeDefinitions: properties.AttributeDefinitions ?? [],
  KeySchema: properties.KeySchema ?? [],
  BillingMode: 'PAY_PER_REQUEST',
  ...(Array.isArray(properties.GlobalSecondaryIndexes) &&
    properties.GlobalSecondaryIndexes.length > 0 && {
      GlobalSecondaryIndexes: properties.GlobalSecondaryIndexes.map((index) => {
        const { IndexName = '', KeySchema = [], Projection = {} } = index as JsonObject;
        return { IndexName, KeySchema, Projection };
      }),
    }),
});

interface Schema {
  readonly AttributeDefinitions?: unknown;
  readonly KeySchema?: unknown;
  readonly GlobalSecondaryIndexes?: unknown;
}

/** The schema alone, in one order, so that a stored and a wanted table can be compared. */
const fingerprint = (schema: Schema): string => {
  const indexes = (schema.GlobalSecondaryIndexes ?? []) as JsonObject[];
  const definitions = (schema.AttributeDefinitions ?? []) as JsonObject[];
  return JSON.stringify([
    definitions.map(({ AttributeName, AttributeType }) => JSON.stringify([AttributeName, AttributeType])).sort(),
    schema.KeySchema,
    indexes.map(({ IndexName, KeySchema, Projection }) => JSON.stringify([IndexName, KeySchema, Projection])).sort(),
  ]);
};

const rebuild = ({ engine, items }: Omit<Parts, 'timeToLive'>, existing: Table, wanted: JsonObject): Promise<void> =>
  engine.together(async (step) => {
    const kept: Item[] = [...items.items(existing.TableName)];
    items.dropTable(existing);
    await step('CreateTable', wanted);
    for (const Item of kept) await step('PutItem', { TableName: existing.TableName, Item });
  });
