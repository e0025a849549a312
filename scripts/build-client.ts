/** `node scripts/build-client.ts`: writes `client/operation-table.ts` from the table of operations, when it has changed. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Operation } from '../shared/http/operation.ts';
import { OPERATION_DOCS, type OperationDocs } from '../shared/http/operation-docs.ts';
import { OPERATIONS, type OperationId, prefixesOf } from '../shared/http/operations.ts';

const TABLE_FILE = fileURLToPath(new URL('../client/operation-table.ts', import.meta.url));

const HEAD = `// Written by scripts/build-client.ts from shared/http/operations.ts: do not edit.

/** What a request of an operation is made of. */
export interface OperationLine {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its prefix; names to be filled in are in braces. */
  readonly path: string;
  /** Whether it takes an \`Idempotency-Key\`. */
  readonly keyed?: true;
  /** Whether anybody may call it, without a token. */
  readonly open?: true;
}

/** Every operation by its id. */
export const OPERATION_TABLE: Readonly<Record<string, OperationLine>> = {
`;

/** The ids of what a client may call: all but what platforms call, signed by them. */
export const clientOperations = (): readonly OperationId[] =>
  (Object.keys(OPERATIONS) as OperationId[]).filter((id) => !operationOf(id).path.startsWith('/api/v1/webhooks/'));

const operationOf = (id: OperationId): Operation => OPERATIONS[id];

const lineOf = (id: OperationId): string => {
  const { method, path, scope } = operationOf(id);
  const { headers = [] }: OperationDocs = OPERATION_DOCS[id];
  const members = [
    `method: '${method}'`,
    `path: '${prefixesOf(id)[0]}${path}'`,
    ...(headers.includes('Idempotency-Key') ? ['keyed: true'] : []),
    ...(scope === null ? ['open: true'] : []),
  ];
  return `  ${id}: { ${members.join(', ')} },\n`;
};

/** The source of `client/operation-table.ts`. */
export const operationTable = (): string => `${HEAD}${clientOperations().map(lineOf).join('')}};\n`;

/** Writes the table unless it is current; whether it was written. */
export async function buildOperationTable(): Promise<boolean> {
  const source = operationTable();
  if ((await readFile(TABLE_FILE, 'utf8').catch(() => '')) === source) return false;
  await writeFile(TABLE_FILE, source);
  return true;
}

if (import.meta.main) {
  const written = await buildOperationTable();
  console.log(written ? 'client/operation-table.ts is written' : 'client/operation-table.ts is current');
}
