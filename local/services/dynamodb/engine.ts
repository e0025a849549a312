import { AwsError, type JsonObject } from '../../core/service.ts';
import { requireText } from '../../core/text.ts';
import {
  type CheckedRequest,
  carryOut,
  checkRequest,
  DYNALITE_OPERATIONS,
  type DynaliteError,
  type DynaliteOperation,
  database,
  type Item,
  type Table,
} from './dynalite.ts';
import type { ItemStore } from './item-store.ts';

/** DynamoDB's operations on items and tables, each all or nothing. Errors are `AwsError`s. */
export interface Engine {
  readonly run: (operation: DynaliteOperation, request: JsonObject) => Promise<JsonObject>;
  /** Several writes that hold together or not at all, as the transaction operations need. */
  readonly together: <T>(work: (step: Engine['step']) => Promise<T>) => Promise<T>;
  /** One request within `together`. */
  readonly step: (operation: DynaliteOperation, request: JsonObject) => Promise<JsonObject>;
  /** Checks a request's condition without writing, within `together`. */
  readonly check: (request: JsonObject) => Promise<void>;
  readonly keyOf: (tableName: string, item: Item) => Item;
}

const READS = new Set<DynaliteOperation>([
  'BatchGetItem',
  'DescribeTable',
  'GetItem',
  'ListTables',
  'ListTagsOfResource',
  'Query',
  'Scan',
]);

export const isDynaliteOperation = (operation: string): operation is DynaliteOperation =>
  (DYNALITE_OPERATIONS as readonly string[]).includes(operation);

export const makeEngine = (store: ItemStore): Engine => {
  const step: Engine['step'] = async (operation, request) => {
    const { ReturnValuesOnConditionCheckFailure: wanted, ...known } = structuredClone(request);
    try {
      const checked = inOrder(checkRequest(store, operation, known));
      const answer = await carryOut(store, operation, checked);
      if (operation === 'CreateTable') await tableIsActive();
      return answer;
    } catch (error) {
      if (wanted === 'ALL_OLD') await addOldItem(store, request, error as DynaliteError);
      throw asAwsError(error as DynaliteError);
    }
  };
  return {
    step,
    run: (operation, request) => {
      const work = () => step(operation, request);
      return READS.has(operation) ? store.reading(work) : store.transaction(work);
    },
    together: (work) => store.transaction(() => work(step)),
    check: async ({ ReturnValuesOnConditionCheckFailure: wanted, ...request }) => {
      try {
        const checked = checkRequest(store, 'DeleteItem', structuredClone(request));
        const failed = database.checkConditional(checked, await itemOf(store, request));
        if (failed) throw failed;
      } catch (error) {
        if (wanted === 'ALL_OLD') await addOldItem(store, request, error as DynaliteError);
        throw asAwsError(error as DynaliteError);
      }
    },
    keyOf: (tableName, item) => keyOf(requireTable(store, tableName), item),
  };
};

/**
 * dynalite removes list elements one after another, so that `REMOVE l[0], l[1]` takes the wrong second one: from the
 * highest index down none moves before its turn.
 */
const inOrder = (checked: CheckedRequest): CheckedRequest => {
  const isElement = ({ type, path }: { type: string; path: (string | number)[] }) =>
    type === 'remove' && typeof path.at(-1) === 'number';
  const sections = checked._updates?.sections;
  if (!checked._updates || !sections?.some(isElement)) return checked;
  const elements = sections.filter(isElement).sort((a, b) => Number(b.path.at(-1)) - Number(a.path.at(-1)));
  checked._updates.sections = [...sections.filter((section) => !isElement(section)), ...elements];
  return checked;
};

/** dynalite makes a new table ACTIVE by a timer of 0 ms: one set later fires after it. */
const tableIsActive = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

const addOldItem = async (store: ItemStore, request: JsonObject, error: DynaliteError): Promise<void> => {
  if (!error.body?.__type.endsWith('ConditionalCheckFailedException')) return;
  const old = await itemOf(store, request);
  if (old) error.body.Item = old;
};

const itemOf = (store: ItemStore, request: JsonObject): Promise<Item | undefined> => {
  const table = requireTable(store, requireText(request.TableName, 'TableName'));
  const key = (request.Key ?? keyOf(table, request.Item as Item)) as Item;
  const invalid = database.validateKey(key, table);
  if (invalid) throw invalid;
  return new Promise((resolve) => {
    store.getItemDb(table.TableName).get(database.createKey(key, table), (_error, item) => {
      resolve(item as Item | undefined);
    });
  });
};

const requireTable = (store: ItemStore, name: string): Table => {
  const table = store.tables().find(({ TableName }) => TableName === name);
  if (table) return table;
  throw new AwsError('ResourceNotFoundException', 'Requested resource not found');
};

const keyOf = (table: Table, item: Item): Item =>
  Object.fromEntries(table.KeySchema.map(({ AttributeName: name }) => [name, item[name] ?? {}]));

/** dynalite's error as the exception of the same name. Anything else is a defect and passes. */
const asAwsError = (error: DynaliteError): Error => {
  const { body, statusCode = 400 } = error;
  if (!body) return error;
  const { __type, message, Message, ...members } = body;
  return new AwsError(__type.slice(__type.indexOf('#') + 1), message ?? Message ?? '', statusCode, members);
};
