import { createHash } from 'node:crypto';
import { AwsError, type CloudClock, type Json, type JsonObject, type KeyValueStore } from '../../core/service.ts';
import { requireText } from '../../core/text.ts';
import type { Item } from './dynalite.ts';
import type { Engine } from './engine.ts';

/** Items of one transaction (API reference, TransactWriteItems). */
const MAX_ITEMS = 100;
/** A client token is remembered for ten minutes (same page). */
const TOKEN_LIFETIME_MS = 600_000;

const WRITES = { Put: 'PutItem', Update: 'UpdateItem', Delete: 'DeleteItem' } as const;
export type TransactKind = keyof typeof WRITES | 'ConditionCheck' | 'Get';

/** The one action of a transaction's item: `[kind, request]`. */
export const actionOf = (item: Json): readonly [TransactKind, JsonObject] => {
  const entries = Object.entries((item ?? {}) as JsonObject);
  const [kind, request] = entries[0] ?? [];
  if (entries.length !== 1 || request === null || typeof request !== 'object' || Array.isArray(request)) {
    throw validation('TransactItems can only contain one of Check, Put, Update or Delete');
  }
  return [kind as TransactKind, request];
};

export interface TransactionParts {
  readonly engine: Engine;
  readonly clock: CloudClock;
  /** Client tokens of the last ten minutes. */
  readonly tokens: KeyValueStore;
}

interface Reason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: JsonObject;
}

/**
 * All writes or none.
 * @throws AwsError `TransactionCanceledException` with one reason an item, `IdempotentParameterMismatchException`
 */
export const transactWrite = async (parts: TransactionParts, request: JsonObject): Promise<JsonObject> => {
  const items = requireItems(request);
  const token = typeof request.ClientRequestToken === 'string' ? request.ClientRequestToken : undefined;
  const digest = createHash('sha256').update(JSON.stringify(items)).digest('hex');
  if (token !== undefined && isRepeated(parts, token, digest)) return {};
  await parts.engine.together(async (step) => {
    requireDistinct(parts.engine, items);
    const reasons: Reason[] = [];
    for (const [kind, write] of items) reasons.push(await reasonOf(parts.engine, step, kind, write));
    if (reasons.some(({ Code }) => Code !== 'None')) throw cancelled(reasons);
  });
  if (token !== undefined) parts.tokens.put(token, { digest, atMs: parts.clock.now() });
  return {};
};

/** All reads at one moment. */
export const transactGet = async ({ engine }: TransactionParts, request: JsonObject): Promise<JsonObject> => {
  const items = requireItems(request);
  const Responses = await engine.together(async (step) => {
    const found: JsonObject[] = [];
    for (const [, get] of items) found.push(await step('GetItem', { ...get, ConsistentRead: true }));
    return found.map(({ Item }) => (Item === undefined ? {} : { Item }));
  });
  return { Responses };
};

const requireItems = ({ TransactItems }: JsonObject): (readonly [TransactKind, JsonObject])[] => {
  if (!Array.isArray(TransactItems) || TransactItems.length === 0 || TransactItems.length > MAX_ITEMS) {
    throw validation(
      `1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to ${MAX_ITEMS}`,
    );
  }
  return TransactItems.map(actionOf);
};

const isRepeated = ({ tokens, clock }: TransactionParts, token: string, digest: string): boolean => {
  const known = tokens.get<{ digest: string; atMs: number }>(token);
  if (!known || clock.now() - known.atMs > TOKEN_LIFETIME_MS) return false;
  if (known.digest === digest) return true;
  throw new AwsError(
    'IdempotentParameterMismatchException',
    'The provided client token is already in use with different parameters',
  );
};

const requireDistinct = (engine: Engine, items: readonly (readonly [TransactKind, JsonObject])[]): void => {
  const seen = new Set<string>();
  for (const [, write] of items) {
    const table = requireText(write.TableName, 'TableName');
    const key = engine.keyOf(table, (write.Key ?? write.Item ?? {}) as Item);
    const id = `${table} ${JSON.stringify(key)}`;
    if (seen.has(id)) throw validation('Transaction request cannot include multiple operations on one item');
    seen.add(id);
  }
};

const reasonOf = async (
  engine: Engine,
  step: Engine['step'],
  kind: TransactKind,
  write: JsonObject,
): Promise<Reason> => {
  try {
    if (kind === 'ConditionCheck') await engine.check(write);
    else if (kind === 'Get') throw validation('TransactItems can only contain one of Check, Put, Update or Delete');
    else await step(WRITES[kind], write);
    return { Code: 'None' };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    if (error.name === 'ConditionalCheckFailedException') {
      const { Item } = error.members as { Item?: JsonObject };
      return { Code: 'ConditionalCheckFailed', Message: error.message, ...(Item && { Item }) };
    }
    // Expressions are checked before anything runs: their errors are the request's, not a reason.
    if (
      error.name === 'ValidationException' &&
      !/^The (document path|provided expression refers)/.test(error.message)
    ) {
      throw error;
    }
    if (error.name === 'ValidationException') return { Code: 'ValidationError', Message: error.message };
    throw error;
  }
};

const cancelled = (reasons: readonly Reason[]): AwsError => {
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    400,
    { CancellationReasons: reasons },
  );
};

const validation = (message: string): AwsError => new AwsError('ValidationException', message);
