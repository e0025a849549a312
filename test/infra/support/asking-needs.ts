/** What whoever puts questions to agents needs: to read their owner's key to a language model, and to seal it for its way. */
export const ASKING = [
  'bedrock-agentcore:InvokeAgentRuntime',
  'kms:Decrypt',
  'kms:Encrypt',
  'secretsmanager:GetSecretValue',
] as const;
