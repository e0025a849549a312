import { API_NEEDS, WORKFLOW_NEEDS } from './needs.ts';

/** Answering customers from their agent and their memory. */
const ANSWER = [
  'bedrock-agentcore:InvokeAgentRuntime',
  'dynamodb:BatchGetItem',
  'dynamodb:ConditionCheckItem',
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:UpdateItem',
];

/** Making and taking away numbers, flows and instances. */
const DEPLOY = [
  'connect:AssociateBot',
  'connect:AssociateLambdaFunction',
  'connect:AssociatePhoneNumberContactFlow',
  'connect:ClaimPhoneNumber',
  'connect:CreateContactFlow',
  'connect:CreateInstance',
  'connect:DeleteContactFlow',
  'connect:DeleteInstance',
  'connect:DescribeInstance',
  'connect:DescribePhoneNumber',
  'connect:DisassociatePhoneNumberContactFlow',
  'connect:ImportPhoneNumber',
  'connect:ListContactFlows',
  'connect:ListHoursOfOperations',
  'connect:ListPhoneNumbersV2',
  'connect:ListQueues',
  'connect:ReleasePhoneNumber',
  'connect:SearchAvailablePhoneNumbers',
  'connect:TagResource',
  'connect:UpdateContactFlowContent',
  'ds:AuthorizeApplication',
  'ds:CheckAlias',
  'ds:CreateAlias',
  'ds:CreateIdentityPoolDirectory',
  'ds:DeleteDirectory',
  'ds:DescribeDirectories',
  'ds:UnauthorizeApplication',
  'iam:CreateServiceLinkedRole',
  'lambda:AddPermission',
  'sms-voice:DescribePhoneNumbers',
];

/** Functions of a stage with Amazon Connect: those it adds, and what others may do besides. */
export const CONNECT_NEEDS: Readonly<Record<string, readonly string[]>> = {
  'answer-connect-webhook': API_NEEDS['answer-connect-webhook'] ?? [],
  'answer-contact': [
    'connect:CreateParticipant',
    'connect:StartContactStreaming',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'lambda:InvokeFunction',
  ],
  'answer-contact-turn': ANSWER,
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
  'deploy-connect-channel': [...(WORKFLOW_NEEDS['deploy-connect-channel'] ?? []), ...DEPLOY],
};
