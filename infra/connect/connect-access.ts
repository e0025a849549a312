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

const INSTANCE_ACTIONS = [
  'AssociateBot',
  'AssociateLambdaFunction',
  'CreateContactFlow',
  'ListContactFlows',
  'ListHoursOfOperations',
  'ListQueues',
  'DescribeInstance',
  'DeleteInstance',
];
const FLOW_ACTIONS = ['UpdateContactFlowContent', 'DeleteContactFlow', 'AssociatePhoneNumberContactFlow'];
const NUMBER_ACTIONS = [
  'SearchAvailablePhoneNumbers',
  'ListPhoneNumbersV2',
  'ClaimPhoneNumber',
  'ImportPhoneNumber',
  'DescribePhoneNumber',
  'DisassociatePhoneNumberContactFlow',
  'AssociatePhoneNumberContactFlow',
  'ReleasePhoneNumber',
  'TagResource',
];

/** What `CreateInstance` and `DeleteInstance` need besides (Service Authorization Reference, Amazon Connect, dependent actions). */
const DIRECTORY_ACTIONS = [
  'ds:AuthorizeApplication',
  'ds:CheckAlias',
  'ds:CreateAlias',
  'ds:CreateIdentityPoolDirectory',
  'ds:DeleteDirectory',
  'ds:DescribeDirectories',
  'ds:UnauthorizeApplication',
  'iam:CreateServiceLinkedRole',
];

/** Lets functions make and take away telephone numbers, SMS and chats, in the shared instance or in one of an agent's own. */
export function grantConnectChannels(
  functions: readonly OratioFunction[],
  {
    instance,
    answerContact,
    lexBotAliasArn,
  }: Pick<ConnectFunctions, 'instance' | 'answerContact'> & { readonly lexBotAliasArn: string },
): void {
  for (const fn of functions) {
    fn.provide('CONNECT_INSTANCE_ARN', instance.instanceArn);
    fn.provide('CONNECT_HOURS_ARN', instance.hoursOfOperationArn);
    fn.provide('CONNECT_QUEUE_ARN', instance.queueArn);
    fn.provide('ANSWER_CONTACT_ARN', answerContact.lambda.functionArn);
    fn.provide('LEX_BOT_ALIAS_ARN', lexBotAliasArn);
    const own = (resource: string) => Stack.of(fn).formatArn({ service: 'connect', resource, resourceName: '*' });
    const wildcardReason = 'An agent may have an instance of its own; flows and numbers have ids that Connect chooses.';
    const allow = (actions: readonly string[], resources: readonly string[]) =>
      fn.allow(
        actions.map((action) => `connect:${action}`),
        resources,
        { wildcardReason },
      );
    allow(INSTANCE_ACTIONS, [own('instance')]);
    allow(FLOW_ACTIONS, [own('instance')]);
    allow(NUMBER_ACTIONS, [own('instance'), own('phone-number')]);
    allow(['CreateInstance'], ['*']);
    fn.allow(DIRECTORY_ACTIONS, ['*'], {
      wildcardReason:
        'Connect keeps the users of an instance in a directory, which it makes and removes for its caller.',
    });
    fn.allow(['sms-voice:DescribePhoneNumbers'], ['*'], {
      wildcardReason: 'Connect looks at the number of AWS End User Messaging that it is to take over.',
    });
    // Connect does the first for its caller when a function is associated.
    fn.allow(['lambda:AddPermission'], [answerContact.lambda.functionArn], {
      conditions: { StringEquals: { 'lambda:Principal': 'connect.amazonaws.com' } },
    });
  }
}
