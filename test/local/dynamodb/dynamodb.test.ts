import {
  BatchWriteItemCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeDynamoDb } from '../../../local/services/dynamodb/index.ts';
import { declare, hostServices, REGION } from '../support/service-host.ts';

const TABLE = 'oratio-test-agents';
const TABLE_ARN = `arn:aws:dynamodb:${REGION}:111122223333:table/${TABLE}`;
const SCHEMA = {
  TableName: TABLE,
  AttributeDefinitions: [
    { AttributeName: 'userId', AttributeType: 'S' },
    { AttributeName: 'agentId', AttributeType: 'S' },
    { AttributeName: 'statusKey', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'userId', KeyType: 'HASH' },
    { AttributeName: 'agentId', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'by-status',
      KeySchema: [
        { AttributeName: 'userId', KeyType: 'HASH' },
        { AttributeName: 'statusKey', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['name'] },
    },
  ],
  TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
};

const open = async (policy: { Effect: string; Action: string[]; Resource: string[] }[] = [], dataDir?: string) => {
  const host = await hostServices({
    make: (context) => ({ dynamodb: makeDynamoDb(context) }),
    policy,
    ...(dataDir && { dataDir }),
  });
  await declare(host.services.dynamodb, 'AWS::DynamoDB::Table', 'Agents', SCHEMA);
  return { host, db: new DynamoDBClient(host.root) };
};

const agent = (agentId: string, more: Record<string, { S: string } | { N: string } | { L: { S: string }[] }> = {}) => ({
  userId: { S: 'u1' },
  agentId: { S: agentId },
  ...more,
});
const keyOf = (agentId: string) => ({ userId: { S: 'u1' }, agentId: { S: agentId } });

let opened: Awaited<ReturnType<typeof open>>;
beforeEach(async () => {
  opened = await open();
});
afterEach(() => opened.host.discard());

test('the declared table is there, with its index and time to live', async () => {
  const { Table } = await opened.db.send(new DescribeTableCommand({ TableName: TABLE }));
  const { TimeToLiveDescription } = await opened.db.send(new DescribeTimeToLiveCommand({ TableName: TABLE }));
  expect([
    Table?.TableArn,
    Table?.TableStatus,
    Table?.GlobalSecondaryIndexes?.[0]?.IndexArn,
    TimeToLiveDescription,
  ]).toEqual([
    TABLE_ARN,
    'ACTIVE',
    `${TABLE_ARN}/index/by-status`,
    { TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' },
  ]);
});

test('an index gives its projection in the order of its key, page by page', async () => {
  const { db } = opened;
  for (const [id, status] of [
    ['a', 'ready#a'],
    ['b', 'failed#b'],
    ['c', 'ready#c'],
  ] as const) {
    const Item = agent(id, { statusKey: { S: status }, name: { S: `n-${id}` }, secret: { S: 'x' } });
    await db.send(new PutItemCommand({ TableName: TABLE, Item }));
  }
  const query = {
    TableName: TABLE,
    IndexName: 'by-status',
    KeyConditionExpression: 'userId = :u AND begins_with(statusKey, :s)',
    ExpressionAttributeValues: { ':u': { S: 'u1' }, ':s': { S: 'ready#' } },
    Limit: 1,
  };
  const first = await db.send(new QueryCommand(query));
  const second = await db.send(new QueryCommand({ ...query, ExclusiveStartKey: first.LastEvaluatedKey }));
  expect([first.Items, second.Items]).toEqual([
    [agent('a', { statusKey: { S: 'ready#a' }, name: { S: 'n-a' } })],
    [agent('c', { statusKey: { S: 'ready#c' }, name: { S: 'n-c' } })],
  ]);
});

test('a failed condition leaves the item alone and shows it when asked', async () => {
  const { db } = opened;
  await db.send(new PutItemCommand({ TableName: TABLE, Item: agent('a', { name: { S: 'first' } }) }));
  const put = new PutItemCommand({
    TableName: TABLE,
    Item: agent('a', { name: { S: 'second' } }),
    ConditionExpression: 'attribute_not_exists(agentId)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  await expect(db.send(put)).rejects.toMatchObject({
    name: 'ConditionalCheckFailedException',
    message: 'The conditional request failed',
    Item: agent('a', { name: { S: 'first' } }),
  });
});

test('a cancelled transaction writes nothing and says why', async () => {
  const { db } = opened;
  await db.send(new PutItemCommand({ TableName: TABLE, Item: agent('taken') }));
  const write = new TransactWriteItemsCommand({
    TransactItems: [
      { Put: { TableName: TABLE, Item: agent('new') } },
      {
        Update: {
          TableName: TABLE,
          Key: keyOf('taken'),
          UpdateExpression: 'SET #n = :n',
          ExpressionAttributeNames: { '#n': 'name' },
          ExpressionAttributeValues: { ':n': { S: 'x' } },
        },
      },
      {
        ConditionCheck: {
          TableName: TABLE,
          Key: keyOf('absent'),
          ConditionExpression: 'attribute_exists(agentId)',
        },
      },
    ],
  });
  await expect(db.send(write)).rejects.toMatchObject({
    name: 'TransactionCanceledException',
    CancellationReasons: [{ Code: 'None' }, { Code: 'None' }, { Code: 'ConditionalCheckFailed' }],
  });
  const { Responses } = await db.send(
    new TransactGetItemsCommand({
      TransactItems: [
        { Get: { TableName: TABLE, Key: keyOf('new') } },
        { Get: { TableName: TABLE, Key: keyOf('taken') } },
      ],
    }),
  );
  expect(Responses).toEqual([{}, { Item: agent('taken') }]);
});

test('a transaction repeated with its token is not carried out twice; with other items it is refused', async () => {
  const { db } = opened;
  const add = (n: string) =>
    new TransactWriteItemsCommand({
      ClientRequestToken: 'token-1',
      TransactItems: [
        {
          Update: {
            TableName: TABLE,
            Key: keyOf('a'),
            UpdateExpression: 'ADD runs :n',
            ExpressionAttributeValues: { ':n': { N: n } },
          },
        },
      ],
    });
  await db.send(add('1'));
  await db.send(add('1'));
  await expect(db.send(add('2'))).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' });
  expect((await db.send(new GetItemCommand({ TableName: TABLE, Key: keyOf('a') }))).Item).toEqual(
    agent('a', { runs: { N: '1' } }),
  );
});

test('list elements removed together are those that were named', async () => {
  const { db } = opened;
  const list = { L: [{ S: 'a' }, { S: 'b' }, { S: 'c' }] };
  await db.send(new PutItemCommand({ TableName: TABLE, Item: agent('a', { steps: list }) }));
  const { Attributes } = await db.send(
    new UpdateItemCommand({
      TableName: TABLE,
      Key: keyOf('a'),
      UpdateExpression: 'REMOVE steps[0], steps[1]',
      ReturnValues: 'ALL_NEW',
    }),
  );
  expect(Attributes?.steps).toEqual({ L: [{ S: 'c' }] });
});

test('fifty concurrent additions are fifty', async () => {
  const { db } = opened;
  const add = () =>
    db.send(
      new UpdateItemCommand({
        TableName: TABLE,
        Key: keyOf('a'),
        UpdateExpression: 'ADD runs :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      }),
    );
  await Promise.all(Array.from({ length: 50 }, add));
  expect((await db.send(new GetItemCommand({ TableName: TABLE, Key: keyOf('a') }))).Item?.runs).toEqual({ N: '50' });
});

test('expired items go at the next sweep, also out of the indexes', async () => {
  const { db, host } = opened;
  const soon = String(Math.floor(host.clock.now() / 1_000) + 60);
  await db.send(
    new PutItemCommand({ TableName: TABLE, Item: agent('a', { expiresAt: { N: soon }, statusKey: { S: 's' } }) }),
  );
  await db.send(new PutItemCommand({ TableName: TABLE, Item: agent('b', { expiresAt: { S: 'never' } as never }) }));
  await host.services.dynamodb.sweepExpired();
  const before = await host.services.dynamodb.inventory?.();
  await host.clock.advance(61_000);
  await host.services.dynamodb.sweepExpired();
  expect([before, await host.services.dynamodb.inventory?.()]).toEqual([
    [TABLE_ARN, `${TABLE_ARN}/item/u1/a`, `${TABLE_ARN}/item/u1/b`],
    [TABLE_ARN, `${TABLE_ARN}/item/u1/b`],
  ]);
});

test('items outlive the process that died without a word, and a changed schema', async () => {
  const { host, db } = opened;
  await db.send(
    new BatchWriteItemCommand({
      RequestItems: { [TABLE]: ['a', 'b'].map((id) => ({ PutRequest: { Item: agent(id, { name: { S: id } }) } })) },
    }),
  );
  // A second process opens the same files: the first has closed nothing.
  const second = await hostServices({
    make: (context) => ({ dynamodb: makeDynamoDb(context) }),
    dataDir: host.directory,
  });
  const byName = {
    IndexName: 'by-name',
    KeySchema: [{ AttributeName: 'name', KeyType: 'HASH' }],
    Projection: { ProjectionType: 'ALL' },
  };
  await declare(second.services.dynamodb, 'AWS::DynamoDB::Table', 'Agents', {
    ...SCHEMA,
    AttributeDefinitions: [...SCHEMA.AttributeDefinitions, { AttributeName: 'name', AttributeType: 'S' }],
    GlobalSecondaryIndexes: [...SCHEMA.GlobalSecondaryIndexes, byName],
  });
  const { Items } = await new DynamoDBClient(second.root).send(
    new QueryCommand({
      TableName: TABLE,
      IndexName: 'by-name',
      KeyConditionExpression: '#n = :n',
      ExpressionAttributeNames: { '#n': 'name' },
      ExpressionAttributeValues: { ':n': { S: 'b' } },
    }),
  );
  await second.stop();
  expect(Items).toEqual([agent('b', { name: { S: 'b' } })]);
});

test('a role may do what its policy says, on the table and index it names', async () => {
  const allowed = { Effect: 'Allow', Action: ['dynamodb:PutItem', 'dynamodb:Query'], Resource: [TABLE_ARN] };
  const { host } = await open([allowed]);
  const db = new DynamoDBClient(host.role);
  await db.send(new PutItemCommand({ TableName: TABLE, Item: agent('a') }));
  const index = new QueryCommand({
    TableName: TABLE,
    IndexName: 'by-status',
    KeyConditionExpression: 'userId = :u',
    ExpressionAttributeValues: { ':u': { S: 'u1' } },
  });
  const transaction = new TransactWriteItemsCommand({
    TransactItems: [{ Delete: { TableName: TABLE, Key: keyOf('a') } }],
  });
  await expect(db.send(index)).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining(`dynamodb:Query on resource: ${TABLE_ARN}/index/by-status`),
  });
  await expect(db.send(transaction)).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining('dynamodb:DeleteItem'),
  });
  await host.discard();
});

test.each([
  ['an unknown table', new GetItemCommand({ TableName: 'absent', Key: keyOf('a') }), 'ResourceNotFoundException'],
  [
    'a key that does not fit',
    new GetItemCommand({ TableName: TABLE, Key: { userId: { S: 'u1' } } }),
    'ValidationException',
  ],
  [
    'an item over 400 kB',
    new PutItemCommand({ TableName: TABLE, Item: agent('a', { name: { S: 'x'.repeat(410_000) } }) }),
    'ValidationException',
  ],
])('%s is refused by name', async (_, command, name) => {
  await expect(opened.db.send(command as GetItemCommand)).rejects.toMatchObject({ name });
});
