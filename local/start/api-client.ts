/** What the demonstration reads of the public API's answers; the full contract is at `/docs`. */
export interface AgentView {
  readonly agentId: string;
  readonly agentName: string;
  readonly status: string;
  readonly statusReason?: { readonly code: string; readonly message: string } | null;
  readonly provisioning: { readonly status: string; readonly steps: readonly StepView[] };
}

export interface StepView {
  readonly step: string;
  readonly status: 'running' | 'succeeded' | 'failed';
  readonly attempt: number;
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  readonly detail?: string;
}

export interface AnswerView {
  readonly sessionId: string;
  readonly answer: string;
  readonly citations: readonly { readonly marker: number; readonly path: string; readonly excerpt: string }[];
  readonly toolCalls: readonly { readonly name: string; readonly status: string; readonly durationMs: number }[];
  readonly handoff: { readonly reason: string } | null;
}

export class ApiClient {
  readonly #baseUrl: string;
  readonly #token: string;

  constructor(baseUrl: string, token: string) {
    this.#baseUrl = baseUrl;
    this.#token = token;
  }

  createAgent(form: FormData, idempotencyKey: string): Promise<{ agentId: string }> {
    return this.#request('POST', '/agents', form, { 'idempotency-key': idempotencyKey });
  }

  /** Undefined when there is no such agent any more. */
  async findAgent(agentId: string): Promise<AgentView | undefined> {
    const { agents } = await this.#request<{ agents: readonly AgentView[] }>('GET', '/agents?limit=100');
    return agents.some((agent) => agent.agentId === agentId) ? this.getAgent(agentId) : undefined;
  }

  retryAgent(agentId: string): Promise<unknown> {
    return this.#request('POST', `/agents/${agentId}/retry`);
  }

  getAgent(agentId: string): Promise<AgentView> {
    return this.#request('GET', `/agents/${agentId}`);
  }

  sendMessage(agentId: string, text: string, sessionId?: string): Promise<AnswerView> {
    return this.#request('POST', `/agents/${agentId}/messages`, JSON.stringify({ text, sessionId }), {
      'content-type': 'application/json',
    });
  }

  /** Has the agent answer a number of the stage's telephone account. */
  assignNumber(agentId: string, phoneNumber: string): Promise<unknown> {
    const path = `/phone-numbers/${encodeURIComponent(phoneNumber)}/assignment`;
    return this.#request('PUT', path, JSON.stringify({ agentId }), { 'content-type': 'application/json' });
  }

  /** The key is shown this once. */
  createApiKey(agentId: string, name: string): Promise<{ key: string }> {
    const wanted = { name, scopes: ['agents:talk', 'agents:ask'] };
    return this.#request('POST', `/agents/${agentId}/api-keys`, JSON.stringify(wanted), {
      'content-type': 'application/json',
    });
  }

  /** Throws an `Error` that carries the problem document's title, detail and code. */
  async #request<T>(
    method: string,
    path: string,
    body?: NonNullable<RequestInit['body']>,
    headers: Record<string, string> = {},
  ): Promise<T> {
    const response = await fetch(`${this.#baseUrl}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const answer = (await response.json()) as T & { title?: string; detail?: string; code?: string };
    if (!response.ok) {
      throw new Error(
        `${method} ${path}: ${response.status} ${answer.code ?? ''} ${answer.detail ?? answer.title ?? ''}`,
      );
    }
    return answer;
  }
}
