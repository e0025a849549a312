import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type * as z from 'zod';
import type { UserId } from '../kernel/ids.ts';
import { jsonLog, type Log } from '../kernel/log.ts';
import { problem, refused } from '../kernel/problems.ts';
import { answerOf, problemAnswer } from './answers.ts';
import { type Authorized, type Caller, callerOf, demandSameAgent, demandScope, operatorOf } from './caller.ts';
import { API_PREFIX, LEGACY_PREFIX, type Operation } from './operation.ts';
import type { OPERATIONS, OperationId } from './operations.ts';
import { pointer } from './pointer.ts';
import type { Limiter } from './rate-limit.ts';
import { environmentLimiter } from './rate-limit-aws.ts';
import { parseJson, readBody } from './read-body.ts';
import type { ApiAnswer, ApiRequest, ReadBody } from './request.ts';
import { parseWith } from './schema-problems.ts';

type BodyOf<Id extends OperationId> = (typeof OPERATIONS)[Id] extends {
  readonly body: { readonly schema: infer Schema };
}
  ? Schema extends z.ZodType
    ? z.output<Schema>
    : never
  : undefined;

type QueryOf<Id extends OperationId> = (typeof OPERATIONS)[Id] extends { readonly query: infer Schema }
  ? Schema extends z.ZodType
    ? z.output<Schema>
    : never
  : Readonly<Record<string, string>>;

/** The request of an operation, typed by the operation's schemas. */
export type RequestOf<Id extends OperationId> = ApiRequest<BodyOf<Id>, QueryOf<Id>>;

/** A use case as the HTTP API calls it. */
export type UseCase<Id extends OperationId> = (request: RequestOf<Id>) => Promise<ApiAnswer>;

type UseCases<Id extends OperationId> = { readonly [One in Id]?: UseCase<One> };

/** Lines of the table of operations. */
type Operations<Id extends OperationId> = Pick<typeof OPERATIONS, Id>;

/** Part of an HTTP API event (payload format 2.0) with what its authorizer verified: claims of a token, or the context of `authorize-request`. */
export type HttpEvent = Pick<
  APIGatewayProxyEventV2,
  | 'routeKey'
  | 'rawPath'
  | 'rawQueryString'
  | 'headers'
  | 'queryStringParameters'
  | 'pathParameters'
  | 'body'
  | 'isBase64Encoded'
> & {
  readonly requestContext: Pick<APIGatewayProxyEventV2['requestContext'], 'requestId' | 'domainName'> & {
    readonly authorizer?: Authorized;
  };
};

/**
 * The Lambda of some operations, given the lines of the table that they are among: with the whole table, each function
 * would carry the schemas of all others. Whatever is thrown becomes a problem document; nothing escapes.
 */
export const httpLambda =
  <Id extends OperationId>(operations: Operations<Id>) =>
  (useCases: UseCases<Id>, log: Log = jsonLog, limiter: Limiter | undefined = environmentLimiter()) =>
  async (event: HttpEvent): Promise<APIGatewayProxyStructuredResultV2> => {
    const at = { requestId: event.requestContext.requestId, instance: event.rawPath };
    try {
      const { id, basePath } = routed(operations, event.routeKey, useCases);
      const request = readRequest(operations[id], basePath, event);
      if (isLimited(operations[id])) await limiter?.(request);
      // The request was built from this very operation's schemas: the table ties the two together.
      const useCase = useCases[id] as (request: ApiRequest) => Promise<ApiAnswer>;
      return answerOf(await useCase(request), at);
    } catch (error) {
      return problemAnswer(error, at, log);
    }
  };

/** Reading is bounded for the whole stage; what changes something is bounded for each caller. */
const isLimited = ({ method, scope }: Operation): boolean => method !== 'GET' && scope !== null;

interface Routed<Id> {
  readonly id: Id;
  readonly basePath: string;
}

const routed = <Id extends OperationId>(
  operations: Operations<Id>,
  routeKey: string,
  useCases: UseCases<Id>,
): Routed<Id> => {
  for (const id of Object.keys(useCases) as Id[]) {
    const { method, path }: Operation = operations[id];
    for (const basePath of [API_PREFIX, LEGACY_PREFIX, '']) {
      if (routeKey === `${method} ${basePath}${path}`) return { id, basePath };
    }
  }
  throw problem('not-found', 'There is no such operation.');
};

