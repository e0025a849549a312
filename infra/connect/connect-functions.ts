import { Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { AgentRuntimes } from '../agents/agent-runtimes.ts';
import type { ConnectConfig, StageConfig } from '../config.ts';
import {
  AnswerConnectWebhookEnv,
  AnswerContactEnv,
  AnswerContactTurnEnv,
  ReceiveConnectChatEnv,
} from '../environments.ts';
import { HTTP_TIMEOUT } from '../http/http-timeout.ts';
import { OratioFunction, seconds } from '../kernel/oratio-function.ts';
import type { DeadLetters } from '../operations/dead-letters.ts';
import type { MessageQueue } from '../social/message-queue.ts';
import { PLATFORM_HOSTS } from '../social/platform-hosts.ts';
import { grantAnsweringCustomers, grantChannelCredentials } from '../social/social-functions.ts';
import type { Stores } from '../stores/stores.ts';
import { grantChats } from './connect-access.ts';
import { ConnectInstance } from './connect-instance.ts';

export interface ConnectWebhookProps {
  readonly config: StageConfig;
  readonly stores: Stores;
  readonly runtimes: AgentRuntimes;
}

/** What a tenant's own contact centre asks; there with or without an Amazon Connect of ours. */
export class ConnectWebhook extends Construct {
  readonly api: readonly OratioFunction[];

  constructor(scope: Construct, id: string, { config, ...props }: ConnectWebhookProps) {
    super(scope, id);
    const fn = new OratioFunction(this, 'AnswerConnectWebhook', {
      config,
      name: 'answer-connect-webhook',
      schema: AnswerConnectWebhookEnv,
      environment: { CONVERSATION_TTL_DAYS: String(config.conversationTtlDays) },
      timeout: HTTP_TIMEOUT,
    });
    grantAnsweringCustomers(fn, props);
    this.api = [fn];
  }
}

export interface ConnectFunctionsProps extends ConnectWebhookProps {
  readonly connect: ConnectConfig;
  readonly queue: MessageQueue;
  readonly deadLetters: DeadLetters;
  /** Where the API is reached: transcripts are there. */
  readonly apiUrl: string;
}

/** A stage's Amazon Connect: the instance, what its flows call, and what hears its chats. */
export class ConnectFunctions extends Construct {
  readonly instance: ConnectInstance;
  readonly answerContact: OratioFunction;
  readonly chatTopic: Topic;

  constructor(scope: Construct, id: string, props: ConnectFunctionsProps) {
    super(scope, id);
    const { config, connect } = props;
    this.instance = new ConnectInstance(this, 'Instance', { config, connect });
    this.chatTopic = chatTopic(this, config, this.instance.instanceArn);
    this.answerContact = answerContact(this, props, answerContactTurn(this, props));
    grantChats(this.answerContact, this, ['StartContactStreaming', 'CreateParticipant']);
    this.instance.integrate(this.answerContact);
    this.chatTopic.addSubscription(new LambdaSubscription(receiveConnectChat(this, props).lambda));
  }
}

/** Longer than an agent takes (27 s) with the customer's other messages before it. */
const TURN_TIMEOUT = seconds(75);

function answerContactTurn(
  scope: Construct,
  { config, stores, runtimes, apiUrl }: ConnectFunctionsProps,
): OratioFunction {
  const fn = new OratioFunction(scope, 'AnswerContactTurn', {
    config,
    name: 'answer-contact-turn',
    schema: AnswerContactTurnEnv,
    environment: { CONVERSATION_TTL_DAYS: String(config.conversationTtlDays), PUBLIC_API_URL: apiUrl },
    timeout: TURN_TIMEOUT,
  });
  grantAnsweringCustomers(fn, { stores, runtimes });
  return fn;
}

/** What a flow gives its function; a bigger CPU starts sooner. */
const FLOW_TIMEOUT = seconds(8);
const FLOW_MEMORY_MB = 1024;

function answerContact(
  scope: Construct,
  { config, stores, queue }: ConnectFunctionsProps,
  turn: OratioFunction,
): OratioFunction {
  const fn = new OratioFunction(scope, 'AnswerContact', {
    config,
    name: 'answer-contact',
    schema: AnswerContactEnv,
    timeout: FLOW_TIMEOUT,
    memoryMb: FLOW_MEMORY_MB,
  });
  stores.agents.grant(fn, 'GetItem');
  stores.channels.grant(fn, 'GetItem');
  stores.conversations.grant(fn, 'GetItem', 'PutItem');
  queue.grantSend(fn);
  fn.provide('CONTACT_TURN_FUNCTION', turn.lambda.functionName);
  fn.allow(['lambda:InvokeFunction'], [turn.lambda.functionArn]);
  return fn;
}

function receiveConnectChat(scope: Construct, props: ConnectFunctionsProps): OratioFunction {
  const { config, stores, queue, deadLetters } = props;
  const fn = new OratioFunction(scope, 'ReceiveConnectChat', {
    config,
    name: 'receive-connect-chat',
    schema: ReceiveConnectChatEnv,
    environment: { ...PLATFORM_HOSTS, CONVERSATION_TTL_DAYS: String(config.conversationTtlDays) },
    timeout: seconds(60),
    deadLetters: deadLetters.queue,
  });
  stores.customers.grant(fn, 'GetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem');
  stores.conversations.grant(fn, 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query');
  queue.grantSend(fn);
  grantChannelCredentials(fn, config, 'GetSecretValue');
  const numbers = Stack.of(fn).formatArn({
    service: 'social-messaging',
    resource: 'phone-number-id',
    resourceName: '*',
  });
  fn.allow(['social-messaging:SendWhatsAppMessage'], [numbers], {
    wildcardReason: 'Numbers are linked in the console, each with an id of its own.',
  });
  return fn;
}

/** A standard topic: chat streaming knows no others. */
function chatTopic(scope: Construct, config: StageConfig, instanceArn: string): Topic {
  const topic = new Topic(scope, 'Chats', { topicName: `${config.prefix}-connect-chats`, enforceSSL: true });
  topic.grantPublish(
    new ServicePrincipal('connect.amazonaws.com', { conditions: { ArnEquals: { 'aws:SourceArn': instanceArn } } }),
  );
  return topic;
}
