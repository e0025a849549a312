import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { type Listener, listen, readBody } from '../core/listener.ts';
import {
  AwsError,
  type CloudContext,
  type FunctionResult,
  type LambdaService,
  type ResourceProvider,
} from '../core/service.ts';
import { gatewayAnswer, type HttpAnswer, readProxyResult } from './answer.ts';
import { type ApiRoute, type HttpApi, makeApiRegistry } from './api-registry.ts';
import { type Authorization, authorizeToken, type JwksOf } from './authorize.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import { proxyEvent } from './event.ts';
import { type Match, matchRoute } from './routing.ts';
import { makeThrottle } from './throttle.ts';

/** Largest request body of an HTTP API (API Gateway quotas, 2026-11): 10 MB, in bytes. */
const BODY_LIMIT_BYTES = 10 * 1024 * 1024;

export interface HttpApiDependencies {
  readonly context: Pick<CloudContext, 'accountId' | 'region' | 'clock' | 'dataDir' | 'log'>;
  readonly lambda: Pick<LambdaService, 'invoke'>;
  readonly jwksOf: JwksOf;
}

export interface EmbeddedHttpApi {
  readonly providers: readonly ResourceProvider[];
  /** Listens on a loopback port; requests before the template has been read get 404. */
  readonly listen: (port: number) => Promise<Listener>;
}

/** What of a request the access log tells: no tokens, bodies or query strings. */
interface AccessRecord {
  route?: string;
  userId?: string;
}

type Timed = FunctionResult | 'timed-out';

