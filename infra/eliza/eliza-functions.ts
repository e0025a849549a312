import { Construct } from 'constructs';
import type { AgentRuntimes } from '../agents/agent-runtimes.ts';
import type { StageConfig } from '../config.ts';
import { grantCustomerMessages } from '../customers/customer-permissions.ts';
import { AnswerElizaWebhookEnv } from '../environments.ts';
import { HTTP_TIMEOUT } from '../http/http-timeout.ts';
import { OratioFunction } from '../kernel/oratio-function.ts';
import type { Stores } from '../stores/stores.ts';
import type { ElizaAccess } from './eliza-access.ts';

export interface ElizaFunctionsProps {
  readonly config: StageConfig;
  readonly stores: Stores;
  readonly runtimes: AgentRuntimes;
  readonly eliza: ElizaAccess;
}

/** The function behind `/webhooks/elizaos`. */
export class ElizaFunctions extends Construct {
  readonly api: readonly OratioFunction[];

  constructor(scope: Construct, id: string, { config, stores, runtimes, eliza }: ElizaFunctionsProps) {
    super(scope, id);
    const fn = new OratioFunction(this, 'AnswerElizaWebhook', {
      config,
      name: 'answer-eliza-webhook',
      schema: AnswerElizaWebhookEnv,
      environment: { CONVERSATION_TTL_DAYS: String(config.conversationTtlDays) },
      timeout: HTTP_TIMEOUT,
    });
    grantCustomerMessages(fn, stores);
    stores.channels.grant(fn, 'GetItem');
    runtimes.grantAsking(fn);
    eliza.admit(fn);
    this.api = [fn];
  }
}
