import { setTimeout as pause } from 'node:timers/promises';
import type * as z from 'zod';
import { dynamoApiKeyStore } from '../../access/api-keys-dynamodb.ts';
import { apiKeys } from '../../access/verify-api-key.ts';
import { dynamoAgentStore } from '../../agents/agents-dynamodb.ts';
import { dynamoCallStore } from '../../calls/calls-dynamodb.ts';
import { jsonLog } from '../../kernel/log.ts';
import { countMetric } from '../../kernel/metric.ts';
import { randomIds, systemClock } from '../../kernel/real-dependencies.ts';
import { waitingCallTelling } from '../../live/call-telling.ts';
import { operatorDependencies } from '../../live/live-dependencies.ts';
import { twilioAccountOf } from '../../telephony/twilio-account-secrets-manager.ts';
import { lambdaOwnerSummoner } from '../keeper/owner-summoner-lambda.ts';
import { apiGatewayConnections } from '../relay/connections-apigateway.ts';
import { dynamoConnectionStore, dynamoTicketStore } from '../stores/connections-dynamodb.ts';
import { dynamoSessionStore } from '../stores/sessions-dynamodb.ts';
import { connectionCache } from './connection-cache.ts';
import type { GatewayDeps } from './gateway-dependencies.ts';
import type { VoiceGatewayEnv } from './voice-gateway-env.ts';

/** What the gateway needs. */
export const gatewayDependencies = (env: z.output<typeof VoiceGatewayEnv>): GatewayDeps => {
  const telling = waitingCallTelling(env);
  return {
    agents: dynamoAgentStore(env),
    apiKeys: apiKeys({ store: dynamoApiKeyStore(env), clock: systemClock, log: jsonLog }),
    tickets: dynamoTicketStore(env),
    connections: dynamoConnectionStore(env),
    sessions: telling.told(dynamoSessionStore(env)),
    operators: operatorDependencies(env),
    calls: telling.toldCalls(dynamoCallStore(env)),
    owners: lambdaOwnerSummoner(env),
    sockets: apiGatewayConnections(env.WEBSOCKET_URL),
    cache: connectionCache(),
    policy: { tenantDailyBudgetUsd: env.VOICE_TENANT_DAILY_BUDGET_USD, recordTtlDays: env.CONVERSATION_TTL_DAYS },
    telephone: telephoneOf(env),
    clock: { ...systemClock, pause },
    ids: randomIds,
    log: jsonLog,
    turnedAway: () => countMetric('CallersTurnedAway', { Stage: env.STAGE }, systemClock),
  };
};

const telephoneOf = ({ TWILIO_SECRET_NAME, PUBLIC_WEBSOCKET_URL }: z.output<typeof VoiceGatewayEnv>) => {
  if (TWILIO_SECRET_NAME === '') return undefined;
  const account = twilioAccountOf(TWILIO_SECRET_NAME);
  return { publicUrl: PUBLIC_WEBSOCKET_URL, authToken: async () => (await account()).authToken };
};
