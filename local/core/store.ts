import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { KeyValueStore } from './service.ts';

export interface CloudStore {
  readonly namespace: (name: string) => KeyValueStore;
  /** Keys in the store by namespace, for inventories. */
  readonly keys: () => { namespace: string; key: string }[];
  readonly close: () => void;
}

type Row = { key: string; value: string };

/** The character after every other: an upper bound for a key prefix. */
const AFTER_ALL = '\u{10FFFF}';

/** Opens (or makes) `cloud.db` in the data directory. Committed writes survive `kill -9` of the process. */
export function openStore(dataDir: string): CloudStore {
  mkdirSync(dataDir, { recursive: true });
  const db = new DatabaseSync(join(dataDir, 'cloud.db'));
  // With a write-ahead log, NORMAL loses nothing when a process dies; only a power cut may lose the last commits.
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;
    CREATE TABLE IF NOT EXISTS entry (namespace TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
      PRIMARY KEY (namespace, key)) WITHOUT ROWID`);
  const get = db.prepare('SELECT value FROM entry WHERE namespace = ? AND key = ?');
  const put = db.prepare('INSERT OR REPLACE INTO entry VALUES (?, ?, ?)');
  const remove = db.prepare('DELETE FROM entry WHERE namespace = ? AND key = ?');
  const list = db.prepare('SELECT key, value FROM entry WHERE namespace = ? AND key >= ? AND key < ? ORDER BY key');
  const keys = db.prepare('SELECT namespace, key FROM entry ORDER BY namespace, key');
  return {
    namespace: (name) => ({
      get: <T>(key: string) => {
        const row = get.get(name, key) as Row | undefined;
        return row === undefined ? undefined : (JSON.parse(row.value) as T);
      },
      put: (key, value) => void put.run(name, key, JSON.stringify(value)),
      delete: (key) => void remove.run(name, key),
      list: <T>(prefix = '') =>
        (list.all(name, prefix, prefix + AFTER_ALL) as Row[]).map(({ key, value }) => ({
          key,
          value: JSON.parse(value) as T,
        })),
    }),
    keys: () => keys.all() as { namespace: string; key: string }[],
    close: () => db.close(),
  };
}
