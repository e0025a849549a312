import {
  type DynamoDBDocumentClient,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';

export interface CustomersEnv {
  readonly CUSTOMERS_TABLE: string;
  readonly CONVERSATIONS_TABLE: string;
}

export interface CustomerTables {
  readonly env: CustomersEnv;
  readonly client: DynamoDBDocumentClient;
}

type TransactItems = NonNullable<TransactWriteCommandInput['TransactItems']>;

/** Places of the conditions that did not hold: none for a mere conflict with another transaction; undefined when written. */
export const transact = async (
  client: DynamoDBDocumentClient,
  TransactItems: TransactItems,
): Promise<readonly number[] | undefined> => {
  try {
    await client.send(new TransactWriteCommand({ TransactItems }));
    return undefined;
  } catch (error) {
    const codes = cancellationCodes(error);
    const stood = codes.some((code) => code === 'ConditionalCheckFailed' || code === 'TransactionConflict');
    if (!stood) throw error;
    return codes.flatMap((code, index) => (code === 'ConditionalCheckFailed' ? [index] : []));
  }
};

const cancellationCodes = (error: unknown): readonly (string | undefined)[] => {
  if (!(error instanceof Error) || error.name !== 'TransactionCanceledException') return [];
  const { CancellationReasons = [] } = error as { CancellationReasons?: readonly { readonly Code?: string }[] };
  return CancellationReasons.map(({ Code }) => Code);
};
