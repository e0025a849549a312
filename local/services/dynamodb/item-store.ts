import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { Readable } from 'node:stream';
import {
  type DynaliteError,
  type DynaliteStore,
  database,
  type Item,
  type KeyRange,
  type KeySpace,
  type Table,
} from './dynalite.ts';

/** Rows read at once while a query goes through a range. */
const PAGE_ROWS = 128;

type Row = { readonly key: string; readonly value: string };

/** dynalite's store on SQLite: what dynalite writes for one request becomes durable together or not at all. */
export interface ItemStore extends DynaliteStore {
  /** Runs alone: nothing else reads or writes meanwhile. Without an error everything written is kept, else nothing. */
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>;
  /** Runs alone, without writing. */
  readonly reading: <T>(work: () => Promise<T>) => Promise<T>;
  readonly tables: () => Table[];
  readonly items: (table: string) => Generator<Item>;
  /** Removes a table with its items, indexes and tags. Within a transaction. */
  readonly dropTable: (table: Table) => void;
  readonly close: () => void;
}

/** Opens (or makes) `dynamodb.db` in the data directory. */
export const openItemStore = (dataDir: string, accountId: string, region: string): ItemStore => {
  mkdirSync(dataDir, { recursive: true });
  const db = new DatabaseSync(join(dataDir, 'dynamodb.db'));
  // With a write-ahead log, NORMAL loses nothing when the process dies; only a power cut may lose the last commits.
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS entry (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID`);
  const rows = rowReader(db);
  const space = keySpaces(db, rows);
  const tableDb = Object.assign(space('table'), { awsAccountId: accountId, awsRegion: region });
  const removeRange = db.prepare('DELETE FROM entry WHERE key >= ? AND key < ?');
  return {
    options: { createTableMs: 0, updateTableMs: 0, maxItemSize: database.MAX_SIZE },
    tableDb,
    getItemDb: (table) => space(`item-${table}`),
    getIndexDb: (kind, table, index) => space(indexSpace(kind, table, index)),
    getTagDb: (table) => space(`tag-${table}`),
    getTable: tableReader(tableDb),
    ...exclusively(db),
    tables: () => [...rows('table~')].map(({ value }) => JSON.parse(value) as Table),
    items: function* (table) {
      for (const { value } of rows(`item-${table}~`)) yield JSON.parse(value) as Item;
    },
    dropTable: (table) => {
      const indexes = (table.GlobalSecondaryIndexes ?? []).map((index) =>
        indexSpace('global', table.TableName, index.IndexName),
      );
      for (const name of [`item-${table.TableName}`, `tag-${table.TableName}`, ...indexes]) {
        removeRange.run(`${name}~`, `${name}~${AFTER_ALL}`);
      }
      tableDb.del(table.TableName, () => undefined);
    },
    close: () => db.close(),
  };
};

/** After every key dynalite makes: they are ASCII. */
const AFTER_ALL = '\u00ff';

const indexSpace = (kind: string, table: string, index: string): string =>
  `index-${kind.toLowerCase()}~${table}~${index}`;

type RowReader = (prefix: string, range?: KeyRange) => Generator<Row>;

const rowReader = (db: DatabaseSync): RowReader => {
  const statements = new Map<string, StatementSync>();
  const prepared = (lower: string, upper: string, order: string): StatementSync => {
    const sql = `SELECT key, value FROM entry WHERE key ${lower} ? AND key ${upper} ? ORDER BY key ${order} LIMIT ?`;
    const statement = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  return function* (prefix, range = {}) {
    let [lower, from] = range.gt === undefined ? ['>=', prefix + (range.gte ?? '')] : ['>', prefix + range.gt];
    let [upper, to] = range.lte === undefined ? ['<', prefix + (range.lt ?? AFTER_ALL)] : ['<=', prefix + range.lte];
    for (;;) {
      const page = prepared(lower, upper, range.reverse ? 'DESC' : 'ASC').all(from, to, PAGE_ROWS) as Row[];
      yield* page;
      const last = page.at(-1);
      if (!last || page.length < PAGE_ROWS) return;
      if (range.reverse) [upper, to] = ['<', last.key];
      else [lower, from] = ['>', last.key];
    }
  };
};

const keySpaces = (db: DatabaseSync, rows: RowReader): ((name: string) => KeySpace) => {
  const get = db.prepare('SELECT value FROM entry WHERE key = ?');
  const put = db.prepare('INSERT OR REPLACE INTO entry VALUES (?, ?)');
  const remove = db.prepare('DELETE FROM entry WHERE key = ?');
  return (name) => {
    const prefix = `${name}~`;
    return {
      // Requests run one at a time: there is nobody to lock out.
      lock: (_key, run) => run((done) => done),
      get: (key, done) => {
        const row = get.get(prefix + key) as { value: string } | undefined;
        done(null, row === undefined ? undefined : JSON.parse(row.value));
      },
      put: (key, value, done) => {
        put.run(prefix + key, JSON.stringify(value));
        done(null);
      },
      del: (key, done) => {
        remove.run(prefix + key);
        done(null);
      },
      batch: (operations, done) => {
        for (const { type, key, value } of operations) {
          if (type === 'put') put.run(prefix + key, JSON.stringify(value));
          else remove.run(prefix + key);
        }
        done(null);
      },
      createKeyStream: (range) => Readable.from(mapped(rows(prefix, range), ({ key }) => key.slice(prefix.length))),
      createValueStream: (range) =>
        Readable.from(mapped(rows(prefix, range), ({ value }) => JSON.parse(value) as Item)),
    };
  };
};

function* mapped<T>(rows: Iterable<Row>, map: (row: Row) => T): Generator<T> {
  for (const row of rows) yield map(row);
}

const tableReader =
  (tableDb: KeySpace): DynaliteStore['getTable'] =>
  (name, checkStatus, done) => {
    const answer = typeof checkStatus === 'function' ? checkStatus : done;
    tableDb.get(name, (_error, table) => {
      if (table) return answer?.(null, table as Table);
      const named = checkStatus === false ? `: Table: ${name} not found` : '';
      return answer?.(notFound(`Requested resource not found${named}`));
    });
  };

const notFound = (message: string): DynaliteError =>
  Object.assign(new Error(message), {
    statusCode: 400,
    body: { __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException', message },
  });

const exclusively = (db: DatabaseSync): Pick<ItemStore, 'transaction' | 'reading'> => {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  return {
    reading: inTurn,
    transaction: (work) =>
      inTurn(async () => {
        db.exec('BEGIN IMMEDIATE');
        try {
          const result = await work();
          db.exec('COMMIT');
          return result;
        } catch (error) {
          db.exec('ROLLBACK');
          throw error;
        }
      }),
  };
};
