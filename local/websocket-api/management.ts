import * as client from '@aws-sdk/client-apigatewaymanagementapi';
import type { Throttle } from '../api-gateway/throttle.ts';
import { defineSchemaService } from '../core/schema-service.ts';
import { AwsError, type AwsService, type CloudContext, type RawRequest } from '../core/service.ts';
import type { Connection } from './connection.ts';
import { MESSAGE_LIMIT_BYTES } from './frame-meter.ts';
import type { MessageFaults } from './message-faults.ts';
import type { WebSocketApi } from './websocket-api.ts';

export interface ManagementDependencies {
  readonly context: Pick<CloudContext, 'accountId' | 'region'>;
  readonly api: () => WebSocketApi | undefined;
  readonly connections: ReadonlyMap<string, Connection>;
  readonly faults: MessageFaults;
  readonly admits: Throttle;
}

/** Requests a second to all APIs of an account (API Gateway quotas, 2026-11). */
const ACCOUNT_LIMITS = { limit: { rate: 10_000, burst: 5000 } };
const PATH = /^\/([^/]+)(\/(?:@|%40)connections\/.+)$/;

const stageOf = ({ url }: RawRequest): string => decodeURIComponent(PATH.exec(url.pathname)?.[1] ?? '');

/** The request below its stage, as the SDK's model knows it; always the same object for the same request. */
function makeUnstage(): (request: RawRequest) => RawRequest {
  const known = new WeakMap<RawRequest, RawRequest>();
  return (request) => {
    const path = PATH.exec(request.url.pathname)?.[2] ?? '/';
    const unstaged = known.get(request) ?? { ...request, url: new URL(path.replace('%40', '@'), request.url) };
    known.set(request, unstaged);
    return unstaged;
  };
}

const gone = () => new AwsError('GoneException', 'The connection is gone.', 410);

function operationsOf({ api, connections, faults, admits }: ManagementDependencies) {
  const require = (connectionId: string | undefined, stage: string): Connection => {
    if (!api()?.stages.has(stage)) throw new AwsError('ForbiddenException', 'Forbidden', 403);
    if (!admits(ACCOUNT_LIMITS)) throw new AwsError('LimitExceededException', 'Limit exceeded', 429);
    const connection = connections.get(connectionId ?? '');
    if (!connection?.open || connection.facts.stage.name !== stage) throw gone();
    return connection;
  };
  return { require, faults };
}

/** `@connections`: what functions do with the connections of their clients. */
export function makeManagement(dependencies: ManagementDependencies): AwsService {
  const { context, api } = dependencies;
  const { require, faults } = operationsOf(dependencies);
  const unstage = makeUnstage();
  /** Stages by the request that handlers see. */
  const stages = new WeakMap<RawRequest, string>();
  const below = (request: RawRequest): RawRequest => {
    const unstaged = unstage(request);
    stages.set(unstaged, stageOf(request));
    return unstaged;
  };
  const stageBelow = (request: RawRequest): string => stages.get(request) ?? '';

  const inner = defineSchemaService({
    name: 'execute-api',
    signingName: 'execute-api',
    client,
    needs: (_operation, { ConnectionId = '' }: { ConnectionId?: string }, request) => {
      const path = `${api()?.apiId ?? '-'}/${stageBelow(request)}/${request.method}/@connections/${ConnectionId}`;
      const resource = `arn:aws:execute-api:${context.region}:${context.accountId}:${path}`;
      return [{ action: 'execute-api:ManageConnections', resource }];
    },
    operations: {
      PostToConnection: ({ ConnectionId = '', Data }, { request }) => {
        const data = (Data ?? new Uint8Array()) as Uint8Array;
        if (data.byteLength > MESSAGE_LIMIT_BYTES) {
          throw new AwsError('PayloadTooLargeException', 'The data has exceeded the maximum size allowed.', 413);
        }
        const connection = require(ConnectionId, stageBelow(request));
        faults.pass({ direction: 'out', connectionId: ConnectionId }, () => connection.send(data));
        return {};
      },
      GetConnection: ({ ConnectionId }, { request }) => {
        const { facts, lastActiveAtMs } = require(ConnectionId, stageBelow(request));
        return {
          ConnectedAt: new Date(facts.connectedAtMs),
          LastActiveAt: new Date(lastActiveAtMs),
          Identity: { SourceIp: facts.sourceIp, UserAgent: facts.userAgent ?? '' },
        };
      },
      DeleteConnection: ({ ConnectionId }, { request }) => {
        require(ConnectionId, stageBelow(request)).close(1000, 'Connection Closed Normally');
        return {};
      },
    },
  });
  return {
    ...inner,
    claim: (request) => inner.claim(below(request)),
    needs: (operation, request) => inner.needs(operation, below(request)),
    handle: (call) => inner.handle({ ...call, request: below(call.request) }),
    fail: (error, request) => {
      const isThrottle = error.name === 'ThrottlingException';
      inner.fail(isThrottle ? new AwsError('LimitExceededException', error.message, 429) : error, below(request));
    },
  };
}
