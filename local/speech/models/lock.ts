import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

/** How often a waiting process looks whether its turn has come. */
const LOOK_EVERY_MS = 200;

/**
 * Runs `task` in one process (and once in it) at a time. The lock is SQLite's on an otherwise empty database, so the
 * operating system frees it when its holder is killed; a lock file with a process id in it would need guessing.
 */
export async function exclusively<T>(lockPath: string, task: () => Promise<T>): Promise<T> {
  const db = new DatabaseSync(lockPath);
  try {
    while (!tryLock(db)) await sleep(LOOK_EVERY_MS);
    return await task();
  } finally {
    db.close();
  }
}

function tryLock(db: DatabaseSync): boolean {
  try {
    db.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (error instanceof Error && /database is locked/.test(error.message)) return false;
    throw error;
  }
}
