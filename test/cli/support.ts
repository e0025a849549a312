import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Io } from '../../cli/io.ts';
import { run } from '../../cli/program.ts';

/** What a command left behind. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A folder that is gone after the test. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'oratio-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Terminal {
  readonly args: readonly string[];
  readonly stdin?: string;
  readonly io?: Partial<Io>;
}

/** Runs the program in this process; nowhere a screen unless stated. */
export async function ran({ args, stdin = '', io = {} }: Terminal): Promise<Ran> {
  let out = '';
  let err = '';
  const code = await run(args, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    stdin: () => Promise.resolve(stdin),
    ask: () => Promise.reject(new Error('nobody is asked here')),
    isOutTty: false,
    isErrTty: false,
    isInTty: false,
    columns: 100,
    cwd: process.cwd(),
    nowMs: () => 1_795_000_000_000,
    signal: new AbortController().signal,
    openBrowser: () => Promise.resolve(false),
    ...io,
    env: { XDG_CONFIG_HOME: join(tmpdir(), 'oratio-no-such-folder'), ...io.env },
  });
  return { code, out, err };
}

export interface ApiRequest {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

/** An API on this machine that answers by `METHOD /path`; 404 to whatever it was not told of. */
export async function apiThat(
  answers: Readonly<Record<string, unknown>>,
): Promise<{ url: string; seen: ApiRequest[] }> {
  const seen: ApiRequest[] = [];
  const server = createServer((request, response) => {
    void textOf(request).then((text) => {
      const { method = '', url = '' } = request;
      seen.push({
        method,
        url,
        authorization: request.headers.authorization,
        body: text === '' ? undefined : parsed(text),
      });
      const answer = answers[`${method} ${url.split('?')[0]}`];
      const problem = {
        status: 404,
        code: 'agent-not-found',
        title: 'There is no such agent',
        detail: 'Look again.',
        requestId: 'r-1',
      };
      response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer ?? problem));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return Object.fromEntries(new URLSearchParams(text));
  }
};

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
