import { Construct } from 'constructs';
import type { AgentRoles } from '../agents/agent-roles.ts';
import type { AgentRuntimes } from '../agents/agent-runtimes.ts';
import type { AgentCreator } from '../building/agent-creator.ts';
import type { ChannelTasks } from '../channels/channel-functions.ts';
import type { StageConfig } from '../config.ts';
import {
  ActivateAgentEnv,
  CheckCodeEnv,
  CheckIngestionEnv,
  CheckRuntimeEnv,
  CompensateEnv,
  DeployAgentCoreEnv,
  InvokeAgentCreatorEnv,
  ProvisionKnowledgeBaseEnv,
  RecordProgressEnv,
} from '../environments.ts';
import { OratioFunction } from '../kernel/oratio-function.ts';
import type { KnowledgeStore } from '../knowledge/knowledge-store.ts';
import type { DeadLetters } from '../operations/dead-letters.ts';
import type { Stores } from '../stores/stores.ts';
import { STEP_TIMEOUT } from './step-timeout.ts';

export interface ProvisionFunctionsProps {
  readonly config: StageConfig;
  readonly stores: Stores;
  readonly knowledge: KnowledgeStore;
  readonly agentCreator: AgentCreator;
  readonly roles: AgentRoles;
  readonly runtimes: AgentRuntimes;
  readonly deadLetters: DeadLetters;
  readonly channelTasks: ChannelTasks;
}

/** The dry run of generated code and the TypeScript compiler are bound by the processor: one whole CPU. */
const WHOLE_CPU_MB = 1769;

/** The functions of `provision-agent.asl.json`, by the name of their Task state. */
export class ProvisionFunctions extends Construct {
  readonly tasks: Readonly<Record<string, OratioFunction>>;
  readonly recordProgress: OratioFunction;

  constructor(scope: Construct, id: string, props: ProvisionFunctionsProps) {
    super(scope, id);
    this.recordProgress = recordProgress(this, props);
    this.tasks = {
      ProvisionKnowledgeBase: provisionKnowledgeBase(this, props),
      CheckIngestion: checkIngestion(this, props),
      InvokeAgentCreator: invokeAgentCreator(this, props),
      CheckCode: checkCode(this, props),
      DeployAgentCore: deployAgentCore(this, props),
      CheckRuntime: checkRuntime(this, props),
      ...props.channelTasks.provision,
      ActivateAgent: activateAgent(this, props),
      RecordProgress: this.recordProgress,
      Compensate: compensate(this, props),
    };
  }
}

