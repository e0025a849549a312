import { setTimeout as sleep } from 'node:timers/promises';
import { breachOfContract, operationAt } from './contract.ts';

/** Whatever `fetch` takes as a body. */
export type RequestBody = NonNullable<RequestInit['body']>;

export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** A client of the public API as any program would be: fetch, a base URL, a token. Every answer must be one that is documented. */
export class Api {
  readonly baseUrl: string;
  readonly token: string | undefined;

  constructor(baseUrl: string, token?: string) {
    this.baseUrl = baseUrl;
    this.token = token;
  }

  async request<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: RequestBody | object,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const raw = body === undefined || isRequestBody(body) ? body : JSON.stringify(body);
    const type = raw !== undefined && !isRequestBody(body) ? { 'content-type': 'application/json' } : {};
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: { ...(this.token ? { authorization: `Bearer ${this.token}` } : {}), ...type, ...headers },
      ...(raw === undefined ? {} : { body: raw as RequestBody }),
    });
    const text = await response.text();
    const answer = { status: response.status, headers: response.headers, body: parse(text) as T };
    const id = operationAt(method, path);
    const breach = id && breachOfContract(id, answer);
    if (breach) throw new Error(breach);
    return answer;
  }

  /** Reads the agent until `done` holds; the test's own time limit ends a run that never does. */
  async agentWhen(agentId: string, done: (agent: AgentBody) => boolean): Promise<AgentBody> {
    for (;;) {
      const { body, status } = await this.request<AgentBody>('GET', `/api/v1/agents/${agentId}`);
      if (status === 200 && done(body)) return body;
      await sleep(150);
    }
  }
}

export interface AgentBody {
  readonly agentId: string;
  readonly agentName: string;
  readonly status: string;
  readonly statusReason?: { code: string; message: string; step?: string } | null;
  readonly version: number;
  readonly activeVersion?: number;
  readonly knowledgeBase: { knowledgeBaseId: string; status: string; bedrockKnowledgeBaseId?: string };
  readonly provisioning: {
    status: string;
    run: number;
    version: number;
    steps: { step: string; status: string; attempt: number; detail?: string }[];
  };
  readonly [field: string]: unknown;
}

function isRequestBody(body: unknown): body is RequestBody {
  return (
    typeof body === 'string' ||
    body instanceof FormData ||
    body instanceof Uint8Array ||
    body instanceof Blob ||
    body instanceof URLSearchParams
  );
}

function parse(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    return { text };
  }
}
