import { Stack } from 'aws-cdk-lib';
import type { OratioFunction } from '../kernel/oratio-function.ts';
import type { ConnectFunctions } from './connect-functions.ts';

type Chats = Pick<ConnectFunctions, 'instance' | 'chatTopic'>;

/** To take part in chats of the shared instance; what is said in them is published to the topic. */
export function grantChats(fn: OratioFunction, { instance, chatTopic }: Chats, actions: readonly string[]): void {
  fn.provide('CONNECT_CHAT_TOPIC_ARN', chatTopic.topicArn);
  fn.allow(
    actions.map((action) => `connect:${action}`),
    [instance.instanceArn, `${instance.instanceArn}/contact/*`, `${instance.instanceArn}/contact-flow/*`],
    { wildcardReason: 'Contacts have ids of their own, made when customers come.' },
  );
}

/** To bring customers of text channels to people and to answer in chats. */
export function grantHandoff(fn: OratioFunction, connect: Chats, apiUrl: string): void {
  grantChats(fn, connect, ['StartContactStreaming', 'StartChatContact', 'UpdateContactAttributes']);
  fn.provide('CONNECT_HANDOFF_FLOW_ARN', connect.instance.handoffFlowArn);
  fn.provide('PUBLIC_API_URL', apiUrl);
}

/** A stage without Amazon Connect: nobody is handed over. */
export function withoutHandoff(fn: OratioFunction): void {
  for (const name of ['CONNECT_CHAT_TOPIC_ARN', 'CONNECT_HANDOFF_FLOW_ARN', 'PUBLIC_API_URL']) fn.provide(name, '');
}

/** What an agent's channel has outside, so that it can be taken away. */
const RETIRE = {
  instance: ['DescribeInstance', 'DeleteInstance', 'DeleteContactFlow'],
  number: ['ListPhoneNumbersV2', 'DescribePhoneNumber', 'DisassociatePhoneNumberContactFlow', 'ReleasePhoneNumber'],
};
const MAKE = {
  instance: [
    'AssociateBot',
    'AssociateLambdaFunction',
    'CreateContactFlow',
    'ListContactFlows',
    'ListHoursOfOperations',
    'ListQueues',
    'UpdateContactFlowContent',
  ],
  number: [
    'AssociatePhoneNumberContactFlow',
    'ClaimPhoneNumber',
    'ImportPhoneNumber',
    'SearchAvailablePhoneNumbers',
    'TagResource',
  ],
};

/** What `DeleteInstance` and `CreateInstance` need besides (Service Authorization Reference, Amazon Connect, dependent actions). */
const DIRECTORY_REMOVAL = ['ds:DeleteDirectory', 'ds:DescribeDirectories', 'ds:UnauthorizeApplication'];
const DIRECTORY_CREATION = [
  'ds:AuthorizeApplication',
  'ds:CheckAlias',
  'ds:CreateAlias',
  'ds:CreateIdentityPoolDirectory',
];

/** Who makes channels of Amazon Connect, and who only takes them away. */
export interface ConnectChannelTasks {
  readonly deploying: OratioFunction;
  readonly retiring: OratioFunction;
}

export interface ConnectChannelAccess extends Pick<ConnectFunctions, 'instance' | 'answerContact'> {
  /** Empty: callers press keys. */
  readonly lexBotAliasArn: string;
}

/** Lets functions make and take away telephone numbers, SMS and chats, in the shared instance or in one of an agent's own. */
export function grantConnectChannels({ deploying, retiring }: ConnectChannelTasks, access: ConnectChannelAccess): void {
  for (const fn of [deploying, retiring]) {
    fn.provide('CONNECT_INSTANCE_ARN', access.instance.instanceArn);
    fn.provide('CONNECT_HOURS_ARN', access.instance.hoursOfOperationArn);
    fn.provide('CONNECT_QUEUE_ARN', access.instance.queueArn);
    fn.provide('ANSWER_CONTACT_ARN', access.answerContact.lambda.functionArn);
    fn.provide('LEX_BOT_ALIAS_ARN', access.lexBotAliasArn);
    allowOnChannels(fn, RETIRE);
    fn.allow(DIRECTORY_REMOVAL, ['*'], { wildcardReason: DIRECTORY_REASON });
  }
  allowOnChannels(deploying, MAKE);
  grantInstanceCreation(deploying);
  deploying.allow(['sms-voice:DescribePhoneNumbers'], ['*'], {
    wildcardReason: 'Connect looks at the number of AWS End User Messaging that it is to take over.',
  });
  // Connect does this for its caller when a function is associated.
  deploying.allow(['lambda:AddPermission'], [access.answerContact.lambda.functionArn], {
    conditions: { StringEquals: { 'lambda:Principal': 'connect.amazonaws.com' } },
  });
}

/** Lets a function claim numbers for the shared instance, lead them to agents' flows and give them back. */
export function grantConnectNumbers(fn: OratioFunction, { instanceArn }: ConnectFunctions['instance']): void {
  fn.provide('CONNECT_INSTANCE_ARN', instanceArn);
  const { number: made } = MAKE;
  const actions = [...RETIRE.number, ...made.filter((action) => action !== 'ImportPhoneNumber')];
  const numbers = Stack.of(fn).formatArn({ service: 'connect', resource: 'phone-number', resourceName: '*' });
  fn.allow(
    actions.map((action) => `connect:${action}`),
    [instanceArn, `${instanceArn}/contact-flow/*`, numbers],
    { wildcardReason: 'Numbers and flows have ids that Connect chooses.' },
  );
}

const DIRECTORY_REASON =
  'Connect keeps the users of an instance in a directory, which it makes and removes for its caller.';
const CHANNELS_REASON = 'An agent may have an instance of its own; flows and numbers have ids that Connect chooses.';

function allowOnChannels(fn: OratioFunction, { instance, number }: typeof MAKE): void {
  const every = (resource: string) => Stack.of(fn).formatArn({ service: 'connect', resource, resourceName: '*' });
  const allow = (actions: readonly string[], resources: readonly string[]) =>
    fn.allow(
      actions.map((action) => `connect:${action}`),
      resources,
      { wildcardReason: CHANNELS_REASON },
    );
  // The ARN of a flow begins with that of its instance.
  allow(instance, [every('instance')]);
  allow(number, [every('instance'), every('phone-number')]);
}

function grantInstanceCreation(fn: OratioFunction): void {
  fn.allow(['connect:CreateInstance'], ['*'], { wildcardReason: 'The instance has no ARN before it is made.' });
  fn.allow(DIRECTORY_CREATION, ['*'], { wildcardReason: DIRECTORY_REASON });
  const role = Stack.of(fn).formatArn({
    service: 'iam',
    region: '',
    resource: 'role/aws-service-role/connect.amazonaws.com',
    resourceName: 'AWSServiceRoleForAmazonConnect_*',
  });
  fn.allow(['iam:CreateServiceLinkedRole'], [role], {
    wildcardReason: 'Each instance has a role of its own, whose name Connect ends.',
    conditions: { StringEquals: { 'iam:AWSServiceName': 'connect.amazonaws.com' } },
  });
}
