import { makeEngine } from '../../../../local/services/dynamodb/engine.ts';
import { openItemStore } from '../../../../local/services/dynamodb/item-store.ts';

/** Writes pairs of items, each pair in one transaction, until somebody kills the process. */
const [, , dataDir = ''] = process.argv;
const engine = makeEngine(openItemStore(dataDir, '111122223333', 'us-east-1'));
await engine.run('CreateTable', {
  TableName: 'pairs',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
});
for (let count = 1; ; count += 1) {
  await engine.together(async (step) => {
    for (const id of ['left', 'right']) {
      await step('PutItem', { TableName: 'pairs', Item: { id: { S: id }, count: { N: String(count) } } });
    }
  });
  process.stdout.write(`${count}\n`);
}
