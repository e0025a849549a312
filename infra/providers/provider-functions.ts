import { Construct } from 'constructs';
import { grantProviderKeys, settingsFunction } from '../access/access-functions.ts';
import type { StageConfig } from '../config.ts';
import { ChooseAgentEnv, SpeakToProviderEnv, TestProviderEnv } from '../environments.ts';
import { HTTP_TIMEOUT } from '../http/http-timeout.ts';
import { OratioFunction } from '../kernel/oratio-function.ts';
import type { Workflow } from '../provisioning/workflow.ts';
import type { Stores } from '../stores/stores.ts';
import { grantSpeechModels } from '../voice/voice-functions.ts';
import type { ProviderKeysKey } from './provider-keys-key.ts';

export interface ProviderFunctionsProps {
  readonly config: StageConfig;
  readonly stores: Stores;
  readonly provision: Workflow;
  readonly providerKeysKey: ProviderKeysKey;
}

/** The functions of providers: whose services an agent uses, whether they do what they should, and which agent is meant. */
export class ProviderFunctions extends Construct {
  readonly api: readonly OratioFunction[];

  constructor(scope: Construct, id: string, props: ProviderFunctionsProps) {
    super(scope, id);
    const speaker = speakToProvider(this, props);
    this.api = [
      settingsFunction(this, 'ManageProviders', 'manage-providers', props),
      testProvider(this, props, speaker),
      chooseAgent(this, props),
    ];
  }
}

function testProvider(
  scope: Construct,
  { config, stores, providerKeysKey }: ProviderFunctionsProps,
  speaker: OratioFunction,
): OratioFunction {
  const fn = new OratioFunction(scope, 'TestProvider', {
    config,
    name: 'test-provider',
    schema: TestProviderEnv,
    environment: { RESOURCE_PREFIX: config.prefix, PROVIDER_ADDRESSES: config.providerAddresses },
    timeout: HTTP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem');
  grantProviderKeys(fn, config, 'GetSecretValue');
  providerKeysKey.grantRead(fn);
  providerKeysKey.grantSealing(fn);
  fn.provide('PROVIDER_FUNCTION', speaker.lambda.functionName);
  fn.allow(['lambda:InvokeFunction'], [speaker.lambda.functionArn]);
  return fn;
}

/** Apart from the API: its clients would not fit into a bundle of it, and whoever dials what tenants name reads no table and no secret. */
function speakToProvider(scope: Construct, { config, providerKeysKey }: ProviderFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'SpeakToProvider', {
    config,
    name: 'speak-to-provider',
    schema: SpeakToProviderEnv,
    environment: {
      SPEECH_MODEL_ID: config.voiceModelId,
      AGENT_MODEL_ID: config.agentModelId,
      PROVIDER_ADDRESSES: config.providerAddresses,
    },
    timeout: HTTP_TIMEOUT,
  });
  grantSpeechModels(fn, config);
  providerKeysKey.grantOpening(fn);
  return fn;
}

function chooseAgent(scope: Construct, { config, stores, provision }: ProviderFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'ChooseAgent', {
    config,
    name: 'choose-agent',
    schema: ChooseAgentEnv,
    environment: { ENVIRONMENT: config.stage, FIRST_AGENT: JSON.stringify(config.firstAgent) },
    timeout: HTTP_TIMEOUT,
  });
  stores.agents.grant(fn, 'GetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem');
  stores.agents.grantQueryOf(fn, 'userId-list-index');
  stores.knowledgeBases.grant(fn, 'PutItem');
  stores.channels.grant(fn, 'PutItem');
  stores.idempotency.grant(fn, 'PutItem', 'UpdateItem', 'DeleteItem');
  // The first agent has no files: it only names the bucket they would be in.
  stores.knowledge.grantObjects(fn);
  provision.grantStart(fn);
  return fn;
}
