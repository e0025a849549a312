import { EngineError, type EngineErrorKind } from '../speech-engine.ts';

/** Where an OpenAI-compatible service is and how we name ourselves to it. */
export interface OpenAiService {
  /** Base URL, `https://api.openai.com/v1`. */
  readonly apiUrl: string;
  readonly model: string;
  /** Fetched for each request; absent: the service wants no key. */
  readonly apiKey?: () => Promise<string>;
}

/** How long the service may take to begin its answer. */
const ANSWER_TIMEOUT_MS = 20_000;
/** Of an error's body: enough for its code. */
const MAX_ERROR_CHARACTERS = 4096;

const kindOfStatus = (status: number, body: string): EngineErrorKind => {
  if (/content_filter|content_policy/.test(body)) return 'filtered';
  if (/insufficient_quota|billing/.test(body)) return 'quota';
  if (status === 401 || status === 403) return 'denied';
  if (status === 429) return 'throttled';
  if (status === 408 || status === 504) return 'timed-out';
  return status >= 500 ? 'unavailable' : 'invalid';
};

const networkError = (error: unknown): EngineError => {
  const name = error instanceof Error ? error.name : '';
  const isLate = name === 'TimeoutError';
  return new EngineError(
    isLate ? 'timed-out' : 'unavailable',
    isLate ? 'The service did not answer in time.' : 'The service cannot be reached.',
    { cause: error },
  );
};

/**
 * One POST. Throws `EngineError`, by status or by what the network did. The answer's body is the caller's to read; only
 * its beginning is timed here.
 */
export const openAiPost = async (
  service: OpenAiService,
  path: string,
  body: string | FormData,
  signal: AbortSignal,
): Promise<Response> => {
  const headers = new Headers(typeof body === 'string' ? { 'content-type': 'application/json' } : {});
  if (service.apiKey) headers.set('authorization', `Bearer ${await service.apiKey()}`);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new DOMException('No answer in time.', 'TimeoutError')), ANSWER_TIMEOUT_MS);
  try {
    const response = await fetch(`${service.apiUrl.replace(/\/+$/, '')}/${path}`, {
      method: 'POST',
      headers,
      body,
      redirect: 'error',
      signal: AbortSignal.any([signal, late.signal]),
    });
    if (response.ok) return response;
    const text = (await response.text()).slice(0, MAX_ERROR_CHARACTERS);
    throw new EngineError(kindOfStatus(response.status, text), `The service answered ${response.status}.`);
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw networkError(error);
  } finally {
    clearTimeout(timer);
  }
};

/** Bytes of an answer's body; a connection that breaks is `unavailable`. */
export async function* bodyBytes(response: Response): AsyncGenerator<Uint8Array, void> {
  if (!response.body) return;
  try {
    for await (const bytes of response.body) yield bytes;
  } catch (error) {
    throw networkError(error);
  }
}