const readRequest = (operation: Operation, basePath: string, event: HttpEvent): ApiRequest => {
  const headers = lowerCased(event.headers);
  const caller = authorizedCaller(operation, event);
  const operator = operatorOf(event.requestContext.authorizer);
  const query = event.queryStringParameters ?? {};
  const body = operation.body === undefined ? undefined : readOperationBody(operation.body, event, headers);
  const params = definedOnly(event.pathParameters ?? {});
  demandSameAgent(caller, params, body?.value);
  return {
    userId: caller.userId,
    ...(caller.keyId === undefined ? {} : { keyId: caller.keyId }),
    ...(operator === undefined ? {} : { operator }),
    params,
    rawQuery: event.rawQueryString,
    query: operation.query === undefined ? query : parseWith(operation.query, query, ['query']),
    body: body?.value,
    files: body?.files ?? [],
    bodyKind: body?.kind ?? 'none',
    headers,
    origin: originOf(headers, event.requestContext.domainName),
    basePath,
    requestId: event.requestContext.requestId,
  };
};

const NOBODY: Caller = { userId: '' as UserId, scopes: [] };

/** Throws `unauthenticated` or `insufficient-scope`. */
const authorizedCaller = ({ scope }: Operation, event: HttpEvent): Caller => {
  if (scope === null) return NOBODY;
  const caller = callerOf(event.requestContext.authorizer);
  demandScope(caller, scope);
  return caller;
};

const definedOnly = (values: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));

const lowerCased = (headers: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(definedOnly(headers)).map(([name, value]) => [name.toLowerCase(), value]));

/** The text fields that hold JSON in a form, because forms know no nesting. */
const JSON_FIELDS = ['folderFileDescriptions', 'removeFiles', 'characterConfig', 'context', 'channels'];

const readOperationBody = (
  { accepts, schema, aliases = {} }: NonNullable<Operation['body']>,
  event: HttpEvent,
  headers: Readonly<Record<string, string>>,
): ReadBody => {
  const read = readBody(
    { body: event.body, isBase64Encoded: event.isBase64Encoded, contentType: headers['content-type'] },
    accepts,
  );
  const value = read.kind === 'multipart' ? formValue(read.value as Record<string, string>) : read.value;
  return { ...read, value: parseWith(schema, renamed(value, aliases)) };
};

/** A field under its own name. One that comes under both stays as it is, and is refused as unknown. */
const renamed = (value: unknown, aliases: Readonly<Record<string, string>>): unknown =>
  typeof value !== 'object' || value === null || Array.isArray(value)
    ? value
    : Object.fromEntries(
        Object.entries(value).map(([name, field]): [string, unknown] => {
          const own = Object.hasOwn(aliases, name) ? aliases[name] : undefined;
          return [own === undefined || Object.hasOwn(value, own) ? name : own, field];
        }),
      );

const formValue = (fields: Readonly<Record<string, string>>): Record<string, unknown> => {
  if (Object.hasOwn(fields, 'files')) {
    throw refused([
      { pointer: pointer('files'), message: 'Send files as files, with a name.', code: 'invalid-request' },
    ]);
  }
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      JSON_FIELDS.includes(name) ? parseField(name, value) : withPlainLineEnds(value),
    ]),
  );
};

/** Browsers send each line end of a text field as CRLF (HTML §4.10.21.8): the same text shall be the same as in JSON. */
const withPlainLineEnds = (text: string): string => text.replaceAll('\r\n', '\n');

const parseField = (name: string, value: string): unknown => {
  try {
    return parseJson(value);
  } catch {
    throw refused([{ pointer: pointer(name), message: 'This field is not JSON.', code: 'malformed-json' }]);
  }
};

/** API Gateway sets both headers itself. */
const originOf = (headers: Readonly<Record<string, string>>, domainName: string): string =>
  `${headers['x-forwarded-proto'] ?? 'https'}://${headers.host ?? domainName}`;
