import { randomBytes, randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { JsonObject } from '../../core/service.ts';

export interface CorsRule {
  readonly AllowedOrigins: readonly string[];
  readonly AllowedMethods: readonly string[];
  readonly AllowedHeaders?: readonly string[];
  readonly ExposedHeaders?: readonly string[];
  readonly MaxAge?: number;
}

export interface Bucket {
  readonly name: string;
  readonly createdAtMs: number;
  readonly versioning?: 'Enabled' | 'Suspended';
  readonly cors?: readonly CorsRule[];
  /** Whether changes of objects are told to EventBridge. */
  readonly eventBridge?: boolean;
  readonly policy?: JsonObject;
}

/** What an object is besides its bytes. */
export interface ObjectInfo {
  readonly etag: string;
  readonly size: number;
  /** Headers given back as they came: `content-type`, `x-amz-meta-…`, `x-amz-checksum-…`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

export interface StoredVersion extends ObjectInfo {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
  readonly latest: boolean;
  readonly deleteMarker: boolean;
  readonly modifiedAtMs: number;
  /** Name of the file with its bytes. */
  readonly file: string;
  /** Grows with every change: the order of a key's versions, and the sequencer of events. */
  readonly sequence: number;
}

export interface Upload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly startedAtMs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Part {
  readonly number: number;
  readonly etag: string;
  readonly size: number;
  readonly file: string;
  readonly modifiedAtMs: number;
}

const SCHEMA = `PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS bucket (name TEXT PRIMARY KEY, body TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS version (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, bucket TEXT NOT NULL, key TEXT NOT NULL, versionId TEXT NOT NULL,
    latest INTEGER NOT NULL, deleteMarker INTEGER NOT NULL, etag TEXT NOT NULL, size INTEGER NOT NULL,
    modifiedAtMs INTEGER NOT NULL, file TEXT NOT NULL, headers TEXT NOT NULL, tags TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS version_by_key ON version (bucket, key, sequence);
  CREATE INDEX IF NOT EXISTS latest_by_key ON version (bucket, key) WHERE latest = 1;
  CREATE TABLE IF NOT EXISTS upload (id TEXT PRIMARY KEY, body TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS part (upload TEXT NOT NULL, number INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (upload, number));
  CREATE TABLE IF NOT EXISTS event (id TEXT PRIMARY KEY, body TEXT NOT NULL)`;

/** Rows of `version` as SQLite gives them. */
interface VersionRow {
  readonly headers: string;
  readonly tags: string;
  readonly latest: number;
  readonly deleteMarker: number;
}

const versionOf = (row: VersionRow): StoredVersion =>
  ({
    ...row,
    latest: row.latest === 1,
    deleteMarker: row.deleteMarker === 1,
    headers: JSON.parse(row.headers),
    tags: JSON.parse(row.tags),
  }) as unknown as StoredVersion;

/** Statements of SQL and the ways to read their rows. */
const openRows = (path: string) => {
  const db = new DatabaseSync(path);
  db.exec(SCHEMA);
  const all = <T>(sql: string, ...values: SQLInputValue[]) => db.prepare(sql).all(...values) as T[];
  return {
    all,
    run: (sql: string, ...values: SQLInputValue[]) => db.prepare(sql).run(...values),
    /** Rows whose column `body` is JSON. */
    bodies: <T>(sql: string, ...values: SQLInputValue[]): T[] =>
      all<{ body: string }>(sql, ...values).map(({ body }) => JSON.parse(body) as T),
    /** All rows or none. */
    transaction: <T>(work: () => T): T => {
      db.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        db.exec('COMMIT');
        return result;
      } catch (error) {
        db.exec('ROLLBACK');
        throw error;
      }
    },
    close: () => db.close(),
  };
};

type Rows = ReturnType<typeof openRows>;

const fileStore = (filesDir: string) => {
  const pathOf = (file: string): string => join(filesDir, file);
  return {
    pathOf,
    dropFile: (file: string): void => {
      if (file !== '') rmSync(pathOf(file), { force: true });
    },
    /** Writes bytes to a new file and returns its name. */
    writeFile: (bytes: Uint8Array): string => {
      const file = randomUUID();
      writeFileSync(pathOf(file), bytes);
      return file;
    },
    /** A second name for the same bytes: files never change. */
    linkFile: (file: string): string => {
      const copy = randomUUID();
      linkSync(pathOf(file), pathOf(copy));
      return copy;
    },
  };
};

const bucketTable = ({ run, bodies }: Rows) => ({
  buckets: () => bodies<Bucket>('SELECT body FROM bucket ORDER BY name'),
  bucket: (name: string) => bodies<Bucket>('SELECT body FROM bucket WHERE name = ?', name)[0],
  putBucket: (bucket: Bucket) =>
    void run('INSERT OR REPLACE INTO bucket VALUES (?, ?)', bucket.name, JSON.stringify(bucket)),
  dropBucket: (name: string) => void run('DELETE FROM bucket WHERE name = ?', name),
});

