import { callFunction } from '../api-gateway/call-function.ts';
import type { ApiRoute } from '../api-gateway/declared.ts';
import type { Throttle } from '../api-gateway/throttle.ts';
import type { FunctionResult, LambdaService } from '../core/service.ts';
import type { Connection, ConnectionFacts } from './connection.ts';
import { messageEvent, type RequestContext, requestContext } from './event.ts';
import type { MessageFaults } from './message-faults.ts';
import { selectRouteKey } from './select-route.ts';
import type { WebSocketApi } from './websocket-api.ts';

export interface DeliverDependencies {
  readonly api: WebSocketApi;
  readonly lambda: Pick<LambdaService, 'invoke'>;
  readonly admits: Throttle;
  readonly faults: MessageFaults;
  readonly arnOf: (facts: ConnectionFacts, routeKey: string) => string;
  readonly now: () => number;
  readonly log: (line: string) => void;
}

/** The route for a message: the one its text names, or `$default`. The three routes with `$` cannot be named. */
function routeOf({ routes, routeSelection }: WebSocketApi, message: string): ApiRoute | undefined {
  const key = selectRouteKey(routeSelection, message);
  const named = key === undefined || key.startsWith('$') ? undefined : routes.get(key);
  return named ?? routes.get('$default');
}

function say(connection: Connection, message: string, { connectionId, requestId }: RequestContext): void {
  connection.send(Buffer.from(JSON.stringify({ message, connectionId, requestId })));
}

function sendAnswer(connection: Connection, { payload }: FunctionResult): void {
  const answer = JSON.parse(payload) as { body?: unknown } | null;
  if (typeof answer?.body === 'string') connection.send(Buffer.from(answer.body));
}

async function call(
  { lambda, arnOf, log }: DeliverDependencies,
  connection: Connection,
  route: ApiRoute,
  event: object,
  context: RequestContext,
): Promise<void> {
  try {
    const sourceArn = arnOf(connection.facts, route.key);
    const result = await callFunction(lambda, { ...route.integration, event, sourceArn });
    if (result === 'timed-out') say(connection, 'Endpoint request timed out', context);
    else if (result.functionError) say(connection, 'Internal server error', context);
    else if (route.answers) sendAnswer(connection, result);
  } catch (error) {
    log(`websocket-api: ${route.key}: ${error instanceof Error ? error.message : String(error)}`);
    say(connection, 'Internal server error', context);
  }
}

/**
 * Brings a client's message to its function. Each message is an invocation of its own, none waits for the one before:
 * as with the real one, later messages may overtake earlier ones.
 */
export function deliverMessage(dependencies: DeliverDependencies, connection: Connection, message: string): void {
  const { api, admits, faults, now } = dependencies;
  const { facts } = connection;
  const route = routeOf(api, message);
  const routeKey = route?.key ?? '$default';
  const occasion = { facts, apiId: api.apiId, routeKey, eventType: 'MESSAGE' as const, nowMs: now() };
  const context = requestContext(occasion);
  if (!route || !admits(facts.stage, routeKey)) {
    say(connection, route ? 'Too Many Requests' : 'Forbidden', context);
    return;
  }
  const event = messageEvent(occasion, message, context);
  faults.pass({ direction: 'in', connectionId: facts.connectionId, routeKey }, () => {
    void call(dependencies, connection, route, event, context);
  });
}
