import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A file of one JSON document a line; never tokens, bodies or query strings. */
export interface AccessLog {
  readonly write: (line: object) => void;
  readonly close: () => void;
}

export function openAccessLog(dataDir: string, name: string): AccessLog {
  const folder = join(dataDir, 'logs');
  mkdirSync(folder, { recursive: true });
  let file: number | undefined = openSync(join(folder, `${name}-access.log`), 'a');
  return {
    // The answer to a request under way at the end comes after the log is closed.
    write: (line) => {
      if (file !== undefined) writeSync(file, `${JSON.stringify(line)}\n`);
    },
    close: () => {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}
