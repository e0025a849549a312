import type * as z from 'zod';
import { dynamoAgentStore } from '../agents/agents-dynamodb.ts';
import { dynamoCallStore } from '../calls/calls-dynamodb.ts';
import { dynamoIdempotencyStore } from '../http/idempotency-dynamodb.ts';
import { documentClient } from '../kernel/document-dynamodb.ts';
import { randomIds, systemClock } from '../kernel/real-dependencies.ts';
import { waitingCallTelling } from '../live/call-telling.ts';
import { within } from '../live/within.ts';
import { dynamoPhoneNumberReader } from '../telephony/phone-numbers-dynamodb.ts';
import { fromProvider } from '../telephony/provider.ts';
import { stageAccountOf } from '../telephony/twilio-account-secrets-manager.ts';
import { twilioApi } from '../telephony/twilio-api.ts';
import { apiGatewayConnections } from '../voice/relay/connections-apigateway.ts';
import { findSession } from '../voice/stores/session-rows-dynamodb.ts';
import { dynamoCancelling } from './cancel-call-dynamodb.ts';
import type { ControlCallDeps, ControlCallEnv } from './control-call.ts';
import { dynamoControlStore } from './control-dynamodb.ts';
import { dynamoLiveContextStore } from './live-context-dynamodb.ts';
import type { ManageAgentContextDeps, ManageAgentContextEnv } from './manage-agent-context.ts';
import { nudgeOwners } from './nudge-owners.ts';

/** What taking part in calls needs. */
export const controlCallDependencies = (env: z.output<typeof ControlCallEnv>): ControlCallDeps => ({
  calls: dynamoCallStore(env),
  control: dynamoControlStore(env),
  cancelling: { cancel: dynamoCancelling(env), withdraw: withdrawBy(env) },
  telling: waitingCallTelling(env),
  sockets: apiGatewayConnections(env.WEBSOCKET_URL),
  idempotency: dynamoIdempotencyStore(env),
  clock: systemClock,
  ids: randomIds,
  numbers: dynamoPhoneNumberReader(env),
  dialPrefixes: env.DIAL_PREFIXES,
});

/** What telling agents what holds for now needs. */
export const agentContextDependencies = (env: z.output<typeof ManageAgentContextEnv>): ManageAgentContextDeps => ({
  agents: dynamoAgentStore(env),
  contexts: dynamoLiveContextStore(env),
  nudge: nudgeBy(env),
  clock: systemClock,
});

/** A call whose id at the provider is not known yet is taken back by whoever learns it. */
const withdrawBy = (env: z.output<typeof ControlCallEnv>): ControlCallDeps['cancelling']['withdraw'] => {
  const calls = dynamoCallStore(env);
  const account = stageAccountOf(env);
  return async (key) => {
    const callSid = (await calls.find(key))?.callSid;
    if (account !== undefined && callSid !== undefined) await fromProvider(twilioApi(account).cancel(callSid));
  };
};

const nudgeBy = (env: z.output<typeof ManageAgentContextEnv>): ManageAgentContextDeps['nudge'] => {
  const nudge = nudgeOwners({
    calls: dynamoCallStore(env),
    sessions: { find: findSession(env.VOICE_SESSIONS_TABLE, documentClient()) },
    sockets: apiGatewayConnections(env.WEBSOCKET_URL),
  });
  return (agent, atMs) => within(nudge(agent, atMs));
};
