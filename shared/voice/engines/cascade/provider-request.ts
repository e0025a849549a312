import {
  faultOfNetwork,
  faultOfStatus,
  MAX_ERROR_CHARACTERS,
  ProviderError,
  retryAfterOf,
} from '../../../providers/provider-error.ts';
import { type ProviderNetwork, publicNetwork } from '../../../providers/provider-network.ts';

/** Where a service of a tenant's own is, and how we name ourselves to it. */
export interface ProviderService {
  /** Base address: `https://api.openai.com/v1`. */
  readonly apiUrl: string;
  /** Fetched for each request; absent: the service wants no key. */
  readonly apiKey?: () => Promise<string>;
  /** The way there; to the public internet only when absent. */
  readonly network?: ProviderNetwork;
}

export interface ProviderPost {
  /** Below the base address, with its query. */
  readonly path: string;
  readonly body: string | FormData;
  /** Header of the key, and what it holds. */
  readonly authorize: (key: string) => Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** How long the service may take to begin its answer. */
const ANSWER_TIMEOUT_MS = 20_000;

/** A path below a base address, whichever of them has the slash. */
export const addressBelow = (apiUrl: string, path: string): string =>
  `${apiUrl.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`;

/**
 * One POST. Throws `ProviderError`, by status or by what the network did. The answer's body is the caller's to read;
 * only its beginning is timed here.
 */
export const providerPost = async (service: ProviderService, post: ProviderPost): Promise<Response> => {
  const { path, body, authorize, signal } = post;
  // Before the clock runs, and apart: what keeps us from a key is no fault of the service.
  const authorization = service.apiKey === undefined ? {} : authorize(await service.apiKey());
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new DOMException('No answer in time.', 'TimeoutError')), ANSWER_TIMEOUT_MS);
  try {
    const headers = {
      ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}),
      ...post.headers,
      ...authorization,
    };
    const response = await (service.network ?? publicNetwork()).fetch(addressBelow(service.apiUrl, path), {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.any([signal, late.signal]),
    });
    if (!response.ok) throw faultOfStatus(response.status, await beginningOf(response), retryAfterOf(response.headers));
    demandPlain(response);
    return response;
  } catch (error) {
    throw late.signal.aborted
      ? new ProviderError('timeout', 'The service did not answer in time.')
      : faultOfNetwork(error);
  } finally {
    clearTimeout(timer);
  }
};

/** Nobody asked for a compressed answer: its bytes are noise to whoever reads them. */
const demandPlain = (response: Response): void => {
  const coding = response.headers.get('content-encoding') ?? 'identity';
  if (coding === 'identity' || coding === '') return;
  void response.body?.cancel().catch(() => undefined);
  throw new ProviderError('misbehaved', 'The answer came compressed, which nobody asked for.');
};

/** Enough of an error's body for its code; a body without end is let go. */
const beginningOf = async (response: Response): Promise<string> => {
  let text = '';
  const decoder = new TextDecoder();
  for await (const bytes of bodyBytes(response)) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length >= MAX_ERROR_CHARACTERS) break;
  }
  return text.slice(0, MAX_ERROR_CHARACTERS);
};

/** Bytes of an answer's body; a connection that breaks is `unreachable`. */
export async function* bodyBytes(response: Response): AsyncGenerator<Uint8Array, void> {
  if (!response.body) return;
  try {
    for await (const bytes of response.body) yield bytes;
  } catch (error) {
    throw faultOfNetwork(error);
  }
}

/** The bytes of a source up to a limit. Throws `ProviderError` `misbehaved` beyond it. */
export async function* bounded(source: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array, void> {
  let length = 0;
  for await (const bytes of source) {
    length += bytes.length;
    if (length > maxBytes) throw new ProviderError('misbehaved', 'The service sends an answer without end.');
    yield bytes;
  }
}

/** Far more than a transcript is. */
const MAX_JSON_BYTES = 1_000_000;

/** An answer that is read whole. Throws `ProviderError` `misbehaved` for what is no JSON, or has no end. */
export const jsonOf = async (response: Response): Promise<unknown> => {
  const pieces: Uint8Array[] = [];
  for await (const bytes of bounded(bodyBytes(response), MAX_JSON_BYTES)) pieces.push(bytes);
  try {
    return JSON.parse(Buffer.concat(pieces).toString());
  } catch (error) {
    throw new ProviderError('misbehaved', 'The service answers in words that are none of the protocol.', {
      cause: error,
    });
  }
};
