import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { CreateOperatorTicketEnv, ListCallEventsEnv } from '../environments.ts';
import { HTTP_TIMEOUT } from '../http/http-timeout.ts';
import { OratioFunction } from '../kernel/oratio-function.ts';
import type { Stores } from '../stores/stores.ts';
import type { VoiceSocket } from '../voice/voice-socket.ts';

export interface LiveFunctionsProps {
  readonly config: StageConfig;
  readonly stores: Stores;
  /** Where people connect who watch. */
  readonly webSocketUrl: string;
}

/** The functions of people who watch: who lets them in, and who tells what they missed. What happens they hear of whoever does it. */
export class LiveFunctions extends Construct {
  readonly api: readonly OratioFunction[];

  constructor(scope: Construct, id: string, props: LiveFunctionsProps) {
    super(scope, id);
    this.api = [createOperatorTicket(this, props), listCallEvents(this, props)];
  }
}

function createOperatorTicket(scope: Construct, { config, stores, webSocketUrl }: LiveFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'CreateOperatorTicket', {
    config,
    name: 'create-operator-ticket',
    schema: CreateOperatorTicketEnv,
    environment: { WEBSOCKET_URL: webSocketUrl },
    timeout: HTTP_TIMEOUT,
  });
  stores.voiceSessions.grant(fn, 'PutItem');
  return fn;
}

function listCallEvents(scope: Construct, { config, stores }: LiveFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'ListCallEvents', {
    config,
    name: 'list-call-events',
    schema: ListCallEventsEnv,
    timeout: HTTP_TIMEOUT,
  });
  stores.calls.grant(fn, 'GetItem');
  stores.conversations.grant(fn, 'Query');
  return fn;
}

/** What they do stands on rows of channels, which are read with the agent. */
const OF_CHANNELS_ONLY: readonly string[] = [
  'deploy-connect-channel',
  'deploy-social-channel',
  'record-channel',
  'retire-channels',
];

type Tasks = { readonly tasks: Readonly<Record<string, OratioFunction>> };

interface Tellers {
  readonly provisioning: Tasks;
  readonly retirement: Tasks;
  readonly agents: { readonly controlling: OratioFunction };
}

/** Lets those functions that write to agents look who watches the tenant's agents, and tell them. */
export function grantTelling(
  { provisioning, retirement, agents }: Tellers,
  { stores, socket }: { readonly stores: Stores; readonly socket: VoiceSocket },
): void {
  const tasks = [provisioning, retirement].flatMap((workflow) => Object.values(workflow.tasks));
  for (const fn of [...tasks, agents.controlling].filter(({ name }) => !OF_CHANNELS_ONLY.includes(name))) {
    stores.voiceSessions.grant(fn, 'GetItem');
    socket.grantTelling(fn);
  }
}
