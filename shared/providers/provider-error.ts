import { EngineError, type EngineErrorKind } from '../voice/engines/speech-engine.ts';

/**
 * What is wrong with a provider, as its owner must be told:
 * - `key`, `key-missing`: it does not take our key, or there is none
 * - `model`: it has no such model or voice
 * - `refused`: it understood, and does not do it
 * - `overloaded`: too much at once, or the quota is used up
 * - `unreachable`: no connection, or its own failure
 * - `misbehaved`: it answers what its protocol does not know, or not what it says
 * - `timeout`: it was silent for too long
 * - `unsafe-address`: we do not go there
 */
export type ProviderFault =
  | 'key'
  | 'key-missing'
  | 'model'
  | 'refused'
  | 'overloaded'
  | 'unreachable'
  | 'misbehaved'
  | 'timeout'
  | 'unsafe-address';

const KIND_OF: Readonly<Record<ProviderFault, EngineErrorKind>> = {
  key: 'denied',
  'key-missing': 'denied',
  model: 'invalid',
  refused: 'invalid',
  overloaded: 'throttled',
  unreachable: 'unavailable',
  misbehaved: 'unavailable',
  timeout: 'timed-out',
  'unsafe-address': 'denied',
};

/** A failure of a provider of the tenant's own; its message never holds a key, nor what was said. */
export class ProviderError extends EngineError {
  readonly fault: ProviderFault;
  /** When the service wants to be asked again, where it says so. */
  readonly retryAfterSeconds: number | undefined;
  constructor(
    fault: ProviderFault,
    message: string,
    options: {
      readonly cause?: unknown;
      readonly kind?: EngineErrorKind;
      readonly retryAfterSeconds?: number | undefined;
    } = {},
  ) {
    super(options.kind ?? KIND_OF[fault], message, { cause: options.cause });
    this.name = 'ProviderError';
    this.fault = fault;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** Of an error's body: enough for its code. */
export const MAX_ERROR_CHARACTERS = 4096;

const MODEL_UNKNOWN =
  /model_not_found|unknown model|invalid model|no such model|voice_not_found|invalid voice|unknown voice|(?:model|voice)[^.]{0,80}(?:not exist|not found)/i;

/** Whoever wants to be left alone for longer is down. */
const MAX_RETRY_AFTER_SECONDS = 3600;

/**
 * Seconds of a `Retry-After` (RFC 9110, section 10.2.3), rounded up. A date is read by the service's own clock, its
 * header `Date`. Undefined where nothing readable is said.
 */
export const retryAfterOf = (headers: Pick<Headers, 'get'>): number | undefined => {
  const said = headers.get('retry-after')?.trim() ?? '';
  // `Date.parse` alone would take "-5" for a year.
  const isDate = /^[A-Za-z]{3}/.test(said);
  const atMs = isDate ? Date.parse(said) - Date.parse(headers.get('date') ?? '') : Number.NaN;
  const seconds = /^\d+(?:\.\d+)?$/.test(said) ? Number(said) : atMs / 1000;
  return Number.isNaN(seconds) ? undefined : Math.min(MAX_RETRY_AFTER_SECONDS, Math.max(0, Math.ceil(seconds)));
};

/** What an HTTP status says, with the beginning of its body; `retryAfterSeconds` as the service said. */
export const faultOfStatus = (status: number, body: string, retryAfterSeconds?: number): ProviderError => {
  const answered = `The service answered ${status}`;
  if (/content_filter|content_policy/.test(body)) {
    return new ProviderError('refused', `${answered}: it does not talk about this.`, { kind: 'filtered' });
  }
  if (/insufficient_quota|billing|quota_exceeded/.test(body)) {
    return new ProviderError('overloaded', `${answered}: the quota of the key is used up.`, { kind: 'quota' });
  }
  if (status === 401 || status === 403) return new ProviderError('key', `${answered}: it does not take the key.`);
  if (MODEL_UNKNOWN.test(body)) return new ProviderError('model', `${answered}: it has no such model or voice.`);
  if (status === 429) {
    return new ProviderError('overloaded', `${answered}: it takes no more requests now.`, { retryAfterSeconds });
  }
  if (status === 408 || status === 504) return new ProviderError('timeout', `${answered}.`);
  if (status >= 300 && status < 400) {
    return new ProviderError('refused', `${answered}: redirects are not followed; name the address it leads to.`);
  }
  if (status === 404)
    return new ProviderError('model', `${answered}: there is nothing at this path, or no such model.`);
  return status >= 500
    ? new ProviderError('unreachable', `${answered}.`, { retryAfterSeconds })
    : new ProviderError('refused', `${answered}.`);
};

/** What an error that comes in the middle of an answer says, without its words: services repeat keys and questions in them. */
export const faultOfAnswer = (error: unknown): ProviderError => {
  const said = (JSON.stringify(error) ?? '').slice(0, MAX_ERROR_CHARACTERS);
  const status = /invalid_api_key|authentication|unauthorized/i.test(said)
    ? 401
    : /rate_limit|overloaded|too many/i.test(said)
      ? 429
      : 0;
  const known = faultOfStatus(status, said);
  return status === 0 && known.fault === 'refused' && known.kind === 'invalid'
    ? new ProviderError('unreachable', 'The service failed in the middle of its answer.')
    : known;
};

/** What a socket did that was open, or should have been. */
export const faultOfSocket = (error: Error): ProviderError => {
  if (error instanceof ProviderError) return error;
  const { code } = error as { readonly code?: unknown };
  if (typeof code === 'string' && code.startsWith('WS_ERR_')) {
    return new ProviderError(
      'misbehaved',
      'The service sends what its protocol does not know, or beyond all measure.',
      {
        cause: error,
      },
    );
  }
  return /timed out/i.test(error.message)
    ? new ProviderError('timeout', 'The service did not answer in time.', { cause: error })
    : new ProviderError('unreachable', 'The service cannot be reached.', { cause: error });
};

/** What the network did. */
export const faultOfNetwork = (error: unknown): EngineError => {
  if (error instanceof EngineError) return error;
  const { name, code } = (error ?? {}) as { readonly name?: unknown; readonly code?: unknown };
  if (name === 'TimeoutError' || code === 'ETIMEDOUT') {
    return new ProviderError('timeout', 'The service did not answer in time.', { cause: error });
  }
  return new ProviderError('unreachable', 'The service cannot be reached.', { cause: error });
};
