import { isDeepStrictEqual } from 'node:util';
import { COMMON_PROBLEMS, OPERATION_DOCS, type OperationDocs } from '../../../shared/http/operation-docs.ts';
import { OPERATIONS, type OperationId, operation, prefixesOf } from '../../../shared/http/operations.ts';
import { PROBLEMS, type ProblemCode } from '../../../shared/kernel/problems.ts';
import type { Answer } from './api.ts';

interface Address {
  readonly id: OperationId;
  readonly method: string;
  readonly pattern: RegExp;
  readonly parameters: number;
}

const ADDRESSES: readonly Address[] = (Object.keys(OPERATIONS) as OperationId[])
  .flatMap((id) =>
    prefixesOf(id).map((prefix) => ({
      id,
      method: operation(id).method,
      pattern: new RegExp(
        `^${`${prefix}${operation(id).path}`.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`,
      ),
      parameters: operation(id).path.split('{').length - 1,
    })),
  )
  .toSorted((a, b) => a.parameters - b.parameters);

/** The operation of a request, if it is for one: as in API Gateway the path that says more itself. */
export const operationAt = (method: string, path: string): OperationId | undefined =>
  ADDRESSES.find((address) => address.method === method && address.pattern.test(path.split('?')[0] ?? ''))?.id;

/** Refusals in API Gateway's own words: it turned the request away before it reached a function, or had no answer. */
const OF_THE_GATEWAY = [401, 413, 429, 500, 503, 504];

/** In which way an answer is not what the documentation of its operation promises; undefined when it is. */
export function breachOfContract(id: OperationId, answer: Answer<unknown>): string | undefined {
  const docs: OperationDocs = OPERATION_DOCS[id];
  const type = answer.headers.get('content-type') ?? '';
  const where = `${id} answered ${answer.status}`;
  if (type.startsWith('application/problem+json')) return breachOfProblem(id, docs, answer);
  if (isOfGateway(answer)) return undefined;
  const documented = docs.responses[answer.status];
  if (documented === undefined) return `${where}, which is not documented`;
  if (documented.schema === undefined) return undefined;
  const wanted = documented.contentType ?? 'application/json';
  if (!type.startsWith(wanted)) return `${where} with ${type}, not ${wanted}`;
  if (wanted !== 'application/json') return undefined;
  const parsed = documented.schema.safeParse(answer.body);
  if (!parsed.success) return `${where} with a body that does not match: ${parsed.error.message}`;
  // What the schema strips was not documented.
  return isDeepStrictEqual(parsed.data, answer.body)
    ? undefined
    : `${where} with undocumented fields: ${JSON.stringify(answer.body)}`;
}

function breachOfProblem(id: OperationId, docs: OperationDocs, answer: Answer<unknown>): string | undefined {
  const { code, status } = answer.body as { code: ProblemCode; status: number };
  const open = operation(id).scope === null;
  if (status !== answer.status || PROBLEMS[code]?.status !== status) return `${id}: the status of ${code} is wrong`;
  if (docs.problems.includes(code) || (!open && COMMON_PROBLEMS.includes(code))) return undefined;
  return `${id} answered the problem ${code}, which is not documented`;
}

const isOfGateway = ({ status, body }: Answer<unknown>): boolean =>
  OF_THE_GATEWAY.includes(status) && isDeepStrictEqual(Object.keys(body as object), ['message']);
