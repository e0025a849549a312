import { AwsError, type CloudContext, type JsonObject } from '../../core/service.ts';
import { requireText } from '../../core/text.ts';
import type { Item } from './dynalite.ts';
import type { Engine } from './engine.ts';
import type { ItemStore } from './item-store.ts';

/** DynamoDB deletes expired items "within a few days"; here they go at the next round. */
const SWEEP_INTERVAL_MS = 600_000;
/** Items that expired more than five years ago are left alone (developer guide, "Using time to live"). */
const MAX_AGE_SECONDS = 5 * 365 * 86_400;

interface Specification {
  readonly attribute: string;
  readonly enabled: boolean;
}

/** Time to live: its settings by table, and the deletion of what has expired. */
export interface TimeToLive {
  readonly set: (tableName: string, attribute: string, enabled: boolean) => void;
  readonly describe: (tableName: string) => JsonObject;
  readonly update: (request: JsonObject) => JsonObject;
  /** Deletes every expired item now. */
  readonly sweep: () => Promise<void>;
  /** Sweeps from time to time until the signal. */
  readonly keepSweeping: (signal: AbortSignal) => Promise<void>;
}

export const makeTimeToLive = (
  { store, clock, log }: Pick<CloudContext, 'store' | 'clock' | 'log'>,
  engine: Engine,
  items: ItemStore,
): TimeToLive => {
  const specifications = store('dynamodb-ttl');
  const set = (tableName: string, attribute: string, enabled: boolean): void =>
    specifications.put(tableName, { attribute, enabled } satisfies Specification);

  const sweep = async (): Promise<void> => {
    const nowSeconds = Math.floor(clock.now() / 1_000);
    for (const { key: tableName, value } of specifications.list<Specification>()) {
      if (!value.enabled) continue;
      for (const item of items.items(tableName)) {
        if (isExpired(item, value.attribute, nowSeconds)) await remove(engine, tableName, item, value.attribute);
      }
    }
  };

  return {
    set,
    sweep,
    describe: (tableName) => {
      const known = specifications.get<Specification>(tableName);
      return known?.enabled
        ? { TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: known.attribute } }
        : { TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } };
    },
    update: ({ TableName, TimeToLiveSpecification }) => {
      const { AttributeName, Enabled } = (TimeToLiveSpecification ?? {}) as JsonObject;
      if (typeof AttributeName !== 'string' || typeof Enabled !== 'boolean') {
        throw new AwsError('ValidationException', 'TimeToLiveSpecification needs AttributeName and Enabled');
      }
      set(requireText(TableName, 'TableName'), AttributeName, Enabled);
      return { TimeToLiveSpecification: { AttributeName, Enabled } };
    },
    keepSweeping: async (signal) => {
      while (!signal.aborted) {
        try {
          await clock.sleep(SWEEP_INTERVAL_MS, signal);
          await sweep();
        } catch (error) {
          if (!signal.aborted)
            log(`expired items were not deleted: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
    },
  };
};

const isExpired = (item: Item, attribute: string, nowSeconds: number): boolean => {
  const text = item[attribute]?.N;
  const expiresAt = typeof text === 'string' ? Number(text) : Number.NaN;
  return expiresAt < nowSeconds && expiresAt > nowSeconds - MAX_AGE_SECONDS;
};

/** Deletes the item unless its time was changed meanwhile. */
const remove = async (engine: Engine, tableName: string, item: Item, attribute: string): Promise<void> => {
  try {
    await engine.run('DeleteItem', {
      TableName: tableName,
      Key: engine.keyOf(tableName, item),
      ConditionExpression: '#expires = :seen',
      ExpressionAttributeNames: { '#expires': attribute },
      ExpressionAttributeValues: { ':seen': item[attribute] ?? {} },
    });
  } catch (error) {
    if (!(error instanceof AwsError) || error.name !== 'ConditionalCheckFailedException') throw error;
  }
};
