/** Actions each function of the API needs, read off its use case; reviewed by hand, so that a new one is a decision. */
export const API_NEEDS: Readonly<Record<string, readonly string[]>> = {
  'create-agent': [
    'dynamodb:DeleteItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    's3:DeleteObject',
    's3:PutObject',
    's3:PutObjectTagging',
    'states:StartExecution',
  ],
  'list-agents': ['dynamodb:Query', 'secretsmanager:GetSecretValue'],
  'get-agent': ['dynamodb:GetItem'],
  'update-agent': [
    'dynamodb:DeleteItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    's3:DeleteObject',
    's3:PutObject',
    's3:PutObjectTagging',
    'states:StartExecution',
  ],
  'delete-agent': ['dynamodb:GetItem', 'dynamodb:UpdateItem', 'states:StartExecution'],
  'retry-agent': [
    'dynamodb:GetItem',
    'dynamodb:UpdateItem',
    's3:PutObject',
    's3:PutObjectTagging',
    'states:StartExecution',
  ],
  'accept-upload': [
    'dynamodb:GetItem',
    'dynamodb:UpdateItem',
    's3:DeleteObject',
    's3:GetObject',
    's3:ListBucket',
    'sqs:SendMessage',
    'states:StartExecution',
  ],
  'send-message': [
    'bedrock-agentcore:InvokeAgentRuntime',
    'dynamodb:DeleteItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
  ],
  'list-knowledge-bases': ['dynamodb:Query', 'secretsmanager:GetSecretValue'],
  'get-knowledge-base': ['dynamodb:GetItem'],
  'describe-service': [],
};

/** The wrapper of every step reads the agent's row and writes its progress there. */
const STEP = ['dynamodb:GetItem', 'dynamodb:UpdateItem'];

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
  'bedrock-agentcore:GetAgentRuntime',
  'bedrock-agentcore:GetAgentRuntimeEndpoint',
  'bedrock-agentcore:ListAgentRuntimes',
  'iam:DeleteRole',
  'iam:DeleteRolePolicy',
  'iam:GetRole',
];

/** Removes objects in every version they ever had. */
const ERASE = ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:ListBucketVersions'];

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
  'activate-agent': [
    ...STEP,
    'bedrock-agentcore:GetAgentRuntimeEndpoint',
    'bedrock-agentcore:UpdateAgentRuntimeEndpoint',
  ],
  'record-progress': [...STEP, 'sqs:SendMessage'],
  compensate: [
    ...STEP,
    ...REMOVE_KNOWLEDGE,
    ...REMOVE_RUNTIME,
    ...ERASE,
    'bedrock-agentcore:StopRuntimeSession',
    's3:ListBucket',
  ],
  'stop-provisioning': [...STEP, 'bedrock-agentcore:StopRuntimeSession', 'states:StopExecution'],
  'retire-runtime': [...STEP, ...REMOVE_RUNTIME],
  'retire-knowledge': [
    ...STEP,
    ...REMOVE_KNOWLEDGE,
    ...ERASE,
    'bedrock:DeleteKnowledgeBaseDocuments',
    'bedrock:GetIngestionJob',
    'bedrock:GetKnowledgeBaseDocuments',
    's3:ListBucket',
  ],
  'erase-agent': [...STEP, ...ERASE, 'dynamodb:DeleteItem', 'dynamodb:Query', 'dynamodb:BatchWriteItem'],
};
