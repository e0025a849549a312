import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { commonLogTime } from '../api-gateway/time.ts';
import type { Closed, ConnectionFacts } from './connection.ts';

export type EventType = 'CONNECT' | 'MESSAGE' | 'DISCONNECT';

/** Ids in the form of API Gateway's (`d3wTYcc3oAMCLzA=`): 11 bytes; these are safe in paths. */
export const newGatewayId = (): string => `${randomBytes(11).toString('base64url')}=`;

export interface Occasion {
  readonly facts: ConnectionFacts;
  readonly apiId: string;
  readonly routeKey: string;
  readonly eventType: EventType;
  readonly nowMs: number;
}

/** What each event of a connection tells of itself. */
export interface RequestContext {
  readonly requestId: string;
  readonly connectionId: string;
  readonly [name: string]: unknown;
}

export function requestContext({ facts, apiId, routeKey, eventType, nowMs }: Occasion): RequestContext {
  const { connectionId, stage, connectedAtMs, domainName, sourceIp, userAgent, authorizer } = facts;
  return {
    routeKey,
    ...(authorizer ? { authorizer } : {}),
    ...(eventType === 'MESSAGE' ? { messageId: newGatewayId() } : {}),
    eventType,
    extendedRequestId: newGatewayId(),
    requestTime: commonLogTime(nowMs),
    messageDirection: 'IN',
    stage: stage.name,
    connectedAt: connectedAtMs,
    requestTimeEpoch: nowMs,
    identity: { ...(userAgent === undefined ? {} : { userAgent }), sourceIp },
    requestId: randomUUID(),
    domainName,
    connectionId,
    apiId,
  };
}

type Values = Record<string, string[]>;

function lastOf(values: Values): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.at(-1) ?? '']));
}

/** Headers of the handshake, written as the client wrote them. */
function headersOf({ rawHeaders, socket }: IncomingMessage): Values {
  const values: Values = {};
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (/^(connection|upgrade|x-forwarded-.*)$/i.test(name)) continue;
    values[name] = [...(values[name] ?? []), rawHeaders[at + 1] ?? ''];
  }
  return {
    ...values,
    'X-Forwarded-For': [socket.remoteAddress ?? '127.0.0.1'],
    'X-Forwarded-Port': [String(socket.localPort ?? 80)],
    'X-Forwarded-Proto': ['http'],
  };
}

function queryOf(incoming: IncomingMessage): Values {
  const { searchParams } = new URL(incoming.url ?? '/', 'http://127.0.0.1');
  return Object.fromEntries([...new Set(searchParams.keys())].map((name) => [name, searchParams.getAll(name)]));
}

/** Headers and query of the handshake, as the authorizer and `$connect` get them. */
export function handshakeParts(incoming: IncomingMessage) {
  const [headers, query] = [headersOf(incoming), queryOf(incoming)];
  const hasQuery = Object.keys(query).length > 0;
  return {
    headers: lastOf(headers),
    multiValueHeaders: headers,
    ...(hasQuery ? { queryStringParameters: lastOf(query), multiValueQueryStringParameters: query } : {}),
  };
}

const variablesOf = ({ facts: { stage } }: Occasion) => (stage.variables ? { stageVariables: stage.variables } : {});

export const connectEvent = (occasion: Occasion, incoming: IncomingMessage, context: RequestContext): object => ({
  ...handshakeParts(incoming),
  ...variablesOf(occasion),
  requestContext: context,
  isBase64Encoded: false,
});

export const authorizerEvent = (
  occasion: Occasion,
  incoming: IncomingMessage,
  context: RequestContext,
  methodArn: string,
): object => ({
  type: 'REQUEST',
  methodArn,
  ...handshakeParts(incoming),
  stageVariables: occasion.facts.stage.variables ?? {},
  requestContext: context,
});

export const messageEvent = (occasion: Occasion, body: string, context: RequestContext): object => ({
  ...variablesOf(occasion),
  requestContext: context,
  body,
  isBase64Encoded: false,
});

export const disconnectEvent = (occasion: Occasion, { code, reason }: Closed): object => {
  const headers = { Host: occasion.facts.domainName, 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' };
  return {
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    ...variablesOf(occasion),
    requestContext: {
      ...requestContext(occasion),
      disconnectStatusCode: code,
      disconnectReason: reason,
    },
    isBase64Encoded: false,
  };
};
