import { createOratioClient, type OratioClient, type OratioClientOptions } from '../../client/index.ts';

/** A request as the scripted API saw it. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** One answer after another; a network failure where there is none. */
export type Scripted =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> }
  | 'no network';

export interface ScriptedApi {
  readonly client: OratioClient;
  readonly seen: Seen[];
  /** Milliseconds that were waited between attempts. */
  readonly waits: number[];
}

/** A client of an API that answers what the script says. Chance is always in the middle. */
export function scriptedApi(script: readonly Scripted[], options: Partial<OratioClientOptions> = {}): ScriptedApi {
  const answers = [...script];
  const seen: Seen[] = [];
  const waits: number[] = [];
  const client = createOratioClient({
    baseUrl: 'https://api.example.com/',
    token: () => 'token-1',
    fetch: (input, init = {}) => {
      const headers = init.headers as Record<string, string>;
      const body = typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : init.body;
      seen.push({ method: init.method ?? '', url: input as string, headers, body });
      const answer = answers.shift();
      if (init.signal?.aborted) return Promise.reject(init.signal.reason as Error);
      if (answer === undefined || answer === 'no network') return Promise.reject(new TypeError('fetch failed'));
      return Promise.resolve(responseOf(answer));
    },
    chance: () => 0.5,
    wait: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    newIdempotencyKey: () => 'made-up-key',
    ...options,
  });
  return { client, seen, waits };
}

const responseOf = ({ status, body, headers }: Exclude<Scripted, string>): Response =>
  new Response(body === undefined ? null : JSON.stringify(body), {
    status,
    headers: { 'content-type': status < 400 ? 'application/json' : 'application/problem+json', ...headers },
  });

/** As our API refuses. */
export const refusal = (status: number, code: string, more: object = {}): Exclude<Scripted, string> => ({
  status,
  body: {
    type: `urn:oratio:problem:${code}`,
    title: 'No',
    status,
    detail: 'Because.',
    code,
    requestId: 'r-1',
    retryable: false,
    errors: [],
    ...more,
  },
});
