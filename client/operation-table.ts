// Written by scripts/build-client.ts from shared/http/operations.ts: do not edit.

/** What a request of an operation is made of. */
export interface OperationLine {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its prefix; names to be filled in are in braces. */
  readonly path: string;
  /** Whether it takes an `Idempotency-Key`. */
  readonly keyed?: true;
  /** Whether anybody may call it, without a token. */
  readonly open?: true;
}

/** Every operation by its id. */
export const OPERATION_TABLE: Readonly<Record<string, OperationLine>> = {
  createAgent: { method: 'POST', path: '/api/v1/agents', keyed: true },
  listAgents: { method: 'GET', path: '/api/v1/agents' },
  getAgent: { method: 'GET', path: '/api/v1/agents/{agentId}' },
  listAgentVersions: { method: 'GET', path: '/api/v1/agents/{agentId}/versions' },
  getAgentVersion: { method: 'GET', path: '/api/v1/agents/{agentId}/versions/{version}' },
  updateAgent: { method: 'PATCH', path: '/api/v1/agents/{agentId}', keyed: true },
  replaceAgent: { method: 'PUT', path: '/api/v1/agents/{agentId}', keyed: true },
  deleteAgent: { method: 'DELETE', path: '/api/v1/agents/{agentId}' },
  retryAgent: { method: 'POST', path: '/api/v1/agents/{agentId}/retry' },
  startAgent: { method: 'POST', path: '/api/v1/agents/{agentId}/start' },
  stopAgent: { method: 'POST', path: '/api/v1/agents/{agentId}/stop' },
  pauseAgent: { method: 'POST', path: '/api/v1/agents/{agentId}/pause' },
  resumeAgent: { method: 'POST', path: '/api/v1/agents/{agentId}/resume' },
  provisionAgent: { method: 'POST', path: '/api/v1/agents/provision', keyed: true },
  getProvisioning: { method: 'GET', path: '/api/v1/provisionings/{provisioningId}' },
  sendMessage: { method: 'POST', path: '/api/v1/agents/{agentId}/messages' },
  listCustomers: { method: 'GET', path: '/api/v1/agents/{agentId}/customers' },
  getCustomer: { method: 'GET', path: '/api/v1/customers/{customerId}' },
  updateCustomer: { method: 'PATCH', path: '/api/v1/customers/{customerId}' },
  linkIdentity: { method: 'POST', path: '/api/v1/customers/{customerId}/identities' },
  eraseCustomer: { method: 'DELETE', path: '/api/v1/customers/{customerId}' },
  listKnowledgeBases: { method: 'GET', path: '/api/v1/knowledge-bases' },
  getKnowledgeBase: { method: 'GET', path: '/api/v1/knowledge-bases/{knowledgeBaseId}' },
  queryKnowledgeBase: { method: 'POST', path: '/api/v1/knowledge-bases/{knowledgeBaseId}/query' },
  createApiKey: { method: 'POST', path: '/api/v1/agents/{agentId}/api-keys' },
  listApiKeys: { method: 'GET', path: '/api/v1/agents/{agentId}/api-keys' },
  deleteApiKey: { method: 'DELETE', path: '/api/v1/agents/{agentId}/api-keys/{keyId}' },
  createVoiceTicket: { method: 'POST', path: '/api/v1/voice-tickets' },
  getVoiceSettings: { method: 'GET', path: '/api/v1/agents/{agentId}/voice' },
  putVoiceSettings: { method: 'PUT', path: '/api/v1/agents/{agentId}/voice' },
  getProviders: { method: 'GET', path: '/api/v1/agents/{agentId}/providers' },
  putProviders: { method: 'PUT', path: '/api/v1/agents/{agentId}/providers' },
  testProvider: { method: 'POST', path: '/api/v1/providers/test' },
  setDefaultAgent: { method: 'POST', path: '/api/v1/agents/{agentId}/set-default' },
  getCurrentAgent: { method: 'GET', path: '/api/v1/agents/current' },
  listCalls: { method: 'GET', path: '/api/v1/calls' },
  getCall: { method: 'GET', path: '/api/v1/calls/{callId}' },
  placeCall: { method: 'POST', path: '/api/v1/calls', keyed: true },
  listPhoneNumbers: { method: 'GET', path: '/api/v1/phone-numbers' },
  assignPhoneNumber: { method: 'PUT', path: '/api/v1/phone-numbers/{phoneNumber}/assignment' },
  freePhoneNumber: { method: 'DELETE', path: '/api/v1/phone-numbers/{phoneNumber}/assignment' },
  listPhoneNumberOffers: { method: 'GET', path: '/api/v1/phone-numbers/offers' },
  claimPhoneNumber: { method: 'POST', path: '/api/v1/phone-numbers', keyed: true },
  syncPhoneNumbers: { method: 'POST', path: '/api/v1/phone-numbers/sync' },
  releasePhoneNumber: { method: 'DELETE', path: '/api/v1/phone-numbers/{phoneNumber}' },
  getStatistics: { method: 'GET', path: '/api/v1/statistics' },
  listAgentStatistics: { method: 'GET', path: '/api/v1/statistics/agents' },
  getAgentStatistics: { method: 'GET', path: '/api/v1/agents/{agentId}/statistics' },
  answerConnectWebhook: { method: 'POST', path: '/api/v1/webhooks/connect' },
  listChannels: { method: 'GET', path: '/api/v1/agents/{agentId}/channels' },
  putChannels: { method: 'PUT', path: '/api/v1/agents/{agentId}/channels' },
  retryChannel: { method: 'POST', path: '/api/v1/agents/{agentId}/channels/{channelType}/retry' },
  putChannelCredentials: { method: 'PUT', path: '/api/v1/channel-credentials/{platform}' },
  getChannelCredentials: { method: 'GET', path: '/api/v1/channel-credentials/{platform}' },
  deleteChannelCredentials: { method: 'DELETE', path: '/api/v1/channel-credentials/{platform}' },
  answerElizaWebhook: { method: 'POST', path: '/api/v1/webhooks/elizaos' },
  getHealth: { method: 'GET', path: '/health', open: true },
  getVersion: { method: 'GET', path: '/version', open: true },
  getOpenApi: { method: 'GET', path: '/openapi.json', open: true },
  getAsyncApi: { method: 'GET', path: '/asyncapi.json', open: true },
  getDocs: { method: 'GET', path: '/docs', open: true },
  getDocsAsset: { method: 'GET', path: '/docs/{asset}', open: true },
  getTalk: { method: 'GET', path: '/talk', open: true },
  getTalkAsset: { method: 'GET', path: '/talk/{asset}', open: true },
};
