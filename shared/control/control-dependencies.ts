import type * as z from 'zod';
import { dynamoAgentStore } from '../agents/agents-dynamodb.ts';
import { dynamoCallStore } from '../calls/calls-dynamodb.ts';
import { dynamoIdempotencyStore } from '../http/idempotency-dynamodb.ts';
import { randomIds, systemClock } from '../kernel/real-dependencies.ts';
import { apiGatewayConnections } from '../voice/relay/connections-apigateway.ts';
import type { ControlCallDeps, ControlCallEnv } from './control-call.ts';
import { dynamoControlStore } from './control-dynamodb.ts';
import { dynamoLiveContextStore } from './live-context-dynamodb.ts';
import type { ManageAgentContextDeps, ManageAgentContextEnv } from './manage-agent-context.ts';

/** What taking part in calls needs. */
export const controlCallDependencies = (env: z.output<typeof ControlCallEnv>): ControlCallDeps => ({
  calls: dynamoCallStore(env),
  control: dynamoControlStore(env),
  sockets: apiGatewayConnections(env.WEBSOCKET_URL),
  idempotency: dynamoIdempotencyStore(env),
  clock: systemClock,
  ids: randomIds,
});

/** What telling agents what holds for now needs. */
export const agentContextDependencies = (env: z.output<typeof ManageAgentContextEnv>): ManageAgentContextDeps => ({
  agents: dynamoAgentStore(env),
  contexts: dynamoLiveContextStore(env),
  clock: systemClock,
});