function provisionKnowledgeBase(scope: Construct, props: ProvisionFunctionsProps): OratioFunction {
  const { config, stores, knowledge } = props;
  const fn = new OratioFunction(scope, 'ProvisionKnowledgeBase', {
    config,
    name: 'provision-knowledge-base',
    schema: ProvisionKnowledgeBaseEnv,
    environment: { RESOURCE_PREFIX: config.prefix, ENVIRONMENT: config.stage },
    timeout: STEP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem', 'UpdateItem');
  stores.knowledgeBases.grant(fn, 'GetItem', 'UpdateItem');
  stores.knowledge.grantObjects(fn, 'PutObject', 'PutObjectTagging', 'DeleteObject');
  stores.knowledge.grantBucket(fn, 'ListBucket');
  knowledge.grantProvision(fn);
  return fn;
}

function checkIngestion(scope: Construct, { config, stores, knowledge }: ProvisionFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'CheckIngestion', {
    config,
    name: 'check-ingestion',
    schema: CheckIngestionEnv,
    timeout: STEP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem', 'UpdateItem');
  stores.knowledgeBases.grant(fn, 'GetItem', 'UpdateItem');
  knowledge.grantRead(fn, 'GetIngestionJob', 'GetKnowledgeBaseDocuments');
  return fn;
}

function invokeAgentCreator(scope: Construct, props: ProvisionFunctionsProps): OratioFunction {
  const { config, stores, agentCreator } = props;
  const fn = new OratioFunction(scope, 'InvokeAgentCreator', {
    config,
    name: 'invoke-agent-creator',
    schema: InvokeAgentCreatorEnv,
    timeout: STEP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem', 'UpdateItem');
  stores.knowledgeBases.grant(fn, 'GetItem');
  stores.code.grantObjects(fn, 'GetObject');
  stores.code.grantBucket(fn, 'ListBucket');
  agentCreator.grant(fn, 'InvokeAgentRuntime');
  return fn;
}

function checkCode(scope: Construct, { config, stores, agentCreator }: ProvisionFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'CheckCode', {
    config,
    name: 'check-code',
    schema: CheckCodeEnv,
    environment: { ENVIRONMENT: config.stage },
    timeout: STEP_TIMEOUT,
    memoryMb: WHOLE_CPU_MB,
  });
  stores.agents.grant(fn, 'GetItem', 'UpdateItem');
  stores.code.grantObjects(fn, 'GetObject', 'PutObject', 'PutObjectTagging');
  stores.code.grantBucket(fn, 'ListBucket');
  agentCreator.grant(fn, 'StopRuntimeSession');
  return fn;
}

function deployAgentCore(scope: Construct, props: ProvisionFunctionsProps): OratioFunction {
  const { config, stores, roles, runtimes } = props;
  const fn = new OratioFunction(scope, 'DeployAgentCore', {
    config,
    name: 'deploy-agent-core',
    schema: DeployAgentCoreEnv,
    environment: {
      AGENT_MODEL_ID: config.agentModelId,
      SPEECH_MODEL_ID: config.voiceModelId,
      STAGE: config.stage,
      RESOURCE_PREFIX: config.prefix,
      ENVIRONMENT: config.stage,
      KNOWLEDGE_ISOLATION: config.knowledgeIsolation,
    },
    timeout: STEP_TIMEOUT,
    memoryMb: WHOLE_CPU_MB,
  });
  stores.agents.grant(fn, 'GetItem', 'UpdateItem');
  stores.knowledgeBases.grant(fn, 'GetItem');
  stores.code.grantObjects(fn, 'GetObject', 'PutObject', 'PutObjectTagging');
  stores.code.grantBucket(fn, 'ListBucket');
  stores.knowledge.grantObjects(fn);
  roles.grantMake(fn);
  runtimes.grantDeploy(fn);
  return fn;
}

function checkRuntime(scope: Construct, { config, stores, runtimes }: ProvisionFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'CheckRuntime', {
    config,
    name: 'check-runtime',
    schema: CheckRuntimeEnv,
    environment: { STAGE: config.stage },
    timeout: STEP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem', 'UpdateItem');
  runtimes.grant(fn, 'GetAgentRuntime', 'GetAgentRuntimeEndpoint', 'CreateAgentRuntimeEndpoint', 'TagResource');
  return fn;
}

function activateAgent(scope: Construct, { config, stores, runtimes }: ProvisionFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'ActivateAgent', {
    config,
    name: 'activate-agent',
    schema: ActivateAgentEnv,
    environment: { STAGE: config.stage },
    timeout: STEP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem', 'UpdateItem');
  stores.knowledgeBases.grant(fn);
  runtimes.grant(fn, 'GetAgentRuntimeEndpoint', 'UpdateAgentRuntimeEndpoint');
  return fn;
}

function recordProgress(scope: Construct, props: ProvisionFunctionsProps): OratioFunction {
  const { config, stores, agentCreator, deadLetters } = props;
  const fn = new OratioFunction(scope, 'RecordProgress', {
    config,
    name: 'record-progress',
    schema: RecordProgressEnv,
    timeout: STEP_TIMEOUT,
    deadLetters: deadLetters.queue,
  });
  stores.agents.grant(fn, 'GetItem', 'UpdateItem');
  agentCreator.grant(fn, 'StopRuntimeSession');
  return fn;
}

function compensate(scope: Construct, props: ProvisionFunctionsProps): OratioFunction {
  const { config, stores, knowledge, agentCreator, roles, runtimes } = props;
  const fn = new OratioFunction(scope, 'Compensate', {
    config,
    name: 'compensate',
    schema: CompensateEnv,
    environment: { RESOURCE_PREFIX: config.prefix, STAGE: config.stage },
    timeout: STEP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem', 'UpdateItem');
  stores.knowledgeBases.grant(fn, 'GetItem');
  stores.code.grantErase(fn);
  stores.code.grantBucket(fn, 'ListBucket');
  knowledge.grantRemove(fn);
  agentCreator.grant(fn, 'StopRuntimeSession');
  roles.grantRemove(fn);
  runtimes.grantRemove(fn);
  return fn;
}
