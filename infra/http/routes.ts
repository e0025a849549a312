export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As API Gateway writes it: `/api/v1/agents/{agentId}`. */
  readonly path: string;
  /** Folder of the function that answers: `create-agent`. */
  readonly functionName: string;
  /** Answered without a token. */
  readonly open: boolean;
}

const route = (method: Route['method'], path: string, functionName: string, open = false): Route => ({
  method,
  path,
  functionName,
  open,
});

const under = (base: string): Route[] => [
  route('POST', `${base}/agents`, 'create-agent'),
  route('GET', `${base}/agents`, 'list-agents'),
  route('GET', `${base}/agents/{agentId}`, 'get-agent'),
  route('PATCH', `${base}/agents/{agentId}`, 'update-agent'),
  route('PUT', `${base}/agents/{agentId}`, 'update-agent'),
  route('DELETE', `${base}/agents/{agentId}`, 'delete-agent'),
  route('POST', `${base}/agents/{agentId}/retry`, 'retry-agent'),
  route('POST', `${base}/agents/{agentId}/messages`, 'send-message'),
  route('GET', `${base}/knowledge-bases`, 'list-knowledge-bases'),
  route('GET', `${base}/knowledge-bases/{knowledgeBaseId}`, 'get-knowledge-base'),
];

/** Every route of the HTTP API. */
export const routes = (): readonly Route[] => [
  ...under('/api/v1'),
  ...under('/api'),
  ...['/health', '/version', '/openapi.json', '/docs', '/docs/{asset+}'].map((path) =>
    route('GET', path, 'describe-service', true),
  ),
];
