import type { CloudContext, Need } from '../../core/service.ts';
import { idOf } from './connect-store.ts';

/** Members of requests that say what they are about. */
export interface ConnectInput {
  readonly InstanceId?: string;
  readonly TargetArn?: string;
  readonly ContactFlowId?: string;
  readonly ContactId?: string;
  readonly InitialContactId?: string;
  readonly PhoneNumberId?: string;
  readonly QueueId?: string;
  readonly HoursOfOperationId?: string;
  readonly FunctionArn?: string;
  readonly SourcePhoneNumberArn?: string;
  readonly Tags?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly resourceArn?: string;
}

type Kind =
  | 'all'
  | 'instance'
  | 'flow'
  | 'any-flow'
  | 'contact'
  | 'number'
  | 'any-number'
  | 'queue'
  | 'any-queue'
  | 'hours'
  | 'tagged';

/** Which resources each operation's permission is for (Service Authorization Reference, Amazon Connect). */
const RESOURCES: Readonly<Record<string, readonly Kind[]>> = {
  CreateInstance: ['all'],
  ListInstances: ['all'],
  CreateContactFlow: ['any-flow'],
  ListContactFlows: ['any-flow'],
  DescribeContactFlow: ['flow'],
  UpdateContactFlowContent: ['flow'],
  UpdateContactFlowMetadata: ['flow'],
  UpdateContactFlowName: ['flow'],
  DeleteContactFlow: ['flow'],
  SearchAvailablePhoneNumbers: ['any-number'],
  ListPhoneNumbersV2: ['any-number'],
  ClaimPhoneNumber: ['instance', 'any-number'],
  ImportPhoneNumber: ['instance', 'any-number'],
  DescribePhoneNumber: ['number'],
  UpdatePhoneNumber: ['instance', 'number'],
  ReleasePhoneNumber: ['number'],
  AssociatePhoneNumberContactFlow: ['flow', 'number'],
  DisassociatePhoneNumberContactFlow: ['number'],
  CreateQueue: ['any-queue', 'hours'],
  ListQueues: ['any-queue'],
  DescribeQueue: ['queue'],
  DeleteQueue: ['queue'],
  DescribeHoursOfOperation: ['hours'],
  UpdateHoursOfOperation: ['hours'],
  DeleteHoursOfOperation: ['hours'],
  StartChatContact: ['flow'],
  StartOutboundVoiceContact: ['contact'],
  DescribeContact: ['contact'],
  StopContact: ['contact'],
  GetContactAttributes: ['contact'],
  UpdateContactAttributes: ['contact'],
  StartContactStreaming: ['contact'],
  StopContactStreaming: ['contact'],
  CreateParticipant: ['contact'],
  TagResource: ['tagged'],
  UntagResource: ['tagged'],
  ListTagsForResource: ['tagged'],
};

/** What Connect does in the caller's name besides (the same reference, "Dependent actions"). */
const DEPENDENT: Readonly<Record<string, readonly string[]>> = {
  CreateInstance: [
    'ds:AuthorizeApplication',
    'ds:CheckAlias',
    'ds:CreateAlias',
    'ds:CreateIdentityPoolDirectory',
    'ds:DescribeDirectories',
  ],
  DescribeInstance: ['ds:DescribeDirectories'],
  ListInstances: ['ds:DescribeDirectories'],
  DeleteInstance: ['ds:DeleteDirectory', 'ds:DescribeDirectories', 'ds:UnauthorizeApplication'],
};

/** Permissions of one request. `instanceOf` tells which instance a number belongs to, for `connect:InstanceId`. */
export function needsOf(
  { region, accountId }: Pick<CloudContext, 'region' | 'accountId'>,
  tagsOf: (arn: string) => Readonly<Record<string, string>>,
  operation: string,
  input: ConnectInput,
): readonly Need[] {
  const arn = (path: string) => `arn:aws:connect:${region}:${accountId}:${path}`;
  const instanceId = idOf(input.InstanceId ?? input.TargetArn);
  const below = (path: string, id?: string) =>
    arn(`instance/${instanceId}/${path}/${id === undefined ? '*' : idOf(id)}`);
  const resources: Readonly<Record<Kind, () => string>> = {
    all: () => '*',
    instance: () => arn(`instance/${instanceId}`),
    flow: () => below('contact-flow', input.ContactFlowId),
    'any-flow': () => below('contact-flow'),
    contact: () => below('contact', input.ContactId ?? input.InitialContactId),
    number: () => arn(`phone-number/${idOf(input.PhoneNumberId)}`),
    'any-number': () => arn('phone-number/*'),
    queue: () => below('queue', input.QueueId),
    'any-queue': () => below('queue'),
    hours: () => below('operating-hours', input.HoursOfOperationId),
    tagged: () => input.resourceArn ?? '*',
  };
  const own = (RESOURCES[operation] ?? ['instance']).map((kind): Need => {
    const resource = resources[kind]();
    return { action: `connect:${operation}`, resource, context: conditions(input, instanceId, tagsOf(resource)) };
  });
  return [...own, ...dependentNeeds(operation, input, accountId)];
}

function conditions(input: ConnectInput, instanceId: string, held: Readonly<Record<string, string>>) {
  const given = input.Tags ?? input.tags ?? {};
  return {
    ...(instanceId === '' ? {} : { 'connect:InstanceId': instanceId }),
    ...Object.fromEntries(Object.entries(given).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
    ...Object.fromEntries(Object.entries(held).map(([key, value]) => [`aws:ResourceTag/${key}`, value])),
    ...(Object.keys(given).length === 0 ? {} : { 'aws:TagKeys': Object.keys(given) }),
  };
}

function dependentNeeds(operation: string, input: ConnectInput, accountId: string): readonly Need[] {
  const { FunctionArn = '*', SourcePhoneNumberArn = '' } = input;
  const context = { 'lambda:Principal': 'connect.amazonaws.com' };
  const special: Readonly<Record<string, readonly Need[]>> = {
    CreateInstance: [
      {
        action: 'iam:CreateServiceLinkedRole',
        resource: `arn:aws:iam::${accountId}:role/aws-service-role/connect.amazonaws.com/AWSServiceRoleForAmazonConnect`,
        context: { 'iam:AWSServiceName': 'connect.amazonaws.com' },
      },
    ],
    AssociateLambdaFunction: [{ action: 'lambda:AddPermission', resource: FunctionArn, context }],
    DisassociateLambdaFunction: [{ action: 'lambda:RemovePermission', resource: FunctionArn, context }],
    ImportPhoneNumber: SourcePhoneNumberArn.includes(':sms-voice:')
      ? [{ action: 'sms-voice:DescribePhoneNumbers', resource: SourcePhoneNumberArn }]
      : [],
  };
  const directory = (DEPENDENT[operation] ?? []).map((action): Need => ({ action, resource: '*' }));
  return [...directory, ...(special[operation] ?? [])];
}
