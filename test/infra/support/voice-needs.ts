import { ASKING } from './asking-needs.ts';

/** What an owner of a call stores, by itself or through keep-call. */
const KEEP_CALL = [
  'dynamodb:BatchGetItem',
  'dynamodb:BatchWriteItem',
  'dynamodb:ConditionCheckItem',
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:UpdateItem',
  'lambda:InvokeFunction',
];

/** Actions each function of a call needs. */
export const VOICE_NEEDS: Readonly<Record<string, readonly string[]>> = {
  'voice-gateway': [
    'dynamodb:BatchWriteItem',
    'dynamodb:DeleteItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
    'execute-api:ManageConnections',
    'lambda:InvokeFunction',
    'secretsmanager:GetSecretValue',
  ],
  'voice-session': [
    ...KEEP_CALL,
    ...ASKING,
    'bedrock:InvokeModel',
    'bedrock:InvokeModelWithBidirectionalStream',
    'bedrock:InvokeModelWithResponseStream',
    'execute-api:ManageConnections',
    'polly:SynthesizeSpeech',
    's3:PutObject',
    's3:PutObjectTagging',
    'transcribe:StartStreamTranscription',
  ],
  'speak-to-provider': [
    'bedrock:InvokeModel',
    'bedrock:InvokeModelWithBidirectionalStream',
    'bedrock:InvokeModelWithResponseStream',
    'kms:Decrypt',
    'polly:SynthesizeSpeech',
    'transcribe:StartStreamTranscription',
  ],
  'keep-call': [...KEEP_CALL, 'execute-api:ManageConnections', 's3:PutObject', 's3:PutObjectTagging'],
};
