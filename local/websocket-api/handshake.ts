import type { IncomingMessage } from 'node:http';
import { callFunction } from '../api-gateway/call-function.ts';
import type { ApiRoute } from '../api-gateway/declared.ts';
import type { RequestAuthorizer } from '../api-gateway/read-declared.ts';
import type { RequestAuthorizers, Verdict } from '../api-gateway/request-authorizer.ts';
import type { FunctionResult, JsonObject, LambdaService } from '../core/service.ts';
import type { ConnectionFacts } from './connection.ts';
import {
  authorizerEvent,
  connectEvent,
  handshakeParts,
  type Occasion,
  type RequestContext,
  requestContext,
} from './event.ts';
import type { WebSocketApi } from './websocket-api.ts';

/** A handshake ends in a connection or in an HTTP status. */
export type Handshake = { readonly facts: ConnectionFacts; readonly protocol?: string } | Refusal;

export interface Refusal {
  readonly status: number;
  readonly message: string;
}

export interface HandshakeDependencies {
  readonly api: WebSocketApi;
  readonly authorizers: RequestAuthorizers;
  readonly lambda: Pick<LambdaService, 'invoke'>;
  /** `arn:aws:execute-api:{region}:{account}:{apiId}/{stage}/{routeKey}` */
  readonly arnOf: (facts: ConnectionFacts, routeKey: string) => string;
  readonly log: (line: string) => void;
}

/** What API Gateway says when a function does not let it go on. */
const FAILED = { status: 500, message: 'Internal server error' };
const MALFORMED = { status: 502, message: 'Internal server error' };
const LATE = { status: 504, message: 'Endpoint request timed out' };

const MESSAGES: Readonly<Record<number, string>> = { 401: 'Unauthorized', 403: 'Forbidden', 429: 'Too Many Requests' };

/** The value of `route.request.header.X`, `route.request.querystring.X`, `stageVariables.x`; undefined when absent. */
function identityOf(incoming: IncomingMessage, { facts }: Occasion, source: string): string | undefined {
  const [, kind, name = ''] = /^(?:route\.request\.(header|querystring)|stageVariables)\.(.+)$/.exec(source) ?? [];
  const { headers, queryStringParameters } = handshakeParts(incoming);
  if (kind === 'querystring') return queryStringParameters?.[name];
  const variable = facts.stage.variables?.[name];
  if (kind === undefined) return typeof variable === 'string' ? variable : undefined;
  const header = Object.keys(headers).find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  return header === undefined ? undefined : headers[header];
}

function refusalOf(verdict: Exclude<Verdict, { outcome: 'allowed' }>): Refusal {
  if (verdict.outcome === 'unauthorized') return { status: 401, message: 'Unauthorized' };
  return verdict.outcome === 'forbidden' ? { status: 403, message: 'Forbidden' } : FAILED;
}

/** The context of an allowing answer, as `requestContext.authorizer` tells it. */
async function authorize(
  { api, authorizers, arnOf }: HandshakeDependencies,
  authorizer: RequestAuthorizer,
  occasion: Occasion,
  incoming: IncomingMessage,
): Promise<{ readonly found: JsonObject } | Refusal> {
  const methodArn = arnOf(occasion.facts, '$connect');
  const verdict = await authorizers.decide(authorizer, {
    apiId: api.apiId,
    routeArn: methodArn,
    identityOf: (source) => identityOf(incoming, occasion, source),
    event: () => authorizerEvent(occasion, incoming, requestContext(occasion), methodArn),
  });
  if (verdict.outcome !== 'allowed') return refusalOf(verdict);
  const { context, principalId } = verdict;
  return { found: { ...context, ...(principalId === undefined ? {} : { principalId }) } };
}

interface ConnectResult {
  readonly statusCode?: unknown;
  readonly headers?: Readonly<Record<string, unknown>>;
}

/** The function's word on the handshake: any 2xx lets the client in, with the subprotocol that the answer names. */
function readAnswer(facts: ConnectionFacts, result: FunctionResult | 'timed-out'): Handshake {
  if (result === 'timed-out') return LATE;
  if (result.functionError) return MALFORMED;
  const { statusCode, headers = {} } = (JSON.parse(result.payload) ?? {}) as ConnectResult;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) return MALFORMED;
  if (status >= 300) return { status, message: MESSAGES[status] ?? (status >= 500 ? FAILED.message : 'Bad Request') };
  const protocol = Object.entries(headers).find(([name]) => name.toLowerCase() === 'sec-websocket-protocol')?.[1];
  return { facts, ...(typeof protocol === 'string' ? { protocol } : {}) };
}

async function askConnect(
  { lambda, arnOf }: HandshakeDependencies,
  { integration }: ApiRoute,
  occasion: Occasion,
  incoming: IncomingMessage,
  context: RequestContext,
): Promise<Handshake> {
  const event = connectEvent(occasion, incoming, context);
  const sourceArn = arnOf(occasion.facts, '$connect');
  return readAnswer(occasion.facts, await callFunction(lambda, { ...integration, event, sourceArn }));
}

/** Carries a handshake through authorizer and `$connect`; without that route everybody may come in. */
export async function shakeHands(
  dependencies: HandshakeDependencies,
  facts: ConnectionFacts,
  incoming: IncomingMessage,
): Promise<Handshake> {
  const { api, log } = dependencies;
  const route = api.routes.get('$connect');
  if (!route) return { facts };
  const apart = { apiId: api.apiId, routeKey: '$connect', eventType: 'CONNECT', nowMs: facts.connectedAtMs } as const;
  let known = facts;
  try {
    if (route.authorizer?.kind === 'request') {
      const answer = await authorize(dependencies, route.authorizer, { ...apart, facts }, incoming);
      if (!('found' in answer)) return answer;
      known = { ...facts, authorizer: answer.found };
    }
    const occasion = { ...apart, facts: known };
    return await askConnect(dependencies, route, occasion, incoming, requestContext(occasion));
  } catch (error) {
    log(`websocket-api: $connect: ${error instanceof Error ? error.message : String(error)}`);
    return FAILED;
  }
}
