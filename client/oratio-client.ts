import { OPERATION_TABLE, type OperationLine } from './operation-table.ts';
import type { AnswerOf, InputArguments, ItemOf, OperationId, PagedOperationId } from './operation-types.ts';
import { OratioProblem, problemOf, unreachable } from './oratio-problem.ts';
import { type Patience, USUAL_PATIENCE, wait, waitBeforeRepeating } from './repeat.ts';

export interface OratioClientOptions {
  /** Where the API is: `https://api.example.com`; with `/api/v1` behind it is as good. */
  readonly baseUrl: string;
  /**
   * An access token, or an API key for the operations that take one. Asked for each request; when a token was refused
   * (401), asked once more with the refused one, so that it can be renewed.
   */
  readonly token: (refused?: string) => string | Promise<string>;
  readonly fetch?: typeof fetch;
  readonly patience?: Partial<Patience>;
  /** For tests: how to wait, chance in [0, 1), and how to name a request that may be repeated. */
  readonly wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly chance?: () => number;
  readonly newIdempotencyKey?: () => string;
}

/** An answer that is a success. */
export interface OratioAnswer<Data> {
  readonly data: Data;
  readonly status: number;
  /** To be given back as `ifMatch`, or to `callIfChanged`. */
  readonly etag?: string;
  readonly headers: Headers;
}

export interface OratioClient {
  readonly baseUrl: string;
  /** Calls an operation of the API. Throws `OratioProblem`; what the signal says when it is aborted. */
  readonly call: <Id extends OperationId>(id: Id, ...input: InputArguments<Id>) => Promise<OratioAnswer<AnswerOf<Id>>>;
  /** As `call`, of an operation that is read; `undefined` when it is still what `etag` names. */
  readonly callIfChanged: <Id extends OperationId>(
    id: Id,
    etag: string | undefined,
    ...input: InputArguments<Id>
  ) => Promise<OratioAnswer<AnswerOf<Id>> | undefined>;
  /** The pages of a listing, each fetched when it is asked for. */
  readonly pages: <Id extends PagedOperationId>(
    id: Id,
    ...input: InputArguments<Id>
  ) => AsyncGenerator<AnswerOf<Id>, void>;
  /** What a listing lists, over all its pages. */
  readonly items: <Id extends PagedOperationId>(
    id: Id,
    ...input: InputArguments<Id>
  ) => AsyncGenerator<ItemOf<Id>, void>;
}

/** The parts of any operation's input, as a request is made of them. */
interface AnyInput {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly ifMatch?: string;
  readonly idempotencyKey?: string;
}

/** A client of the API, for browsers and Node. What each operation takes and answers is inferred from the API itself. */
export function createOratioClient(options: OratioClientOptions): OratioClient {
  const baseUrl = originOf(options.baseUrl);
  const send = sender({ ...options, baseUrl });
  const call: OratioClient['call'] = async (id, ...[input]) => {
    const response = await send(lineOf(id), input ?? {});
    return (await answerOf(response)) as OratioAnswer<AnswerOf<typeof id>>;
  };
  const callIfChanged: OratioClient['callIfChanged'] = async (id, etag, ...[input]) => {
    const given: AnyInput = input ?? {};
    const headers = { ...given.headers, ...(etag === undefined ? {} : { 'if-none-match': etag }) };
    const response = await send(lineOf(id), { ...given, headers });
    return response.status === 304 ? undefined : ((await answerOf(response)) as OratioAnswer<AnswerOf<typeof id>>);
  };
  async function* pages<Id extends PagedOperationId>(id: Id, ...[input]: InputArguments<Id>) {
    const given: AnyInput = input ?? {};
    let cursor = given.query?.cursor;
    do {
      const query = { ...given.query, ...(cursor === undefined ? {} : { cursor }) };
      const { data } = await answerOf(await send(lineOf(id), { ...given, query }));
      yield data as AnswerOf<Id>;
      cursor = (data as { readonly nextCursor: string | null }).nextCursor ?? undefined;
    } while (cursor !== undefined);
  }
  async function* items<Id extends PagedOperationId>(id: Id, ...input: InputArguments<Id>) {
    for await (const page of pages(id, ...input)) yield* itemsOf(page) as ItemOf<Id>[];
  }
  return { baseUrl, call, callIfChanged, pages, items };
}

/** A page holds one list, under the name of what it lists. */
const itemsOf = (page: unknown): readonly unknown[] => Object.values(page as object).find(Array.isArray) ?? [];

