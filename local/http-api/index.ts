import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { openAccessLog } from '../api-gateway/access-log.ts';
import { callFunction } from '../api-gateway/call-function.ts';
import type { ApiDeclarations } from '../api-gateway/declared.ts';
import { makeRequestAuthorizers } from '../api-gateway/request-authorizer.ts';
import { makeThrottle } from '../api-gateway/throttle.ts';
import { type Listener, listen, readBody } from '../core/listener.ts';
import { AwsError, type CloudContext, type LambdaService } from '../core/service.ts';
import type { EmbeddedWeb } from '../web/index.ts';
import { gatewayAnswer, type HttpAnswer, readProxyResult } from './answer.ts';
import type { JwksOf } from './authorize.ts';
import { type AuthorizeDependencies, authorizeRequest } from './authorize-request.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import { type AuthorizerContext, proxyEvent, type RequestParts } from './event.ts';
import { type HttpApi, type HttpRoute, readHttpApi } from './http-api.ts';
import { type Match, matchRoute } from './routing.ts';

/** Largest request body of an HTTP API (API Gateway quotas, 2026-11): 10 MB, in bytes. */
const BODY_LIMIT_BYTES = 10 * 1024 * 1024;

export interface HttpApiDependencies {
  readonly apis: ApiDeclarations;
  readonly context: Pick<CloudContext, 'accountId' | 'region' | 'clock' | 'dataDir' | 'log'>;
  readonly lambda: Pick<LambdaService, 'invoke'>;
  readonly jwksOf: JwksOf;
  /** What CloudFront serves at the same address; it knows which paths are not the API's. */
  readonly web?: Pick<EmbeddedWeb, 'answer'>;
}

export interface EmbeddedHttpApi {
  /** Listens on a loopback port; requests before the template has been read get 404. */
  readonly listen: (port: number) => Promise<Listener>;
}

/** What of a request the access log tells: no tokens, bodies or query strings. */
interface AccessRecord {
  route?: string;
  userId?: string;
}

/** A request with what has become known of it on its way. */
interface Routed {
  readonly route: HttpRoute;
  readonly parts: RequestParts;
}

type Dependencies = HttpApiDependencies & AuthorizeDependencies;

function routed(
  { context }: HttpApiDependencies,
  api: HttpApi,
  { route, parameters }: Match<HttpRoute>,
  incoming: IncomingMessage,
  requestId: string,
): Routed {
  const parts = {
    api,
    accountId: context.accountId,
    routeKey: route.key,
    parameters,
    incoming,
    url: new URL(incoming.url ?? '/', 'http://127.0.0.1'),
    requestId,
    nowMs: context.clock.now(),
  };
  return { route, parts };
}

const arnOf = ({ context }: HttpApiDependencies, { api }: RequestParts, path: string): string =>
  `arn:aws:execute-api:${context.region}:${context.accountId}:${api.apiId}/${api.stage.name}/${path}`;

async function invoke(
  dependencies: HttpApiDependencies,
  { route, parts }: Routed,
  body: Buffer,
  authorizer: AuthorizerContext | undefined,
): Promise<HttpAnswer> {
  const event = proxyEvent({ ...parts, body, ...(authorizer ? { authorizer } : {}) });
  const path = route.key === '$default' ? '$default' : route.key.replace(' ', '');
  const sourceArn = arnOf(dependencies, parts, path);
  const result = await callFunction(dependencies.lambda, { ...route.integration, event, sourceArn });
  if (result === 'timed-out') return gatewayAnswer(504, 'Endpoint request timed out');
  const answer = result.functionError ? undefined : readProxyResult(result.payload);
  return answer ?? gatewayAnswer(500, 'Internal Server Error');
}

async function answerRoute(
  dependencies: Dependencies,
  { route, parts }: Routed,
  access: AccessRecord,
): Promise<HttpAnswer> {
  const { authorizer, scopes } = route;
  const { incoming, url } = parts;
  const routeArn = arnOf(dependencies, parts, `${incoming.method}${url.pathname}`);
  const admission = authorizer && (await authorizeRequest(dependencies, authorizer, scopes, routeArn, parts));
  if (admission && 'refused' in admission) return admission.refused;
  if (admission?.userId !== undefined) access.userId = admission.userId;
  return invoke(dependencies, { route, parts }, await readBody(incoming, BODY_LIMIT_BYTES), admission?.admitted);
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
export function makeHttpApi(given: HttpApiDependencies): EmbeddedHttpApi {
  const { apis, context } = given;
  const dependencies: Dependencies = { ...given, authorizers: makeRequestAuthorizers(given) };
  const admits = makeThrottle(() => performance.now());
  let known: HttpApi | undefined;
  const api = (): HttpApi | undefined => {
    known ??= readHttpApi(apis);
    return known;
  };

  const answer = async (incoming: IncomingMessage, requestId: string, access: AccessRecord): Promise<HttpAnswer> => {
    const deployed = api();
    if (!deployed) return gatewayAnswer(404, 'Not Found');
    const { method = 'GET', headers } = incoming;
    if (deployed.cors && method === 'OPTIONS' && headers.origin && headers['access-control-request-method']) {
      return { status: 204, headers: preflightHeaders(deployed.cors, headers), body: Buffer.alloc(0) };
    }
    const [path = '/'] = (incoming.url ?? '/').split('?');
    const page = given.web?.answer({ method, path, acceptEncoding: String(headers['accept-encoding'] ?? '') });
    if (page) return page;
    const match = matchRoute(deployed.routes, method, path);
    if (!admits(deployed.stage, match?.route.key)) return gatewayAnswer(429, 'Too Many Requests');
    if (!match) return gatewayAnswer(404, 'Not Found');
    access.route = match.route.key;
    const answered = await answerRoute(dependencies, routed(given, deployed, match, incoming, requestId), access);
    return { ...answered, headers: { ...answered.headers, ...corsHeaders(deployed.cors, headers) } };
  };

  const accessLog = openAccessLog(context.dataDir, 'http-api');
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
    accessLog.write({
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
    listen: async (port) => {
      const listener = await listen(port, { request: (incoming, response) => void serve(incoming, response) });
      apis.listening('HTTP', `http://127.0.0.1:${listener.port}`);
      return {
        port: listener.port,
        close: async () => {
          await listener.close();
          accessLog.close();
        },
      };
    },
  };
}
