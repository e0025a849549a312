import { setTimeout } from 'node:timers/promises';
import { type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { additionsOf } from './statistics-rows.ts';
import type { Counted } from './statistics-store.ts';

/** What is counted, and where; a function that is told no table counts nothing. */
export interface Counting {
  readonly STATISTICS_TABLE?: string;
}

type Writes = NonNullable<ConstructorParameters<typeof TransactWriteCommand>[0]['TransactItems']>;

/** Everything that a tenant's agents do adds to the same few rows: writes that meet there are made again. */
const ATTEMPTS = 12;
const LONGEST_PAUSE_MS = 400;

const randomPause = (atMostMs: number): Promise<unknown> => setTimeout(Math.random() * atMostMs);

/** The writes by which something is counted, to be made in the transaction that makes it so. */
export const countingWrites = ({ STATISTICS_TABLE }: Counting, counted: Counted | undefined): Writes =>
  STATISTICS_TABLE === undefined || counted === undefined
    ? []
    : additionsOf(STATISTICS_TABLE, counted).map((Update) => ({ Update }));

/**
 * Makes the writes in one transaction, again and again while others write the same rows. Throws what DynamoDB answers
 * otherwise, a condition that did not hold among it.
 */
export const transactPatiently = async (
  client: DynamoDBDocumentClient,
  TransactItems: Writes,
  pause: (atMostMs: number) => Promise<unknown> = randomPause,
): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.send(new TransactWriteCommand({ TransactItems }));
      return;
    } catch (error) {
      if (attempt >= ATTEMPTS || !isConflictAlone(error)) throw error;
      await pause(Math.min(LONGEST_PAUSE_MS, 20 * 2 ** attempt));
    }
  }
};

/** Whether others were writing, and nothing else stood in the way. */
const isConflictAlone = (error: unknown): boolean => {
  if (!(error instanceof Error) || error.name !== 'TransactionCanceledException') return false;
  const reasons = (error as { CancellationReasons?: readonly { readonly Code?: string }[] }).CancellationReasons ?? [];
  const codes = reasons.flatMap(({ Code }) => (Code === undefined || Code === 'None' ? [] : [Code]));
  return codes.length > 0 && codes.every((code) => code === 'TransactionConflict');
};
