import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { AgentRuntimes } from '../agents/agent-runtimes.ts';
import type { StageConfig } from '../config.ts';
import {
  AuthorizeRequestEnv,
  CreateVoiceTicketEnv,
  ManageApiKeysEnv,
  ManageVoiceSettingsEnv,
} from '../environments.ts';
import type { CursorSecret } from '../http/cursor-secret.ts';
import { HTTP_TIMEOUT } from '../http/http-timeout.ts';
import type { Identity } from '../identity/identity.ts';
import { OratioFunction, seconds } from '../kernel/oratio-function.ts';
import type { ProviderKeysKey } from '../providers/provider-keys-key.ts';
import type { Stores } from '../stores/stores.ts';
import type { VoiceSocket } from '../voice/voice-socket.ts';

export interface AccessFunctionsProps {
  readonly config: StageConfig;
  readonly stores: Stores;
  readonly identity: Identity;
  /** Clients of the user pool whose tokens are taken. */
  readonly clientIds: readonly string[];
  readonly cursorSecret: CursorSecret;
  readonly runtimes: AgentRuntimes;
  readonly socket: VoiceSocket;
  /** `wss://…/live`, as callers reach it. */
  readonly webSocketUrl: string;
  readonly providerKeysKey: ProviderKeysKey;
}

/** The functions that let people and programs in: keys, tickets, and who is asking; and how an agent speaks. */
export class AccessFunctions extends Construct {
  readonly api: readonly OratioFunction[];
  readonly authorizer: OratioFunction;

  constructor(scope: Construct, id: string, props: AccessFunctionsProps) {
    super(scope, id);
    this.api = [manageApiKeys(this, props), createVoiceTicket(this, props), manageVoiceSettings(this, props)];
    this.authorizer = authorizeRequest(this, props);
  }
}

function authorizeRequest(
  scope: Construct,
  { config, stores, identity, clientIds }: AccessFunctionsProps,
): OratioFunction {
  const fn = new OratioFunction(scope, 'AuthorizeRequest', {
    config,
    name: 'authorize-request',
    schema: AuthorizeRequestEnv,
    environment: { TOKEN_ISSUER: identity.issuer, TOKEN_AUDIENCE: clientIds.join(',') },
    // API Gateway waits ten seconds for an authorizer (its quotas page, 2026-11).
    timeout: seconds(10),
  });
  stores.apiKeys.grant(fn, 'GetItem', 'UpdateItem');
  return fn;
}

function manageApiKeys(scope: Construct, { config, stores, cursorSecret }: AccessFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'ManageApiKeys', {
    config,
    name: 'manage-api-keys',
    schema: ManageApiKeysEnv,
    timeout: HTTP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem', 'ConditionCheckItem');
  stores.apiKeys.grant(fn, 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem');
  stores.apiKeys.grantQueryOf(fn, 'agent-index');
  cursorSecret.grantRead(fn);
  return fn;
}

function createVoiceTicket(scope: Construct, props: AccessFunctionsProps): OratioFunction {
  const { config, stores, runtimes, socket, webSocketUrl } = props;
  const fn = new OratioFunction(scope, 'CreateVoiceTicket', {
    config,
    name: 'create-voice-ticket',
    schema: CreateVoiceTicketEnv,
    environment: {
      PUBLIC_WEBSOCKET_URL: webSocketUrl,
      VOICE_LINES: String(config.voiceLines),
      VOICE_TENANT_DAILY_BUDGET_USD: String(config.voiceTenantDailyBudgetUsd),
      CONVERSATION_TTL_DAYS: String(config.conversationTtlDays),
    },
    timeout: HTTP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem');
  stores.voiceSessions.grant(fn, 'GetItem', 'PutItem', 'UpdateItem');
  // Operators are told of a call as its row says.
  stores.calls.grant(fn, 'GetItem', 'PutItem');
  socket.grantTelling(fn);
  // A presigned address lets its bearer do what its signer may do.
  runtimes.grant(fn, 'InvokeAgentRuntimeWithWebSocketStream');
  return fn;
}

const manageVoiceSettings = (scope: Construct, props: AccessFunctionsProps): OratioFunction =>
  settingsFunction(scope, 'ManageVoiceSettings', 'manage-voice-settings', props);

/** Reads and writes whom an agent speaks with, and the keys to them; such functions differ in how they show it. */
export function settingsFunction(
  scope: Construct,
  id: string,
  name: string,
  { config, stores, providerKeysKey }: Pick<AccessFunctionsProps, 'config' | 'stores' | 'providerKeysKey'>,
): OratioFunction {
  const fn = new OratioFunction(scope, id, {
    config,
    name,
    schema: ManageVoiceSettingsEnv,
    environment: {
      RESOURCE_PREFIX: config.prefix,
      ENVIRONMENT: config.stage,
      PROVIDER_ADDRESSES: config.providerAddresses,
      DIAL_PREFIXES: config.transferPrefixes.join(','),
    },
    timeout: HTTP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem', 'UpdateItem');
  stores.voiceSessions.grant(fn, 'UpdateItem');
  // A person's number may be no agent's.
  stores.phoneNumbers.grant(fn, 'GetItem');
  grantProviderKeys(fn, config, 'GetSecretValue', 'PutSecretValue', 'CreateSecret', 'TagResource', 'DeleteSecret');
  providerKeysKey.grantWrite(fn);
  return fn;
}

/** Actions on the keys that tenants entrusted to us: `{prefix}/tenants/{userId}/agents/{agentId}/provider-keys`. */
export function grantProviderKeys(fn: OratioFunction, { prefix }: StageConfig, ...actions: readonly string[]): void {
  const secrets = Stack.of(fn).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: `${prefix}/tenants/*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  fn.allow(
    actions.map((action) => `secretsmanager:${action}`),
    [secrets],
    { wildcardReason: 'Each agent has a secret of its own, made when its owner entrusts a key to us.' },
  );
}
