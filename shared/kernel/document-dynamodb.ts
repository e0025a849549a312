import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

let shared: DynamoDBDocumentClient | undefined;

/** The one document client of this process, made on first use: an import alone opens nothing. */
export const documentClient = (): DynamoDBDocumentClient => {
  shared ??= DynamoDBDocumentClient.from(new DynamoDBClient({}), { marshallOptions: { removeUndefinedValues: true } });
  return shared;
};

/** Whether a single write was refused by its condition. */
export const isConditionFailure = (error: unknown): error is Error & { Item?: unknown } =>
  error instanceof Error && error.name === 'ConditionalCheckFailedException';

interface CancellationReason {
  readonly Code?: string | undefined;
}

/** Whether a transaction was refused by a condition of one of its writes (rather than by a conflict or a throttle). */
export const isTransactionConditionFailure = (error: unknown): boolean =>
  error instanceof Error &&
  error.name === 'TransactionCanceledException' &&
  ((error as { CancellationReasons?: readonly CancellationReason[] }).CancellationReasons ?? []).some(
    ({ Code }) => Code === 'ConditionalCheckFailed',
  );
