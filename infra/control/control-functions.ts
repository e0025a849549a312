import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { ControlCallEnv, ManageAgentContextEnv } from '../environments.ts';
import { HTTP_TIMEOUT } from '../http/http-timeout.ts';
import { OratioFunction } from '../kernel/oratio-function.ts';
import type { Stores } from '../stores/stores.ts';
import { TWILIO_API } from '../telephony/telephony-functions.ts';
import { grantTelephoneSecret } from '../voice/voice-functions.ts';
import type { VoiceSocket } from '../voice/voice-socket.ts';

export interface ControlFunctionsProps {
  readonly config: StageConfig;
  readonly stores: Stores;
  readonly socket: VoiceSocket;
}

/** The functions by which people take part in calls, and tell agents what holds for now. */
export class ControlFunctions extends Construct {
  readonly api: readonly OratioFunction[];

  constructor(scope: Construct, id: string, props: ControlFunctionsProps) {
    super(scope, id);
    this.api = [controlCall(this, props), manageAgentContext(this, props)];
  }
}

function controlCall(scope: Construct, { config, stores, socket }: ControlFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'ControlCall', {
    config,
    name: 'control-call',
    schema: ControlCallEnv,
    environment: { TWILIO_API_URL: TWILIO_API, DIAL_PREFIXES: config.transferPrefixes.join(',') },
    timeout: HTTP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem');
  // A call that nobody has answered ends here: with an entry of who ended it, counted and made searchable.
  stores.calls.grant(fn, 'GetItem', 'UpdateItem', 'BatchWriteItem');
  stores.conversations.grant(fn, 'PutItem', 'Query');
  stores.statistics.grant(fn, 'UpdateItem');
  stores.phoneNumbers.grant(fn, 'GetItem');
  grantTelephoneSecret(fn, config);
  stores.voiceSessions.grant(fn, 'GetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem');
  stores.idempotency.grant(fn, 'PutItem', 'UpdateItem', 'DeleteItem');
  // The owner of the call is told to look at once.
  socket.grantConnections(fn);
  return fn;
}

function manageAgentContext(scope: Construct, { config, stores, socket }: ControlFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'ManageAgentContext', {
    config,
    name: 'manage-agent-context',
    schema: ManageAgentContextEnv,
    timeout: HTTP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem', 'UpdateItem');
  stores.voiceSessions.grant(fn, 'GetItem', 'PutItem');
  // The owners of the agent's calls are told to look at once.
  stores.calls.grantQueryOf(fn, 'agent-status-index');
  socket.grantTelling(fn);
  return fn;
}
