import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';
import type { JsonObject } from '../../core/service.ts';

/**
 * The parts of dynalite 4.0.0 that are used: its validations, its expression engine and its actions, on a store of ours.
 * They are internal modules of that package: its version is pinned exactly.
 */

export type Done<T> = (error?: DynaliteError | null, value?: T) => void;

/** An error as dynalite throws it: `body` is the JSON that DynamoDB would answer with. */
export interface DynaliteError extends Error {
  readonly statusCode?: number;
  readonly body?: { readonly __type: string; message?: string; Message?: string; Item?: Item };
}

export type AttributeValue = JsonObject;
export type Item = Record<string, AttributeValue>;

export interface KeySchemaElement {
  readonly AttributeName: string;
  readonly KeyType: 'HASH' | 'RANGE';
}

export interface Table {
  readonly TableName: string;
  readonly TableArn: string;
  readonly TableId: string;
  readonly KeySchema: readonly KeySchemaElement[];
  readonly GlobalSecondaryIndexes?: readonly { readonly IndexName: string }[];
  readonly [member: string]: unknown;
}

/** One of dynalite's key spaces: the tables, the items of a table, an index. */
export interface KeySpace {
  readonly lock: (key: string, run: (release: <T>(done: T) => T) => void) => void;
  readonly get: (key: string, done: Done<unknown>) => void;
  readonly put: (key: string, value: unknown, done: Done<void>) => void;
  readonly del: (key: string, done: Done<void>) => void;
  readonly batch: (
    operations: readonly { readonly type: 'put' | 'del'; readonly key: string; readonly value?: unknown }[],
    done: Done<void>,
  ) => void;
  readonly createKeyStream: (range?: KeyRange) => Readable;
  readonly createValueStream: (range?: KeyRange) => Readable;
  awsAccountId?: string;
  awsRegion?: string;
}

export interface KeyRange {
  readonly gt?: string;
  readonly gte?: string;
  readonly lt?: string;
  readonly lte?: string;
  readonly reverse?: boolean;
  readonly limit?: number;
}

/** What dynalite's actions call their store. */
export interface DynaliteStore {
  readonly options: { readonly createTableMs: number; readonly updateTableMs: number; readonly maxItemSize: number };
  readonly tableDb: KeySpace;
  readonly getItemDb: (table: string) => KeySpace;
  readonly getIndexDb: (kind: string, table: string, index: string) => KeySpace;
  readonly getTagDb: (table: string) => KeySpace;
  readonly getTable: (name: string, checkStatus: boolean | Done<Table>, done?: Done<Table>) => void;
}

/** A request after validation; the parsed expressions hang on it. */
export interface CheckedRequest extends JsonObject {
  _updates?: { sections: UpdateSection[] } & JsonObject;
}

export interface UpdateSection extends JsonObject {
  type: 'set' | 'remove' | 'add' | 'delete';
  path: (string | number)[];
}

interface Database {
  readonly MAX_SIZE: number;
  readonly checkConditional: (request: CheckedRequest, existing: Item | undefined) => DynaliteError | null | undefined;
  readonly validateKey: (key: Item, table: Table) => DynaliteError | null | undefined;
  readonly createKey: (item: Item, table: Table) => string;
}

interface Validations {
  readonly checkTypes: (request: JsonObject, types: unknown) => CheckedRequest;
  readonly checkValidations: (request: CheckedRequest, types: unknown, custom: unknown, store: DynaliteStore) => void;
}

const require = createRequire(import.meta.url);

export const database = require('dynalite/db') as Database;
const validations = require('dynalite/validations') as Validations;

/** Operations that dynalite carries out by itself. */
export const DYNALITE_OPERATIONS = [
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DescribeTable',
  'GetItem',
  'ListTables',
  'ListTagsOfResource',
  'PutItem',
  'Query',
  'Scan',
  'TagResource',
  'UntagResource',
  'UpdateItem',
] as const;
export type DynaliteOperation = (typeof DYNALITE_OPERATIONS)[number];

const moduleName = (operation: DynaliteOperation): string => operation.charAt(0).toLowerCase() + operation.slice(1);

/** Checks a request as DynamoDB would and parses its expressions. Throws a `DynaliteError`. */
export const checkRequest = (
  store: DynaliteStore,
  operation: DynaliteOperation,
  request: JsonObject,
): CheckedRequest => {
  const rules = require(`dynalite/validations/${moduleName(operation)}`) as { types: unknown; custom: unknown };
  const checked = validations.checkTypes(request, rules.types);
  validations.checkValidations(checked, rules.types, rules.custom, store);
  return checked;
};

/** Carries out a checked request. Rejects with a `DynaliteError`. */
export const carryOut = (
  store: DynaliteStore,
  operation: DynaliteOperation,
  checked: CheckedRequest,
): Promise<JsonObject> => {
  const action = require(`dynalite/actions/${moduleName(operation)}`) as (
    store: DynaliteStore,
    request: CheckedRequest,
    done: Done<JsonObject>,
  ) => void;
  return new Promise((resolve, reject) => {
    action(store, checked, (error, value) => (error ? reject(error) : resolve(value ?? {})));
  });
};