const originOf = (url: string): string => url.replace(/\/+$/, '').replace(/\/api(\/v1)?$/, '');

const lineOf = (id: string): OperationLine => {
  const line = OPERATION_TABLE[id];
  if (line === undefined) throw new Error(`This client knows no operation ${id}: its table is older than the API.`);
  return line;
};

const sender =
  (options: OratioClientOptions) =>
  async (line: OperationLine, given: AnyInput): Promise<Response> => {
    const { patience, wait: pause = wait, chance = Math.random } = options;
    const input = withIdempotencyKey(line, given, options.newIdempotencyKey ?? (() => crypto.randomUUID()));
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await sendOnce(options, line, input);
      } catch (problem) {
        if (!(problem instanceof OratioProblem)) throw problem;
        const failure = { problem, attempt, repeatable: isRepeatable(line, input, problem) };
        const waitMs = waitBeforeRepeating(failure, { ...USUAL_PATIENCE, ...patience }, chance());
        if (waitMs === undefined) throw problem;
        await pause(waitMs, input.signal);
      }
    }
  };

const withIdempotencyKey = (line: OperationLine, input: AnyInput, newKey: () => string): AnyInput =>
  line.keyed === true && input.idempotencyKey === undefined ? { ...input, idempotencyKey: newKey() } : input;

/**
 * A request with `If-Match` that got no answer may have been carried out: its repetition would be refused as if somebody
 * else had been there.
 */
const isRepeatable = ({ method }: OperationLine, input: AnyInput, problem: OratioProblem): boolean => {
  if (method === 'GET' || input.idempotencyKey !== undefined) return true;
  return (method === 'PUT' || method === 'DELETE') && !(problem.status === 0 && input.ifMatch !== undefined);
};

/** Throws `OratioProblem` for whatever is neither a success nor `304`. */
async function sendOnce(options: OratioClientOptions, line: OperationLine, input: AnyInput): Promise<Response> {
  const token = line.open === true ? undefined : await options.token();
  const response = await exchange(options, line, input, token);
  if (response.status !== 401 || token === undefined) return successOf(response);
  const renewed = await options.token(token);
  return successOf(renewed === token ? response : await exchange(options, line, input, renewed));
}

const successOf = async (response: Response): Promise<Response> => {
  if (response.ok || response.status === 304) return response;
  throw await problemOf(response);
};

async function exchange(
  { baseUrl, fetch: send = fetch }: OratioClientOptions,
  line: OperationLine,
  input: AnyInput,
  token: string | undefined,
): Promise<Response> {
  const url = `${baseUrl}${pathOf(line.path, input.path ?? {})}${queryOf(input.query ?? {})}`;
  const { body, contentType } = bodyOf(input.body);
  const headers: Record<string, string> = {
    accept: 'application/json, application/problem+json',
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(input.ifMatch === undefined ? {} : { 'if-match': input.ifMatch }),
    ...(input.idempotencyKey === undefined ? {} : { 'idempotency-key': input.idempotencyKey }),
    ...input.headers,
  };
  const init = { method: line.method, headers, ...(body === undefined ? {} : { body }) };
  try {
    return await send(url, { ...init, ...(input.signal === undefined ? {} : { signal: input.signal }) });
  } catch (error) {
    input.signal?.throwIfAborted();
    throw unreachable(url, error);
  }
}

const pathOf = (path: string, names: Readonly<Record<string, string>>): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = names[name];
    if (value === undefined || value === '') throw new TypeError(`The path needs a value for ${name}.`);
    return encodeURIComponent(value);
  });

const queryOf = (query: NonNullable<AnyInput['query']>): string => {
  const written = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) written.append(name, String(value));
  return written.size === 0 ? '' : `?${written.toString()}`;
};

interface RequestBody {
  readonly body?: string | FormData;
  readonly contentType?: string;
}

/** A form names its own content type, with the boundary between its fields. */
const bodyOf = (body: unknown): RequestBody => {
  if (body === undefined) return {};
  return body instanceof FormData ? { body } : { body: JSON.stringify(body), contentType: 'application/json' };
};

async function answerOf(response: Response): Promise<OratioAnswer<unknown>> {
  const { status, headers } = response;
  const etag = headers.get('etag');
  return { data: await dataOf(response), status, ...(etag === null ? {} : { etag }), headers };
}

async function dataOf(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  if (!/[/+]json/.test(response.headers.get('content-type') ?? '')) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw unreachable(response.url, cause);
  }
}
