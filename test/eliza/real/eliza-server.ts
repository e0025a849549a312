import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RunningEliza {
  readonly url: string;
  /** Ends the process, as a task is ended, and waits for its end. */
  readonly stop: () => Promise<void>;
}

/** Seconds on a quiet machine. */
const STARTS_WITHIN_MS = 120_000;

export const TOKEN = 'token-of-the-test';

/** Starts the container's own entry file over the packages installed in `dir`; its output goes to `dir/server.log`. */
export const startEliza = async (dir: string, dataDir: string, modelUrl: string): Promise<RunningEliza> => {
  await copyFile(new URL('../../../containers/eliza/main.mjs', import.meta.url), join(dir, 'main.mjs'));
  const port = await freePort();
  const child = spawn(process.execPath, ['main.mjs'], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: dataDir,
      PORT: String(port),
      SERVER_HOST: '127.0.0.1',
      ELIZA_SERVER_AUTH_TOKEN: TOKEN,
      SECRET_SALT: 'salt-of-the-test',
      OPENAI_API_KEY: 'key-of-the-test',
      OPENAI_BASE_URL: modelUrl,
      PGLITE_DATA_DIR: join(dataDir, 'db'),
      ELIZA_DATA_DIR: dataDir,
      NODE_ENV: 'production',
    },
  });
  const log = createWriteStream(join(dir, 'server.log'), { flags: 'a' });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const url = `http://127.0.0.1:${port}`;
  await untilHealthy(url, child);
  return {
    url,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const ended = once(child, 'exit');
      await Promise.race([ended, sleep(10_000, undefined, { ref: false })]);
      child.kill('SIGKILL');
      await ended;
    },
  };
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return address === null || typeof address === 'string' ? 0 : address.port;
};

const untilHealthy = async (url: string, child: ChildProcess): Promise<void> => {
  const until = Date.now() + STARTS_WITHIN_MS;
  while (Date.now() < until && child.exitCode === null) {
    const isUp = await fetch(`${url}/healthz`).then(
      (response) => response.ok,
      () => false,
    );
    if (isUp) return;
    await sleep(200);
  }
  child.kill('SIGKILL');
  throw new Error('The ElizaOS server did not start; see server.log.');
};
