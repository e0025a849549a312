import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import {
  AcceptUploadEnv,
  ControlAgentEnv,
  CreateAgentEnv,
  DeleteAgentEnv,
  GetAgentEnv,
  ListAgentsEnv,
  ReadAgentVersionsEnv,
  RetryAgentEnv,
  UpdateAgentEnv,
} from '../environments.ts';
import type { CursorSecret } from '../http/cursor-secret.ts';
import { HTTP_TIMEOUT } from '../http/http-timeout.ts';
import { OratioFunction, seconds } from '../kernel/oratio-function.ts';
import type { DeadLetters } from '../operations/dead-letters.ts';
import type { Workflow } from '../provisioning/workflow.ts';
import type { Stores } from '../stores/stores.ts';

export interface AgentFunctionsProps {
  readonly config: StageConfig;
  readonly stores: Stores;
  readonly cursorSecret: CursorSecret;
  readonly provision: Workflow;
  readonly retire: Workflow;
  readonly deadLetters: DeadLetters;
}

/** Decodes and stores bodies of up to 6 MB: a whole CPU (1,769 MB) halves the wait and costs the same per request. */
const UPLOAD_MEMORY_MB = 1769;

/** The functions behind `/agents`, and the one that hears of uploaded files. */
export class AgentFunctions extends Construct {
  readonly api: readonly OratioFunction[];
  readonly acceptUpload: OratioFunction;
  /** Starts, stops, pauses and resumes. */
  readonly controlling: OratioFunction;

  constructor(scope: Construct, id: string, props: AgentFunctionsProps) {
    super(scope, id);
    this.controlling = controlAgent(this, props);
    this.api = [
      createAgent(this, props),
      listAgents(this, props),
      getAgent(this, props),
      readAgentVersions(this, props),
      updateAgent(this, props),
      deleteAgent(this, props),
      retryAgent(this, props),
      this.controlling,
    ];
    this.acceptUpload = acceptUpload(this, props);
  }
}

function createAgent(scope: Construct, { config, stores, provision }: AgentFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'CreateAgent', {
    config,
    name: 'create-agent',
    schema: CreateAgentEnv,
    environment: { ENVIRONMENT: config.stage },
    timeout: HTTP_TIMEOUT,
    memoryMb: UPLOAD_MEMORY_MB,
  });
  stores.agents.grant(fn, 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem');
  stores.knowledgeBases.grant(fn, 'PutItem', 'UpdateItem', 'DeleteItem');
  stores.channels.grant(fn, 'PutItem', 'DeleteItem');
  stores.idempotency.grant(fn, 'PutItem', 'UpdateItem', 'DeleteItem');
  stores.knowledge.grantObjects(fn, 'PutObject', 'PutObjectTagging', 'DeleteObject');
  provision.grantStart(fn);
  return fn;
}

function listAgents(scope: Construct, { config, stores, cursorSecret }: AgentFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'ListAgents', {
    config,
    name: 'list-agents',
    schema: ListAgentsEnv,
    timeout: HTTP_TIMEOUT,
  });
  stores.agents.grantQueryOf(fn, 'userId-list-index');
  stores.agents.grantQueryOf(fn, 'userId-status-index');
  stores.channels.grantQueryOf(fn, 'agent-index');
  stores.phoneNumbers.grantQueryOf(fn, 'agent-index');
  cursorSecret.grantRead(fn);
  return fn;
}

function getAgent(scope: Construct, { config, stores }: AgentFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'GetAgent', {
    config,
    name: 'get-agent',
    schema: GetAgentEnv,
    timeout: HTTP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem');
  stores.knowledgeBases.grant(fn, 'GetItem');
  stores.channels.grant(fn, 'Query');
  return fn;
}

function readAgentVersions(scope: Construct, { config, stores }: AgentFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'ReadAgentVersions', {
    config,
    name: 'read-agent-versions',
    schema: ReadAgentVersionsEnv,
    timeout: HTTP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem');
  stores.code.grantObjects(fn, 'GetObject');
  stores.code.grantBucket(fn, 'ListBucket');
  return fn;
}

function updateAgent(scope: Construct, { config, stores, provision }: AgentFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'UpdateAgent', {
    config,
    name: 'update-agent',
    schema: UpdateAgentEnv,
    environment: { ENVIRONMENT: config.stage },
    timeout: HTTP_TIMEOUT,
    memoryMb: UPLOAD_MEMORY_MB,
  });
  stores.agents.grant(fn, 'GetItem', 'UpdateItem');
  stores.knowledgeBases.grant(fn, 'GetItem', 'UpdateItem');
  stores.channels.grant(fn, 'GetItem', 'PutItem', 'UpdateItem', 'Query');
  stores.idempotency.grant(fn, 'PutItem', 'UpdateItem', 'DeleteItem');
  stores.knowledge.grantObjects(fn, 'PutObject', 'PutObjectTagging', 'DeleteObject');
  provision.grantStart(fn);
  return fn;
}

function deleteAgent(scope: Construct, { config, stores, retire }: AgentFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'DeleteAgent', {
    config,
    name: 'delete-agent',
    schema: DeleteAgentEnv,
    timeout: HTTP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem', 'UpdateItem');
  stores.knowledgeBases.grant(fn, 'GetItem', 'UpdateItem');
  retire.grantStart(fn);
  return fn;
}

function retryAgent(scope: Construct, { config, stores, provision }: AgentFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'RetryAgent', {
    config,
    name: 'retry-agent',
    schema: RetryAgentEnv,
    environment: { ENVIRONMENT: config.stage },
    timeout: HTTP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem', 'UpdateItem');
  stores.knowledgeBases.grant(fn, 'GetItem', 'UpdateItem');
  stores.knowledge.grantObjects(fn, 'PutObject', 'PutObjectTagging');
  provision.grantStart(fn);
  return fn;
}

function controlAgent(scope: Construct, { config, stores }: AgentFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'ControlAgent', {
    config,
    name: 'control-agent',
    schema: ControlAgentEnv,
    timeout: HTTP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem', 'UpdateItem');
  return fn;
}

function acceptUpload(scope: Construct, props: AgentFunctionsProps): OratioFunction {
  const { config, stores, provision, deadLetters } = props;
  const fn = new OratioFunction(scope, 'AcceptUpload', {
    config,
    name: 'accept-upload',
    schema: AcceptUploadEnv,
    environment: { ENVIRONMENT: config.stage },
    timeout: seconds(60),
    deadLetters: deadLetters.queue,
  });
  stores.agents.grant(fn, 'GetItem', 'UpdateItem');
  stores.knowledgeBases.grant(fn, 'GetItem', 'UpdateItem');
  stores.knowledge.grantObjects(fn, 'GetObject', 'DeleteObject');
  // Without it a file that is gone again answers 403 instead of 404.
  stores.knowledge.grantBucket(fn, 'ListBucket');
  provision.grantStart(fn);
  return fn;
}