async function withTimeout(work: Promise<FunctionResult>, timeoutMs: number): Promise<Timed> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Timed>((resolve) => {
    timer = setTimeout(() => resolve('timed-out'), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}

/** Refusals of an authorizer, in API Gateway's words. */
function refusal(authorization: Exclude<Authorization, { outcome: 'allowed' }>): HttpAnswer {
  const isUnknown = authorization.outcome === 'unauthorized';
  const error = isUnknown ? 'invalid_token' : 'insufficient_scope';
  const challenge = {
    'www-authenticate': `Bearer scope="" error="${error}" error_description="${authorization.reason}"`,
  };
  return gatewayAnswer(isUnknown ? 401 : 403, isUnknown ? 'Unauthorized' : 'Forbidden', challenge);
}

type Allowed = Extract<Authorization, { outcome: 'allowed' }>;

/** A request with what has become known of it on its way. */
interface Routed {
  readonly deployed: HttpApi;
  readonly match: Match<ApiRoute>;
  readonly incoming: IncomingMessage;
  readonly requestId: string;
}

async function invoke(
  { context, lambda }: HttpApiDependencies,
  { deployed, match, incoming, requestId }: Routed,
  body: Buffer,
  authorization: Allowed | undefined,
): Promise<HttpAnswer> {
  const { route, parameters } = match;
  const event = proxyEvent({
    api: deployed,
    accountId: context.accountId,
    routeKey: route.key,
    parameters,
    incoming,
    url: new URL(incoming.url ?? '/', 'http://127.0.0.1'),
    body,
    requestId,
    nowMs: context.clock.now(),
    ...(authorization ? { authorization } : {}),
  });
  const path = route.key === '$default' ? '$default' : route.key.replace(' ', '');
  const sourceArn = `arn:aws:execute-api:${context.region}:${context.accountId}:${deployed.apiId}/${deployed.stage.name}/${path}`;
  const caller = { service: 'apigateway.amazonaws.com', sourceArn };
  const { functionArn, timeoutMs } = route.integration;
  const result = await withTimeout(lambda.invoke(functionArn, JSON.stringify(event), caller), timeoutMs);
  if (result === 'timed-out') return gatewayAnswer(504, 'Endpoint request timed out');
  const answer = result.functionError ? undefined : readProxyResult(result.payload);
  return answer ?? gatewayAnswer(500, 'Internal Server Error');
}

async function answerRoute(
  dependencies: HttpApiDependencies,
  routed: Routed,
  access: AccessRecord,
): Promise<HttpAnswer> {
  const { authorizer, scopes } = routed.match.route;
  const token = routed.incoming.headers.authorization;
  const nowMs = dependencies.context.clock.now();
  const authorization = authorizer && (await authorizeToken(authorizer, scopes, token, dependencies.jwksOf, nowMs));
  if (authorization && authorization.outcome !== 'allowed') return refusal(authorization);
  if (authorization?.claims.sub) access.userId = authorization.claims.sub;
  return invoke(dependencies, routed, await readBody(routed.incoming, BODY_LIMIT_BYTES), authorization);
}

/** The answer to a request that could not be carried to its function. */
function failure(error: unknown, log: (line: string) => void): HttpAnswer {
  if (error instanceof URIError) return gatewayAnswer(400, 'Bad Request');
  if (error instanceof RangeError) return gatewayAnswer(413, 'Request Entity Too Large');
  if (error instanceof AwsError) {
    log(`http-api: ${error.name}: ${error.message}`);
    if (error.name === 'RequestTooLargeException') return gatewayAnswer(413, 'Request Entity Too Large');
    if (error.name === 'TooManyRequestsException') return gatewayAnswer(503, 'Service Unavailable');
  } else log(`http-api: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return gatewayAnswer(500, 'Internal Server Error');
}

/** The HTTP API of the template on a port of its own, with the limits and the words of the real one. */
export function makeHttpApi(dependencies: HttpApiDependencies): EmbeddedHttpApi {
  const { context } = dependencies;
  let url = '';
  const registry = makeApiRegistry(() => url);
  const admits = makeThrottle(() => performance.now());
  let known: HttpApi | undefined;
  const api = (): HttpApi | undefined => {
    known ??= registry.api();
    return known;
  };

  const answer = async (incoming: IncomingMessage, requestId: string, access: AccessRecord): Promise<HttpAnswer> => {
    const deployed = api();
    if (!deployed) return gatewayAnswer(404, 'Not Found');
    const { method = 'GET', headers } = incoming;
    if (deployed.cors && method === 'OPTIONS' && headers.origin && headers['access-control-request-method']) {
      return { status: 204, headers: preflightHeaders(deployed.cors, headers), body: Buffer.alloc(0) };
    }
    if (!admits(deployed.stage)) return gatewayAnswer(429, 'Too Many Requests');
    const [path = '/'] = (incoming.url ?? '/').split('?');
    const match = matchRoute(deployed.routes, method, path);
    if (!match) return gatewayAnswer(404, 'Not Found');
    access.route = match.route.key;
    const given = await answerRoute(dependencies, { deployed, match, incoming, requestId }, access);
    return { ...given, headers: { ...given.headers, ...corsHeaders(deployed.cors, headers) } };
  };

  mkdirSync(join(context.dataDir, 'logs'), { recursive: true });
  let accessLog: number | undefined = openSync(join(context.dataDir, 'logs/http-api-access.log'), 'a');
  const writeAccess = (line: object): void => {
    // The answer to a request under way at the end comes after the log is closed.
    if (accessLog !== undefined) writeSync(accessLog, `${JSON.stringify(line)}\n`);
  };

  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const startedAt = performance.now();
    const requestId = randomBytes(11).toString('base64url');
    const access: AccessRecord = {};
    const { status, headers, body } = await answer(incoming, requestId, access).catch((error: unknown) =>
      failure(error, context.log),
    );
    if (response.destroyed) return;
    // A body that was refused unread is read away, so that the client gets to see the answer.
    incoming.resume();
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.writeHead(status, { 'apigw-requestid': requestId, 'content-length': body.length });
    response.end(incoming.method === 'HEAD' ? undefined : body);
    writeAccess({
      requestId,
      at: context.clock.now(),
      method: incoming.method,
      route: access.route ?? '-',
      status,
      userId: access.userId ?? '-',
      responseBytes: body.length,
      latencyMs: Math.round(performance.now() - startedAt),
    });
  };

  return {
    providers: registry.providers,
    listen: async (port) => {
      const listener = await listen(port, { request: (incoming, response) => void serve(incoming, response) });
      url = `http://127.0.0.1:${listener.port}`;
      return {
        port: listener.port,
        close: async () => {
          await listener.close();
          if (accessLog !== undefined) closeSync(accessLog);
          accessLog = undefined;
        },
      };
    },
  };
}
