import { ACCESS_OPERATIONS } from '../access/access-operations.ts';
import { AGENT_OPERATIONS } from '../agents/agent-operations.ts';
import { CALL_OPERATIONS } from '../calls/call-operations.ts';
import { CHANNEL_OPERATIONS } from '../channels/channel-operations.ts';
import { CONNECT_OPERATIONS } from '../connect/connect-operations.ts';
import { CONTROL_OPERATIONS } from '../control/control-operations.ts';
import { CUSTOMER_OPERATIONS } from '../customers/customer-operations.ts';
import { ELIZA_OPERATIONS } from '../eliza/eliza-operations.ts';
import { KNOWLEDGE_OPERATIONS } from '../knowledge/knowledge-operations.ts';
import { LIVE_OPERATIONS } from '../live/live-operations.ts';
import { MESSAGE_OPERATIONS } from '../messages/message-operations.ts';
import { ONBOARDING_OPERATIONS } from '../onboarding/onboarding-operations.ts';
import { PROVIDER_OPERATIONS } from '../providers/provider-operations.ts';
import { SERVICE_OPERATIONS } from '../service/service-operations.ts';
import { SOCIAL_OPERATIONS } from '../social/social-operations.ts';
import { STATISTICS_OPERATIONS } from '../statistics/statistics-operations.ts';
import { NUMBER_OPERATIONS } from '../telephony/number-operations.ts';
import { TELEPHONY_OPERATIONS } from '../telephony/telephony-operations.ts';
import { VOICE_SETTINGS_OPERATIONS } from '../voice/settings/voice-settings-operations.ts';
import { API_PREFIX, LEGACY_PREFIX, type Operation, type Scope } from './operation.ts';

/** The whole API. Each Lambda carries the operations of its feature only. */
export const OPERATIONS = {
  ...AGENT_OPERATIONS,
  ...ONBOARDING_OPERATIONS,
  ...MESSAGE_OPERATIONS,
  ...CUSTOMER_OPERATIONS,
  ...KNOWLEDGE_OPERATIONS,
  ...ACCESS_OPERATIONS,
  ...VOICE_SETTINGS_OPERATIONS,
  ...PROVIDER_OPERATIONS,
  ...CALL_OPERATIONS,
  ...LIVE_OPERATIONS,
  ...CONTROL_OPERATIONS,
  ...TELEPHONY_OPERATIONS,
  ...NUMBER_OPERATIONS,
  ...STATISTICS_OPERATIONS,
  ...CONNECT_OPERATIONS,
  ...CHANNEL_OPERATIONS,
  ...SOCIAL_OPERATIONS,
  ...ELIZA_OPERATIONS,
  ...SERVICE_OPERATIONS,
} as const satisfies Record<string, Operation>;

export type OperationId = keyof typeof OPERATIONS;

/** Every operation by its id, seen as what they have in common. */
export const operation = (id: OperationId): Operation => OPERATIONS[id];

export interface Route {
  readonly operationId: OperationId;
  /** As API Gateway's HTTP API writes it: `POST /api/v1/agents`. */
  readonly routeKey: string;
  readonly functionName: string;
  /** Whether an authorizer guards it. */
  readonly authorized: boolean;
  /** Of a guarded one: tokens alone (JWT authorizer), or API keys, too (`authorize-request`). */
  readonly credentials: 'token' | 'token-or-key';
  readonly scope: Scope | null;
}

/** All routes of the HTTP API. */
export const routesOf = (): readonly Route[] =>
  (Object.keys(OPERATIONS) as OperationId[]).flatMap((operationId) => {
    const { method, path, functionName: name, scope, credentials = 'token' } = operation(operationId);
    return prefixesOf(operationId).map((prefix) => ({
      operationId,
      routeKey: `${method} ${prefix}${path}`,
      functionName: name,
      authorized: scope !== null,
      credentials,
      scope,
    }));
  });

/** Where an operation is served. */
export const prefixesOf = (id: OperationId): readonly string[] => {
  const { path, scope } = operation(id);
  if (scope === null) return [''];
  return ORIGINAL_PATHS.includes(path) ? [API_PREFIX, LEGACY_PREFIX] : [API_PREFIX];
};

/** What the creation service served. */
const ORIGINAL_PATHS: readonly string[] = [
  '/agents',
  '/agents/{agentId}',
  '/agents/{agentId}/retry',
  '/agents/{agentId}/messages',
];
