import type { IncomingMessage } from 'node:http';
import { commonLogTime } from '../api-gateway/time.ts';
import type { JsonObject } from '../core/service.ts';
import type { HttpApi } from './http-api.ts';

/** What an authorizer found out, as `requestContext.authorizer` tells it. */
export type AuthorizerContext =
  | {
      readonly jwt: {
        readonly claims: Readonly<Record<string, string>>;
        readonly scopes: readonly string[] | null;
      };
    }
  | { readonly lambda: JsonObject | null };

/** A request as events tell it, its body apart. */
export interface RequestParts {
  readonly api: HttpApi;
  readonly accountId: string;
  readonly routeKey: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly incoming: IncomingMessage;
  readonly url: URL;
  readonly requestId: string;
  readonly nowMs: number;
}

export interface EventParts extends RequestParts {
  readonly body: Buffer;
  readonly authorizer?: AuthorizerContext;
}

/** Bodies of these types reach the function as text; every other one as base64. */
const TEXT = /^(text\/|application\/(json|javascript|xml|[\w.-]+\+(json|xml)))/i;

/** What API Gateway says of the client's connection, whatever the client itself claims; ours is plain HTTP. */
function forwardingHeaders({ socket, headers }: IncomingMessage): Record<string, string> {
  const peer = socket.remoteAddress ?? '127.0.0.1';
  const claimed = headers['x-forwarded-for'];
  return {
    'x-forwarded-for': claimed === undefined ? peer : `${String(claimed)}, ${peer}`,
    'x-forwarded-port': String(socket.localPort ?? 80),
    'x-forwarded-proto': 'http',
  };
}

function joinedHeaders(incoming: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (name === 'cookie' || name === 'connection' || value === undefined) continue;
    headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  return { ...headers, ...forwardingHeaders(incoming) };
}

function joinedQuery(url: URL): Record<string, string> {
  const query: Record<string, string> = {};
  for (const name of new Set(url.searchParams.keys())) query[name] = url.searchParams.getAll(name).join(',');
  return query;
}

function requestContext(parts: RequestParts, authorizer?: AuthorizerContext): object {
  const { api, incoming, url, requestId, nowMs, routeKey, accountId } = parts;
  const host = incoming.headers.host ?? '127.0.0.1';
  return {
    accountId,
    apiId: api.apiId,
    ...(authorizer ? { authorizer } : {}),
    domainName: host,
    domainPrefix: host.split('.')[0],
    http: {
      method: incoming.method,
      path: decodeURI(url.pathname),
      protocol: `HTTP/${incoming.httpVersion}`,
      sourceIp: incoming.socket.remoteAddress ?? '127.0.0.1',
      userAgent: incoming.headers['user-agent'] ?? '',
    },
    requestId,
    routeKey,
    stage: api.stage.name,
    time: commonLogTime(nowMs),
    timeEpoch: nowMs,
  };
}

/** What the event of a function and that of its authorizer have in common. */
function commonEvent(parts: RequestParts, authorizer?: AuthorizerContext): object {
  const { api, incoming, url, parameters, routeKey } = parts;
  const { cookie } = incoming.headers;
  return {
    version: '2.0',
    routeKey,
    rawPath: decodeURI(url.pathname),
    rawQueryString: url.search.slice(1),
    ...(cookie ? { cookies: cookie.split(/; */) } : {}),
    headers: joinedHeaders(incoming),
    ...(url.searchParams.size > 0 ? { queryStringParameters: joinedQuery(url) } : {}),
    requestContext: requestContext(parts, authorizer),
    ...(Object.keys(parameters).length > 0 ? { pathParameters: parameters } : {}),
    ...(api.stage.variables ? { stageVariables: api.stage.variables } : {}),
  };
}

/** The event of payload format 2.0 that the function gets. */
export function proxyEvent(parts: EventParts): object {
  const { incoming, body, authorizer } = parts;
  const isText = TEXT.test(incoming.headers['content-type'] ?? 'text/plain');
  return {
    ...commonEvent(parts, authorizer),
    ...(body.length > 0 ? { body: body.toString(isText ? 'utf8' : 'base64') } : {}),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** The event of payload format 2.0 that a Lambda authorizer gets. */
export const authorizerEvent = (parts: RequestParts, routeArn: string, identitySource: readonly string[]): object => ({
  ...commonEvent(parts),
  type: 'REQUEST',
  routeArn,
  identitySource,
});

/** The value of an identity source of the request (`$request.header.X`, `$context.routeKey`, …); undefined when absent. */
export function identityValue(parts: RequestParts, source: string): string | undefined {
  const [, name = ''] = /^\$request\.(?:header|querystring)\.(.+)$/.exec(source) ?? [];
  if (source.startsWith('$request.header.')) return joinedHeaders(parts.incoming)[name.toLowerCase()];
  if (source.startsWith('$request.querystring.')) return joinedQuery(parts.url)[name];
  const [root, ...path] = source.slice(1).split('.');
  const known = { context: requestContext(parts), stageVariables: parts.api.stage.variables ?? {} };
  const value = path.reduce<unknown>(
    (within, key) => (within as Record<string, unknown> | undefined)?.[key],
    known[root as keyof typeof known],
  );
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
