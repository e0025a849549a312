import { ArnFormat, Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { modelArns } from '../agents/agent-permissions.ts';
import type { AgentRuntimes } from '../agents/agent-runtimes.ts';
import type { StageConfig } from '../config.ts';
import {
  AnswerCustomerMessageEnv,
  ManageChannelCredentialsEnv,
  ReceiveAwsWhatsappEnv,
  ReceiveSocialMessageEnv,
} from '../environments.ts';
import { HTTP_TIMEOUT } from '../http/http-timeout.ts';
import { OratioFunction, seconds } from '../kernel/oratio-function.ts';
import type { DeadLetters } from '../operations/dead-letters.ts';
import type { Stores } from '../stores/stores.ts';
import type { MessageQueue } from './message-queue.ts';
import { PLATFORM_HOSTS } from './platform-hosts.ts';

export interface SocialFunctionsProps {
  readonly config: StageConfig;
  readonly stores: Stores;
  readonly runtimes: AgentRuntimes;
  readonly queue: MessageQueue;
  readonly deadLetters: DeadLetters;
}

/** The functions that platforms call, and the one that keeps what tenants entrust to us for them. */
export class SocialFunctions extends Construct {
  readonly api: readonly OratioFunction[];
  /** Answers what the queue brings. */
  readonly answering: OratioFunction;
  /** Where AWS End User Messaging Social publishes WhatsApp messages. */
  readonly whatsappTopic: Topic;
  readonly #credentials: OratioFunction;

  constructor(scope: Construct, id: string, props: SocialFunctionsProps) {
    super(scope, id);
    this.#credentials = manageChannelCredentials(this, props);
    this.api = [this.#credentials, receiveSocialMessage(this, props)];
    this.answering = answerCustomerMessage(this, props);
    this.whatsappTopic = whatsappTopic(this, props.config);
    this.whatsappTopic.addSubscription(new LambdaSubscription(receiveAwsWhatsapp(this, props).lambda));
  }

  /** Tells the functions where platforms reach the API, which is made from these very functions. */
  servedAt(apiUrl: string): void {
    this.#credentials.provide('PUBLIC_API_URL', apiUrl);
  }
}

function manageChannelCredentials(scope: Construct, { config, stores }: SocialFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'ManageChannelCredentials', {
    config,
    name: 'manage-channel-credentials',
    schema: ManageChannelCredentialsEnv,
    environment: { ENVIRONMENT: config.stage },
    timeout: HTTP_TIMEOUT,
  });
  stores.channels.grant(fn, 'PutItem', 'DeleteItem');
  grantChannelCredentials(
    fn,
    config,
    'GetSecretValue',
    'PutSecretValue',
    'CreateSecret',
    'TagResource',
    'DeleteSecret',
  );
  return fn;
}

function receiveSocialMessage(scope: Construct, { config, stores, queue }: SocialFunctionsProps): OratioFunction {
  const fn = new OratioFunction(scope, 'ReceiveSocialMessage', {
    config,
    name: 'receive-social-message',
    schema: ReceiveSocialMessageEnv,
    timeout: HTTP_TIMEOUT,
  });
  stores.channels.grant(fn, 'GetItem');
  queue.grantSend(fn);
  grantChannelCredentials(fn, config, 'GetSecretValue');
  return fn;
}

function receiveAwsWhatsapp(scope: Construct, props: SocialFunctionsProps): OratioFunction {
  const { config, stores, queue, deadLetters } = props;
  const fn = new OratioFunction(scope, 'ReceiveAwsWhatsapp', {
    config,
    name: 'receive-aws-whatsapp',
    schema: ReceiveAwsWhatsappEnv,
    timeout: seconds(30),
    deadLetters: deadLetters.queue,
  });
  stores.channels.grant(fn, 'GetItem');
  queue.grantSend(fn);
  return fn;
}

/** Ten messages of one customer in a row are more than one invocation answers; what is left comes again. */
const ANSWER_TIMEOUT = seconds(150);
const BATCH_SIZE = 10;
/** Agents asked at once; the account's Lambda concurrency and its Bedrock quotas are shared with calls. */
const MAX_CONCURRENCY = 50;

function answerCustomerMessage(scope: Construct, props: SocialFunctionsProps): OratioFunction {
  const { config, stores, queue, runtimes } = props;
  const fn = new OratioFunction(scope, 'AnswerCustomerMessage', {
    config,
    name: 'answer-customer-message',
    schema: AnswerCustomerMessageEnv,
    environment: {
      ...PLATFORM_HOSTS,
      CONVERSATION_TTL_DAYS: String(config.conversationTtlDays),
      AGENT_MODEL_ID: config.agentModelId,
    },
    timeout: ANSWER_TIMEOUT,
  });
  grantAnsweringCustomers(fn, { stores, runtimes });
  // Long conversations are summarized.
  fn.allow(['bedrock:InvokeModel'], modelArns(fn, config.agentModelId), {
    wildcardReason: 'An inference profile calls its model in whichever region has room.',
  });
  stores.channels.grant(fn, 'GetItem', 'UpdateItem');
  grantChannelCredentials(fn, config, 'GetSecretValue');
  const numbers = Stack.of(fn).formatArn({
    service: 'social-messaging',
    resource: 'phone-number-id',
    resourceName: '*',
  });
  fn.allow(['social-messaging:SendWhatsAppMessage'], [numbers], {
    wildcardReason: 'Numbers are linked in the console, each with an id of its own.',
  });
  queue.consume(fn, { batchSize: BATCH_SIZE, maxConcurrency: MAX_CONCURRENCY });
  return fn;
}

/** To answer customers from their agent and their memory. */
export function grantAnsweringCustomers(
  fn: OratioFunction,
  { stores, runtimes }: Pick<SocialFunctionsProps, 'stores' | 'runtimes'>,
): void {
  stores.agents.grant(fn, 'GetItem');
  stores.customers.grant(fn, 'GetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem');
  stores.conversations.grant(fn, 'GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query');
  stores.statistics.grant(fn, 'UpdateItem');
  runtimes.grantAsking(fn);
}

/** A standard topic: the service knows no others. */
function whatsappTopic(scope: Construct, config: StageConfig): Topic {
  const topic = new Topic(scope, 'WhatsAppEvents', {
    topicName: `${config.prefix}-whatsapp-events`,
    enforceSSL: true,
  });
  const { account } = Stack.of(scope);
  topic.grantPublish(
    new ServicePrincipal('social-messaging.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': account } },
    }),
  );
  return topic;
}

/** Actions on what tenants entrusted to us for their channels: `{prefix}/channels/{userId}/{platform}`. */
export function grantChannelCredentials(
  fn: OratioFunction,
  { prefix }: StageConfig,
  ...actions: readonly string[]
): void {
  const secrets = Stack.of(fn).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: `${prefix}/channels/*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  fn.provide('RESOURCE_PREFIX', prefix);
  fn.allow(
    actions.map((action) => `secretsmanager:${action}`),
    [secrets],
    { wildcardReason: 'Each tenant has a secret a platform, made when they entrust credentials to us.' },
  );
}
