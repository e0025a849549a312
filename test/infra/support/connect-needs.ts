import { ASKING } from './asking-needs.ts';

/** Taking away numbers, flows and instances. */
export const RETIRE_CONNECT = [
  'connect:DeleteContactFlow',
  'connect:DeleteInstance',
  'connect:DescribeInstance',
  'connect:DescribePhoneNumber',
  'connect:DisassociatePhoneNumberContactFlow',
  'connect:ListPhoneNumbersV2',
  'connect:ReleasePhoneNumber',
  'ds:DeleteDirectory',
  'ds:DescribeDirectories',
  'ds:UnauthorizeApplication',
];

/** Making them, and taking away what is wanted no more. */
export const DEPLOY_CONNECT = [
  ...RETIRE_CONNECT,
  'connect:AssociateBot',
  'connect:AssociateLambdaFunction',
  'connect:AssociatePhoneNumberContactFlow',
  'connect:ClaimPhoneNumber',
  'connect:CreateContactFlow',
  'connect:CreateInstance',
  'connect:ImportPhoneNumber',
  'connect:ListContactFlows',
  'connect:ListHoursOfOperations',
  'connect:ListQueues',
  'connect:SearchAvailablePhoneNumbers',
  'connect:TagResource',
  'connect:UpdateContactFlowContent',
  'ds:AuthorizeApplication',
  'ds:CheckAlias',
  'ds:CreateAlias',
  'ds:CreateIdentityPoolDirectory',
  'iam:CreateServiceLinkedRole',
  'lambda:AddPermission',
  'sms-voice:DescribePhoneNumbers',
];

/** Bringing customers who write elsewhere to people. */
export const HAND_OFF = [
  'connect:StartChatContact',
  'connect:StartContactStreaming',
  'connect:UpdateContactAttributes',
];

/** Actions of the functions that a stage has only with Amazon Connect. */
export const CONNECT_NEEDS: Readonly<Record<string, readonly string[]>> = {
  'answer-contact': [
    'connect:CreateParticipant',
    'connect:StartContactStreaming',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'lambda:InvokeFunction',
    'sqs:SendMessage',
  ],
  'answer-contact-turn': [
    ...ASKING,
    'dynamodb:BatchGetItem',
    'dynamodb:ConditionCheckItem',
    'dynamodb:DeleteItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
  ],
  'receive-connect-chat': [
    'dynamodb:ConditionCheckItem',
    'dynamodb:DeleteItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
    'secretsmanager:GetSecretValue',
    'social-messaging:SendWhatsAppMessage',
    'sqs:SendMessage',
  ],
};
