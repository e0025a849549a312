/**
 * `node scripts/build-cli.ts`: writes `cli/operation-table.json` from the table of operations, when it has changed.
 */
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import * as z from 'zod';
import type { ApiCommand, QueryOption } from '../cli/commands/api.ts';
import type { Operation } from '../shared/http/operation.ts';
import { OPERATION_DOCS, type OperationDocs } from '../shared/http/operation-docs.ts';
import { OPERATIONS, type OperationId } from '../shared/http/operations.ts';
import { clientOperations } from './build-client.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BIOME = fileURLToPath(new URL('../node_modules/.bin/biome', import.meta.url));
const TABLE_FILE = fileURLToPath(new URL('../cli/operation-table.json', import.meta.url));

function queryOf({ query }: Operation): readonly QueryOption[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([name, property]) => ({
    name,
    description: typeof property === 'object' ? (property.description ?? '') : '',
    ...(required.includes(name) ? { isNeeded: true as const } : {}),
  }));
}

function commandOf(id: OperationId): ApiCommand {
  const operation: Operation = OPERATIONS[id];
  const { summary }: OperationDocs = OPERATION_DOCS[id];
  return {
    summary,
    path: [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
    query: queryOf(operation),
    ...(operation.body === undefined ? {} : { hasBody: true as const }),
  };
}

/** The text of `cli/operation-table.json`, as the formatter writes it. */
export function apiCommands(): string {
  const table = Object.fromEntries(clientOperations().map((id) => [id, commandOf(id)]));
  return execFileSync(BIOME, ['format', '--stdin-file-path=cli/operation-table.json'], {
    cwd: ROOT,
    input: JSON.stringify(table, undefined, 2),
    encoding: 'utf8',
  });
}

/** Writes the table unless it is current; whether it was written. */
export async function buildApiCommands(): Promise<boolean> {
  const source = apiCommands();
  if ((await readFile(TABLE_FILE, 'utf8').catch(() => '')) === source) return false;
  await writeFile(TABLE_FILE, source);
  return true;
}

/** Writes `outFile`: the whole program in one file for Node 22 and later. */
export async function buildCli(outFile: string): Promise<void> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['cli/main.ts'],
    outfile: outFile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    // commander is CommonJS and asks for Node's modules.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    legalComments: 'none',
    logLevel: 'error',
  });
}

if (import.meta.main) {
  const written = await buildApiCommands();
  console.log(written ? 'cli/operation-table.json is written' : 'cli/operation-table.json is current');
}
