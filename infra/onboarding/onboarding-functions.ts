import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { GetProvisioningEnv, OnboardAgentEnv } from '../environments.ts';
import { HTTP_TIMEOUT } from '../http/http-timeout.ts';
import { OratioFunction } from '../kernel/oratio-function.ts';
import type { Workflow } from '../provisioning/workflow.ts';
import type { Stores } from '../stores/stores.ts';

export interface OnboardingFunctionsProps {
  readonly config: StageConfig;
  readonly stores: Stores;
  readonly provision: Workflow;
}

/** The multi-channel engine's way of making an agent. */
export class OnboardingFunctions extends Construct {
  readonly api: readonly OratioFunction[];

  constructor(scope: Construct, id: string, props: OnboardingFunctionsProps) {
    super(scope, id);
    this.api = [onboardAgent(this, props), getProvisioning(this, props)];
  }
}

function onboardAgent(scope: Construct, { config, stores, provision }: OnboardingFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'OnboardAgent', {
    config,
    name: 'onboard-agent',
    schema: OnboardAgentEnv,
    environment: { ENVIRONMENT: config.stage },
    timeout: HTTP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem', 'PutItem', 'UpdateItem');
  stores.knowledgeBases.grant(fn, 'PutItem');
  stores.channels.grant(fn, 'PutItem');
  stores.idempotency.grant(fn, 'PutItem', 'UpdateItem', 'DeleteItem');
  // Files come later: it only names the bucket they will be in.
  stores.knowledge.grantObjects(fn);
  provision.grantStart(fn);
  return fn;
}

function getProvisioning(scope: Construct, { config, stores }: OnboardingFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'GetProvisioning', {
    config,
    name: 'get-provisioning',
    schema: GetProvisioningEnv,
    timeout: HTTP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem');
  stores.channels.grant(fn, 'Query');
  return fn;
}