const versionTable = ({ run, all }: Rows) => {
  const versions = (where: string, ...values: SQLInputValue[]): StoredVersion[] =>
    all<VersionRow>(`SELECT * FROM version WHERE ${where}`, ...values).map(versionOf);
  return {
    insert: (version: Omit<StoredVersion, 'sequence' | 'latest'>): StoredVersion => {
      run('UPDATE version SET latest = 0 WHERE bucket = ? AND key = ? AND latest = 1', version.bucket, version.key);
      const { lastInsertRowid } = run(
        'INSERT INTO version (bucket, key, versionId, latest, deleteMarker, etag, size, modifiedAtMs, file, headers, tags) VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?)',
        version.bucket,
        version.key,
        version.versionId,
        version.deleteMarker ? 1 : 0,
        version.etag,
        version.size,
        version.modifiedAtMs,
        version.file,
        JSON.stringify(version.headers),
        JSON.stringify(version.tags),
      );
      return { ...version, latest: true, sequence: Number(lastInsertRowid) };
    },
    /** Removes the row; when it was the latest, the one before it takes its place. */
    remove: ({ sequence, bucket, key }: StoredVersion): void => {
      run('DELETE FROM version WHERE sequence = ?', sequence);
      run(
        'UPDATE version SET latest = 1 WHERE sequence = (SELECT max(sequence) FROM version WHERE bucket = ? AND key = ?)',
        bucket,
        key,
      );
    },
    setTags: ({ sequence }: StoredVersion, tags: Readonly<Record<string, string>>) =>
      void run('UPDATE version SET tags = ? WHERE sequence = ?', JSON.stringify(tags), sequence),
    latest: (bucket: string, key: string) => versions('bucket = ? AND key = ? AND latest = 1', bucket, key)[0],
    version: (bucket: string, key: string, versionId: string) =>
      versions('bucket = ? AND key = ? AND versionId = ?', bucket, key, versionId)[0],
    /** Objects after a key, in the order of their UTF-8 bytes. */
    objectsAfter: (bucket: string, prefix: string, after: string, limit: number) =>
      versions(
        'bucket = ? AND latest = 1 AND deleteMarker = 0 AND key >= ? AND key < ? AND key > ? ORDER BY key LIMIT ?',
        bucket,
        prefix,
        `${prefix}\u{10FFFF}`,
        after,
        limit,
      ),
    /** Every version under a prefix, newest first within a key. */
    versionsUnder: (bucket: string, prefix: string) =>
      versions(
        'bucket = ? AND key >= ? AND key < ? ORDER BY key, sequence DESC',
        bucket,
        prefix,
        `${prefix}\u{10FFFF}`,
      ),
  };
};

const uploadTables = ({ run, bodies }: Rows) => ({
  upload: (id: string) => bodies<Upload>('SELECT body FROM upload WHERE id = ?', id)[0],
  uploads: (bucket: string) => bodies<Upload>('SELECT body FROM upload').filter((upload) => upload.bucket === bucket),
  putUpload: (upload: Upload) => void run('INSERT INTO upload VALUES (?, ?)', upload.id, JSON.stringify(upload)),
  dropUpload: (id: string): void => {
    run('DELETE FROM part WHERE upload = ?', id);
    run('DELETE FROM upload WHERE id = ?', id);
  },
  parts: (upload: string) => bodies<Part>('SELECT body FROM part WHERE upload = ? ORDER BY number', upload),
  putPart: (upload: string, part: Part) =>
    void run('INSERT OR REPLACE INTO part VALUES (?, ?, ?)', upload, part.number, JSON.stringify(part)),
});

const eventTable = ({ run, all }: Rows) => ({
  /** Events that a change has caused, kept until they are published. */
  events: () => all<{ id: string; body: string }>('SELECT id, body FROM event'),
  putEvent: (id: string, event: unknown) => void run('INSERT INTO event VALUES (?, ?)', id, JSON.stringify(event)),
  dropEvent: (id: string) => void run('DELETE FROM event WHERE id = ?', id),
});

/** Rows and files. A file is written whole before the row that names it: a row never names bytes that are not there. */
export type ObjectStore = ReturnType<typeof openObjectStore>;

/** Opens (or makes) `s3/` in the data directory. */
export const openObjectStore = (dataDir: string) => {
  const filesDir = join(dataDir, 's3', 'files');
  mkdirSync(filesDir, { recursive: true });
  const rows = openRows(join(dataDir, 's3', 's3.db'));
  const named = rows.all<{ file: string }>('SELECT file FROM version');
  sweepFiles(filesDir, new Set([...named, ...rows.bodies<Part>('SELECT body FROM part')].map(({ file }) => file)));
  return {
    ...fileStore(filesDir),
    transaction: rows.transaction,
    ...bucketTable(rows),
    ...versionTable(rows),
    ...uploadTables(rows),
    ...eventTable(rows),
    close: rows.close,
  };
};

/** A version id as S3 makes them: 32 characters that may stand in a URL. */
export const newVersionId = (): string => randomBytes(24).toString('base64url');

/** Removes files that a process wrote and died before naming. */
const sweepFiles = (directory: string, named: ReadonlySet<string>): void => {
  for (const file of readdirSync(directory)) if (!named.has(file)) rmSync(join(directory, file), { force: true });
};
