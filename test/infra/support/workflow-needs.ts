import { DEPLOY_CONNECT, RETIRE_CONNECT } from './connect-needs.ts';

/** The wrapper of every step reads the agent's row, writes its progress there and tells whoever watches. */
const STEP = ['dynamodb:GetItem', 'dynamodb:UpdateItem', 'execute-api:ManageConnections'];

/** The same of a channel: what it does stands on the channel's row. */
const CHANNEL_STEP = ['dynamodb:GetItem', 'dynamodb:UpdateItem'];

/** Takes down what lies in Bedrock and S3 Vectors. */
const REMOVE_KNOWLEDGE = [
  'bedrock:DeleteDataSource',
  'bedrock:DeleteKnowledgeBase',
  'bedrock:GetKnowledgeBase',
  'bedrock:ListDataSources',
  'bedrock:ListKnowledgeBases',
  's3vectors:DeleteIndex',
];

const REMOVE_RUNTIME = [
  'bedrock-agentcore:DeleteAgentRuntime',
  'bedrock-agentcore:DeleteAgentRuntimeEndpoint',
  'bedrock-agentcore:DeleteWorkloadIdentity',
  'bedrock-agentcore:GetAgentRuntime',
  'bedrock-agentcore:GetAgentRuntimeEndpoint',
  'bedrock-agentcore:ListAgentRuntimes',
  'iam:DeleteRole',
  'iam:DeleteRolePolicy',
  'iam:GetRole',
];

/** Removes objects in every version they ever had. */
const ERASE = ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:ListBucketVersions'];

/** Ties channels to social platforms, and unties them. */
const SOCIAL_CHANNELS = [
  'secretsmanager:GetSecretValue',
  'social-messaging:GetLinkedWhatsAppBusinessAccount',
  'social-messaging:ListLinkedWhatsAppBusinessAccounts',
  'social-messaging:ListTagsForResource',
  'social-messaging:PutWhatsAppBusinessAccountEventDestinations',
];

/** Actions each function of the workflows needs. */
export const WORKFLOW_NEEDS: Readonly<Record<string, readonly string[]>> = {
  'provision-knowledge-base': [
    ...STEP,
    'bedrock:CreateDataSource',
    'bedrock:CreateKnowledgeBase',
    'bedrock:GetKnowledgeBase',
    'bedrock:ListDataSources',
    'bedrock:ListIngestionJobs',
    'bedrock:ListKnowledgeBases',
    'bedrock:StartIngestionJob',
    'bedrock:TagResource',
    'iam:PassRole',
    's3:DeleteObject',
    's3:ListBucket',
    's3:PutObject',
    's3:PutObjectTagging',
    's3vectors:CreateIndex',
    's3vectors:GetIndex',
    's3vectors:TagResource',
  ],
  'check-ingestion': [...STEP, 'bedrock:GetIngestionJob', 'bedrock:GetKnowledgeBaseDocuments'],
  'invoke-agent-creator': [...STEP, 'bedrock-agentcore:InvokeAgentRuntime', 's3:GetObject', 's3:ListBucket'],
  'check-code': [
    ...STEP,
    'bedrock-agentcore:StopRuntimeSession',
    's3:GetObject',
    's3:ListBucket',
    's3:PutObject',
    's3:PutObjectTagging',
  ],
  'deploy-agent-core': [
    ...STEP,
    'bedrock-agentcore:CreateAgentRuntime',
    'bedrock-agentcore:CreateAgentRuntimeEndpoint',
    'bedrock-agentcore:CreateWorkloadIdentity',
    'bedrock-agentcore:GetAgentRuntime',
    'bedrock-agentcore:ListAgentRuntimes',
    'bedrock-agentcore:TagResource',
    'bedrock-agentcore:UpdateAgentRuntime',
    'iam:CreateRole',
    'iam:GetRole',
    'iam:PassRole',
    'iam:PutRolePolicy',
    'iam:TagRole',
    's3:GetObject',
    's3:ListBucket',
    's3:PutObject',
    's3:PutObjectTagging',
  ],
  'check-runtime': [
    ...STEP,
    'bedrock-agentcore:CreateAgentRuntimeEndpoint',
    'bedrock-agentcore:GetAgentRuntime',
    'bedrock-agentcore:GetAgentRuntimeEndpoint',
    'bedrock-agentcore:TagResource',
  ],
  'plan-channels': [...STEP, 'dynamodb:Query'],
  'deploy-connect-channel': [...CHANNEL_STEP, ...DEPLOY_CONNECT, 'dynamodb:DeleteItem', 'dynamodb:PutItem'],
  'deploy-social-channel': [...CHANNEL_STEP, ...SOCIAL_CHANNELS, 'dynamodb:DeleteItem', 'dynamodb:PutItem'],
  'record-channel': CHANNEL_STEP,
  'retire-channels': [...CHANNEL_STEP, ...SOCIAL_CHANNELS, ...RETIRE_CONNECT, 'dynamodb:DeleteItem', 'dynamodb:Query'],
  'activate-agent': [
    ...STEP,
    'bedrock-agentcore:GetAgentRuntimeEndpoint',
    'bedrock-agentcore:UpdateAgentRuntimeEndpoint',
  ],
  'record-progress': [...STEP, 'bedrock-agentcore:StopRuntimeSession', 'sqs:SendMessage'],
  compensate: [
    ...STEP,
    ...REMOVE_KNOWLEDGE,
    ...REMOVE_RUNTIME,
    ...ERASE,
    'bedrock-agentcore:StopRuntimeSession',
    's3:ListBucket',
  ],
  'stop-provisioning': [...STEP, 'dynamodb:Query', 'bedrock-agentcore:StopRuntimeSession', 'states:StopExecution'],
  'retire-runtime': [...STEP, ...REMOVE_RUNTIME],
  'retire-knowledge': [
    ...STEP,
    ...REMOVE_KNOWLEDGE,
    ...ERASE,
    'bedrock:DeleteKnowledgeBaseDocuments',
    'bedrock:GetIngestionJob',
    'bedrock:GetKnowledgeBaseDocuments',
    'bedrock:StartIngestionJob',
    's3:ListBucket',
  ],
  'erase-agent': [
    ...STEP,
    ...ERASE,
    'dynamodb:DeleteItem',
    'dynamodb:Query',
    'dynamodb:BatchWriteItem',
    'secretsmanager:DeleteSecret',
  ],
};
