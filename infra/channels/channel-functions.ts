import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import type { ConnectChannelTasks } from '../connect/connect-access.ts';
import {
  DeployConnectChannelEnv,
  DeploySocialChannelEnv,
  ManageChannelsEnv,
  PlanChannelsEnv,
  RecordChannelEnv,
  RetireChannelsEnv,
} from '../environments.ts';
import { HTTP_TIMEOUT } from '../http/http-timeout.ts';
import { OratioFunction } from '../kernel/oratio-function.ts';
import { STEP_TIMEOUT } from '../provisioning/step-timeout.ts';
import type { Workflow } from '../provisioning/workflow.ts';
import type { Stores } from '../stores/stores.ts';

export interface ChannelTasksProps {
  readonly config: StageConfig;
  readonly stores: Stores;
}

/** The functions of the workflows that bring channels up and take them away, by the name of their Task state. */
export class ChannelTasks extends Construct {
  readonly provision: Readonly<Record<string, OratioFunction>>;
  /** Takes down what the channels of an agent have outside: of one that is deleted, or whose first version failed. */
  readonly retire: OratioFunction;
  /** Whoever makes or takes away channels of Amazon Connect, and of social platforms: they get the rights to it. */
  readonly ofConnect: ConnectChannelTasks;
  readonly ofSocial: readonly OratioFunction[];

  constructor(scope: Construct, id: string, props: ChannelTasksProps) {
    super(scope, id);
    const deployConnect = deployConnectChannel(this, props);
    const deploySocial = deploySocialChannel(this, props);
    this.retire = retireChannels(this, props);
    this.ofConnect = { deploying: deployConnect, retiring: this.retire };
    this.ofSocial = [deploySocial, this.retire];
    this.provision = {
      PlanChannels: planChannels(this, props),
      DeployConnectChannel: deployConnect,
      DeploySocialChannel: deploySocial,
      RecordChannel: recordChannel(this, props),
      RetireChannels: this.retire,
    };
  }
}

function planChannels(scope: Construct, { config, stores }: ChannelTasksProps): OratioFunction {
  const fn = new OratioFunction(scope, 'PlanChannels', {
    config,
    name: 'plan-channels',
    schema: PlanChannelsEnv,
    timeout: STEP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem', 'UpdateItem');
  stores.channels.grant(fn, 'GetItem', 'Query', 'UpdateItem');
  return fn;
}

function deployConnectChannel(scope: Construct, { config, stores }: ChannelTasksProps): OratioFunction {
  const fn = new OratioFunction(scope, 'DeployConnectChannel', {
    config,
    name: 'deploy-connect-channel',
    schema: DeployConnectChannelEnv,
    environment: { STAGE: config.stage, RESOURCE_PREFIX: config.prefix },
    timeout: STEP_TIMEOUT,
  });
  grantChannel(fn, stores);
  return fn;
}

function deploySocialChannel(scope: Construct, { config, stores }: ChannelTasksProps): OratioFunction {
  const fn = new OratioFunction(scope, 'DeploySocialChannel', {
    config,
    name: 'deploy-social-channel',
    schema: DeploySocialChannelEnv,
    environment: { RESOURCE_PREFIX: config.prefix },
    timeout: STEP_TIMEOUT,
  });
  grantChannel(fn, stores);
  return fn;
}

/** A deployer reads the agent, writes its channel, and takes and frees the account it answers. */
function grantChannel(fn: OratioFunction, stores: Stores): void {
  stores.agents.grant(fn, 'GetItem');
  stores.channels.grant(fn, 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem');
}

function recordChannel(scope: Construct, { config, stores }: ChannelTasksProps): OratioFunction {
  const fn = new OratioFunction(scope, 'RecordChannel', {
    config,
    name: 'record-channel',
    schema: RecordChannelEnv,
    timeout: STEP_TIMEOUT,
  });
  stores.channels.grant(fn, 'GetItem', 'UpdateItem');
  return fn;
}

function retireChannels(scope: Construct, { config, stores }: ChannelTasksProps): OratioFunction {
  const fn = new OratioFunction(scope, 'RetireChannels', {
    config,
    name: 'retire-channels',
    schema: RetireChannelsEnv,
    environment: { STAGE: config.stage, RESOURCE_PREFIX: config.prefix },
    timeout: STEP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem', 'UpdateItem');
  stores.channels.grant(fn, 'GetItem', 'Query', 'UpdateItem', 'DeleteItem');
  return fn;
}

export interface ChannelFunctionsProps extends ChannelTasksProps {
  readonly provision: Workflow;
}

/** The function of the API for the channels of an agent. */
export class ChannelFunctions extends Construct {
  readonly api: readonly OratioFunction[];

  constructor(scope: Construct, id: string, { config, stores, provision }: ChannelFunctionsProps) {
    super(scope, id);
    const fn = new OratioFunction(this, 'ManageChannels', {
      config,
      name: 'manage-channels',
      schema: ManageChannelsEnv,
      timeout: HTTP_TIMEOUT,
    });
    stores.agents.grant(fn, 'GetItem', 'UpdateItem');
    stores.channels.grant(fn, 'GetItem', 'Query', 'PutItem', 'UpdateItem');
    provision.grantStart(fn);
    this.api = [fn];
  }
}
