import { randomUUID } from 'node:crypto';
import { AwsError, type AwsService, type CloudContext, type JsonObject, type RawRequest } from '../../core/service.ts';
import { requireText } from '../../core/text.ts';
import type { Table } from './dynalite.ts';
import { type Engine, isDynaliteOperation, makeEngine } from './engine.ts';
import { type ItemStore, openItemStore } from './item-store.ts';
import { dynamoDbNeeds } from './needs.ts';
import { tableProvider } from './table-resource.ts';
import { makeTimeToLive, type TimeToLive } from './time-to-live.ts';
import { transactGet, transactWrite } from './transactions.ts';

/** The embedded DynamoDB. */
export interface DynamoDbService extends AwsService {
  /** Deletes every expired item now, as DynamoDB does in its own time. */
  readonly sweepExpired: () => Promise<void>;
}

type Operation = (request: JsonObject) => Promise<JsonObject> | JsonObject;

const TARGET = 'DynamoDB_20120810.';

/** DynamoDB: dynalite's engine on SQLite, with transactions and time to live. */
export const makeDynamoDb = (context: CloudContext): DynamoDbService => {
  const items = openItemStore(context.dataDir, context.accountId, context.region);
  const engine = makeEngine(items);
  const timeToLive = makeTimeToLive(context, engine, items);
  const operationOf = operationsOf(context, engine, items, timeToLive);
  const closing = new AbortController();
  const sweeping = timeToLive.keepSweeping(closing.signal);
  const bodies = new WeakMap<RawRequest, JsonObject>();
  const bodyOf = (request: RawRequest): JsonObject => {
    const body = bodies.get(request) ?? parseBody(request.body);
    bodies.set(request, body);
    return body;
  };
  const tableOf = (name: string) => items.tables().find(({ TableName }) => TableName === name);
  const parts = { engine, items, timeToLive };
  return {
    name: 'dynamodb',
    signingName: 'dynamodb',
    claim: ({ headers }) => {
      const target = String(headers['x-amz-target'] ?? '');
      return target.startsWith(TARGET) ? target.slice(TARGET.length) : undefined;
    },
    needs: (operation, request) =>
      dynamoDbNeeds(
        {
          arnOf: (name) => tableArn(context, name),
          partitionKeyOf: (name) => tableOf(name)?.KeySchema[0]?.AttributeName,
        },
        operation,
        bodyOf(request),
      ),
    handle: async ({ operation, request }) => {
      const perform = operationOf(operation);
      if (!perform) {
        throw new AwsError('NotImplemented', `The embedded dynamodb does not serve ${operation}.`, 501);
      }
      answer(request, 200, await perform(bodyOf(request)));
    },
    fail: (error, request) => {
      const __type = `com.amazonaws.dynamodb.v20120810#${error.name}`;
      answer(request, error.status, { __type, message: error.message, ...(error.members as JsonObject) });
    },
    resources: [tableProvider('AWS::DynamoDB::Table', parts), tableProvider('AWS::DynamoDB::GlobalTable', parts)],
    inventory: async () => items.tables().flatMap((table) => rowsOf(items, table)),
    sweepExpired: timeToLive.sweep,
    close: async () => {
      closing.abort(new Error('the cloud is closing'));
      await sweeping;
      // Whoever is at work finishes first.
      await items.reading(async () => items.close());
    },
  };
};

/** What carries out an operation; undefined for one that is not served. */
const operationsOf = (
  context: CloudContext,
  engine: Engine,
  items: ItemStore,
  timeToLive: TimeToLive,
): ((operation: string) => Operation | undefined) => {
  const parts = { engine, clock: context.clock, tokens: context.store('dynamodb-token') };
  const own = new Map<string, Operation>([
    ['TransactWriteItems', (request) => transactWrite(parts, request)],
    ['TransactGetItems', (request) => transactGet(parts, request)],
    ['DescribeTimeToLive', ({ TableName }) => timeToLive.describe(requireText(TableName, 'TableName'))],
    ['UpdateTimeToLive', timeToLive.update],
    ['DeleteTable', (request) => deleteTable(engine, items, request)],
  ]);
  return (operation) =>
    own.get(operation) ?? (isDynaliteOperation(operation) ? (request) => engine.run(operation, request) : undefined);
};

const deleteTable = async (engine: Engine, items: ItemStore, request: JsonObject): Promise<JsonObject> => {
  const { Table } = await engine.run('DescribeTable', request);
  await items.transaction(async () => items.dropTable(Table as unknown as Table));
  return { TableDescription: { ...(Table as JsonObject), TableStatus: 'DELETING' } };
};

const tableArn = ({ region, accountId }: CloudContext, name: string): string =>
  name.startsWith('arn:') ? name : `arn:aws:dynamodb:${region}:${accountId}:table/${name}`;

const rowsOf = (items: ItemStore, table: Table): string[] => [
  table.TableArn,
  ...[...items.items(table.TableName)].map((item) => {
    const key = table.KeySchema.map(({ AttributeName }) =>
      requireText(Object.values(item[AttributeName] ?? {})[0], AttributeName),
    );
    return `${table.TableArn}/item/${key.join('/')}`;
  }),
];

const parseBody = (body: Buffer): JsonObject => {
  try {
    return JSON.parse(body.toString('utf8')) as JsonObject;
  } catch {
    throw new AwsError('SerializationException', 'Start of structure or map found where not expected.');
  }
};

const answer = ({ response }: RawRequest, status: number, body: JsonObject): void => {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': randomUUID(),
  });
  response.end(text);
};
