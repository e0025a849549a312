import { Construct } from 'constructs';
import { grantProviderKeys } from '../access/access-functions.ts';
import type { AgentRoles } from '../agents/agent-roles.ts';
import type { AgentRuntimes } from '../agents/agent-runtimes.ts';
import type { AgentCreator } from '../building/agent-creator.ts';
import type { ChannelTasks } from '../channels/channel-functions.ts';
import type { StageConfig } from '../config.ts';
import { EraseAgentEnv, RetireKnowledgeEnv, RetireRuntimeEnv, StopProvisioningEnv } from '../environments.ts';
import { OratioFunction } from '../kernel/oratio-function.ts';
import type { KnowledgeStore } from '../knowledge/knowledge-store.ts';
import type { Stores } from '../stores/stores.ts';
import { STEP_TIMEOUT } from './step-timeout.ts';
import type { Workflow } from './workflow.ts';

export interface RetireFunctionsProps {
  readonly config: StageConfig;
  readonly stores: Stores;
  readonly knowledge: KnowledgeStore;
  readonly agentCreator: AgentCreator;
  readonly roles: AgentRoles;
  readonly runtimes: AgentRuntimes;
  readonly provision: Workflow;
  readonly channelTasks: ChannelTasks;
}

/** The functions of `retire-agent.asl.json`, by the name of their Task state. */
export class RetireFunctions extends Construct {
  readonly tasks: Readonly<Record<string, OratioFunction>>;

  constructor(scope: Construct, id: string, props: RetireFunctionsProps) {
    super(scope, id);
    this.tasks = {
      StopProvisioning: stopProvisioning(this, props),
      RetireChannels: props.channelTasks.retire,
      RetireRuntime: retireRuntime(this, props),
      RetireKnowledge: retireKnowledge(this, props),
      EraseAgent: eraseAgent(this, props),
    };
  }
}

function stopProvisioning(scope: Construct, props: RetireFunctionsProps): OratioFunction {
  const { config, stores, agentCreator, provision } = props;
  const fn = new OratioFunction(scope, 'StopProvisioning', {
    config,
    name: 'stop-provisioning',
    schema: StopProvisioningEnv,
    timeout: STEP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem', 'UpdateItem');
  provision.grantStop(fn);
  agentCreator.grant(fn, 'StopRuntimeSession');
  stores.calls.grantQueryOf(fn, 'agent-status-index');
  stores.voiceSessions.grant(fn, 'UpdateItem');
  return fn;
}

function retireRuntime(scope: Construct, { config, stores, roles, runtimes }: RetireFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'RetireRuntime', {
    config,
    name: 'retire-runtime',
    schema: RetireRuntimeEnv,
    environment: { STAGE: config.stage, RESOURCE_PREFIX: config.prefix },
    timeout: STEP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem', 'UpdateItem');
  roles.grantRemove(fn);
  runtimes.grantRemove(fn);
  return fn;
}

function retireKnowledge(scope: Construct, { config, stores, knowledge }: RetireFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'RetireKnowledge', {
    config,
    name: 'retire-knowledge',
    schema: RetireKnowledgeEnv,
    environment: { RESOURCE_PREFIX: config.prefix },
    timeout: STEP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem', 'UpdateItem');
  stores.knowledgeBases.grant(fn, 'GetItem');
  stores.knowledge.grantErase(fn);
  stores.knowledge.grantBucket(fn, 'ListBucket');
  knowledge.grantRemove(fn);
  knowledge.grantForget(fn);
  return fn;
}

function eraseAgent(scope: Construct, { config, stores }: RetireFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'EraseAgent', {
    config,
    name: 'erase-agent',
    schema: EraseAgentEnv,
    environment: { RESOURCE_PREFIX: config.prefix },
    timeout: STEP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem', 'UpdateItem', 'DeleteItem');
  stores.knowledgeBases.grant(fn, 'DeleteItem');
  stores.conversations.grant(fn, 'Query', 'BatchWriteItem');
  stores.customers.grant(fn, 'GetItem', 'UpdateItem', 'DeleteItem', 'Query', 'BatchWriteItem');
  stores.calls.grant(fn, 'GetItem', 'BatchWriteItem');
  stores.calls.grantQueryOf(fn, 'agent-index');
  stores.apiKeys.grant(fn, 'GetItem', 'DeleteItem');
  stores.phoneNumbers.grant(fn, 'UpdateItem', 'DeleteItem');
  stores.phoneNumbers.grantQueryOf(fn, 'userId-index');
  stores.statistics.grant(fn, 'Query', 'BatchWriteItem');
  grantProviderKeys(fn, config, 'DeleteSecret');
  stores.recordings.grantErase(fn);
  stores.code.grantErase(fn);
  stores.knowledge.grantErase(fn);
  return fn;
}
