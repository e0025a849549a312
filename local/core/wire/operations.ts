import { NormalizedSchema } from '@smithy/core/schema';

/** One operation of a service as its SDK client describes it. */
export interface WireOperation {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  /** Present for REST protocols. */
  readonly http?: HttpBinding;
}

export interface HttpBinding {
  readonly method: string;
  readonly path: RegExp;
  readonly labels: readonly string[];
  /** Query parameters that the path pattern itself names (`?withResponseStream`), with their value when fixed. */
  readonly query: readonly (readonly [string, string | undefined])[];
  readonly status: number;
}

/** What an SDK client exports about its service: operations by name and the schemas of its errors. */
export interface WireModel {
  readonly operations: ReadonlyMap<string, WireOperation>;
  readonly errors: ReadonlyMap<string, NormalizedSchema>;
}

const OPERATION_SCHEMA = 9;
const ERROR_SCHEMA = -3;

type StaticOperation = readonly [
  number,
  string,
  string,
  { http?: [string, string, number] } | number,
  SchemaThunk,
  SchemaThunk,
];
type SchemaThunk = Parameters<typeof NormalizedSchema.of>[0];

function readHttp(traits: StaticOperation[3]): HttpBinding | undefined {
  const http = typeof traits === 'object' ? traits.http : undefined;
  if (!http) return undefined;
  const [method, uri, status] = http;
  const [path = '', query = ''] = uri.split('?');
  const labels: string[] = [];
  const pattern = path
    .replaceAll(/[.$^()|[\]\\]/g, '\\$&')
    .replaceAll(/\{([\w-]+)(\+?)\}/g, (_, label: string, greedy: string) => {
      labels.push(label);
      return greedy ? '(.+)' : '([^/]+)';
    });
  const parameters = [...new URLSearchParams(query)].map(
    ([key, value]) => [key, value === '' ? undefined : value] as const,
  );
  return { method, path: new RegExp(`^${pattern}/?$`), labels, query: parameters, status };
}

/** Reads operations and errors from the module namespace of an `@aws-sdk/client-*` package. */
export function readModel(client: object): WireModel {
  const operations = new Map<string, WireOperation>();
  const errors = new Map<string, NormalizedSchema>();
  for (const exported of Object.values(client)) {
    if (!Array.isArray(exported)) continue;
    if (exported[0] === OPERATION_SCHEMA) {
      const [, , name, traits, input, output] = exported as unknown as StaticOperation;
      const http = readHttp(traits);
      operations.set(name, {
        name,
        input: NormalizedSchema.of(input),
        output: NormalizedSchema.of(output),
        ...(http ? { http } : {}),
      });
    } else if (exported[0] === ERROR_SCHEMA) {
      errors.set(String(exported[2]), NormalizedSchema.of(exported as unknown as SchemaThunk));
    }
  }
  return { operations, errors };
}

/** The REST operation a request addresses; of several that match, the one with the fewest labels and most fixed query. */
export function matchRoute(operations: readonly WireOperation[], method: string, url: URL): WireOperation | undefined {
  let best: WireOperation | undefined;
  for (const operation of operations) {
    const { http } = operation;
    if (http?.method !== method || !http.path.test(url.pathname)) continue;
    if (!http.query.every(([key, value]) => hasParameter(url, key, value))) continue;
    if (!best?.http || isMoreSpecific(http, best.http)) best = operation;
  }
  return best;
}

function hasParameter(url: URL, key: string, value: string | undefined): boolean {
  return url.searchParams.has(key) && (value === undefined || url.searchParams.get(key) === value);
}

function isMoreSpecific(a: HttpBinding, b: HttpBinding): boolean {
  if (a.labels.length !== b.labels.length) return a.labels.length < b.labels.length;
  return a.query.length > b.query.length;
}
