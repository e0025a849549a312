import type { IncomingMessage } from 'node:http';
import type { HttpApi } from './api-registry.ts';
import type { Authorization } from './authorize.ts';

export interface EventParts {
  readonly api: HttpApi;
  readonly accountId: string;
  readonly routeKey: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly incoming: IncomingMessage;
  readonly url: URL;
  readonly body: Buffer;
  readonly authorization?: Extract<Authorization, { outcome: 'allowed' }>;
  readonly requestId: string;
  readonly nowMs: number;
}

/** Bodies of these types reach the function as text; every other one as base64. */
const TEXT = /^(text\/|application\/(json|javascript|xml|[\w.-]+\+(json|xml)))/i;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `21/Nov/2026:09:00:00 +0000`, the form of `requestContext.time`. */
function commonLogTime(nowMs: number): string {
  const iso = new Date(nowMs).toISOString();
  return `${iso.slice(8, 10)}/${MONTHS[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}

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

function requestContext(parts: EventParts): object {
  const { api, incoming, url, authorization, requestId, nowMs, routeKey, accountId } = parts;
  const host = incoming.headers.host ?? '127.0.0.1';
  return {
    accountId,
    apiId: api.apiId,
    ...(authorization ? { authorizer: { jwt: { claims: authorization.claims, scopes: authorization.scopes } } } : {}),
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

/** The event of payload format 2.0 that the function gets. */
export function proxyEvent(parts: EventParts): object {
  const { api, incoming, url, body, parameters, routeKey } = parts;
  const { cookie } = incoming.headers;
  const isText = TEXT.test(incoming.headers['content-type'] ?? 'text/plain');
  return {
    version: '2.0',
    routeKey,
    rawPath: decodeURI(url.pathname),
    rawQueryString: url.search.slice(1),
    ...(cookie ? { cookies: cookie.split(/; */) } : {}),
    headers: joinedHeaders(incoming),
    ...(url.searchParams.size > 0 ? { queryStringParameters: joinedQuery(url) } : {}),
    requestContext: requestContext(parts),
    ...(Object.keys(parameters).length > 0 ? { pathParameters: parameters } : {}),
    ...(api.stage.variables ? { stageVariables: api.stage.variables } : {}),
    ...(body.length > 0 ? { body: body.toString(isText ? 'utf8' : 'base64') } : {}),
    isBase64Encoded: body.length > 0 && !isText,
  };
}
