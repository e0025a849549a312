import { Construct } from 'constructs';
import type { AgentRuntimes } from '../agents/agent-runtimes.ts';
import type { StageConfig } from '../config.ts';
import { grantMemory } from '../customers/customer-permissions.ts';
import { SendMessageEnv } from '../environments.ts';
import { HTTP_TIMEOUT } from '../http/http-timeout.ts';
import { OratioFunction } from '../kernel/oratio-function.ts';
import type { Stores } from '../stores/stores.ts';

export interface MessageFunctionsProps {
  readonly config: StageConfig;
  readonly stores: Stores;
  readonly runtimes: AgentRuntimes;
}

/** The function behind `/agents/{agentId}/messages`. */
export class MessageFunctions extends Construct {
  readonly api: readonly OratioFunction[];

  constructor(scope: Construct, id: string, { config, stores, runtimes }: MessageFunctionsProps) {
    super(scope, id);
    const send = new OratioFunction(this, 'SendMessage', {
      config,
      name: 'send-message',
      schema: SendMessageEnv,
      environment: { CONVERSATION_TTL_DAYS: String(config.conversationTtlDays) },
      timeout: HTTP_TIMEOUT,
    });
    stores.agents.grant(send, 'GetItem');
    stores.conversations.grant(send, 'Query', 'PutItem', 'DeleteItem');
    stores.statistics.grant(send, 'UpdateItem');
    grantMemory(send, stores);
    runtimes.grantAsking(send);
    this.api = [send];
  }
}
