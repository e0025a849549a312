import { EngineError, type EngineErrorKind } from '../speech-engine.ts';

/** By the exception's name: of Bedrock Runtime's model, of signing, of the HTTP/2 handler and of Node's network. */
const KIND_OF: Readonly<Record<string, EngineErrorKind>> = {
  ThrottlingException: 'throttled',
  TooManyRequestsException: 'throttled',
  ServiceQuotaExceededException: 'quota',
  ValidationException: 'invalid',
  ResourceNotFoundException: 'invalid',
  ConflictException: 'unavailable',
  ModelTimeoutException: 'timed-out',
  ModelStreamErrorException: 'unavailable',
  ModelErrorException: 'unavailable',
  ModelNotReadyException: 'unavailable',
  InternalServerException: 'unavailable',
  ServiceUnavailableException: 'unavailable',
  AccessDeniedException: 'denied',
  UnrecognizedClientException: 'denied',
  InvalidSignatureException: 'denied',
  ExpiredTokenException: 'denied',
  ExpiredToken: 'denied',
  MissingAuthenticationTokenException: 'denied',
  IncompleteSignatureException: 'denied',
  CredentialsProviderError: 'denied',
  TimeoutError: 'timed-out',
};

/** Several ends share one exception; only the message tells them apart. First fit wins. */
const SAID: readonly { readonly kind: EngineErrorKind; readonly names: RegExp; readonly pattern: RegExp }[] = [
  {
    kind: 'idle',
    names: /^(?:Validation|ModelTimeout|ModelStreamError)Exception$/,
    pattern:
      /wait(?:ing|ed) for (?:input|audio|interactive)|no (?:audio|interactive) (?:content|input)|\bidle\b|inactiv/i,
  },
  {
    kind: 'filtered',
    names: /^(?:Validation|ModelStreamError|ModelError)Exception$/,
    pattern: /content filter|blocked by|filtered|guardrail|responsible ai|content polic/i,
  },
  {
    kind: 'expired',
    names: /^(?:Validation|ModelTimeout|ModelStreamError)Exception$/,
    pattern:
      /(?:maximum|max) (?:session|connection|stream)|(?:session|connection|stream) (?:has )?(?:expired|exceeded)|8 minutes/i,
  },
  {
    kind: 'quota',
    names: /^(?:Throttling|ServiceQuotaExceeded|Validation)Exception$/,
    pattern: /concurrent|quota|too many (?:connections|streams|sessions)/i,
  },
];

/** A stream that times out after this age has met its deadline of eight minutes, whatever the message says. */
const DEADLINE_AGE_MS = 450_000;

/** What an exception of the SDK means for the call; `ageMs` is the stream's. Errors that are classified already stay as they are. */
export const engineErrorOf = (error: unknown, ageMs: number): EngineError => {
  if (error instanceof EngineError) return error;
  const name = error instanceof Error ? error.name : '';
  const message = error instanceof Error ? error.message : 'The stream failed without an error.';
  const said = SAID.find(({ names, pattern }) => names.test(name) && pattern.test(message))?.kind;
  const byName = KIND_OF[name] ?? 'unavailable';
  const kind = said ?? (byName === 'timed-out' && ageMs >= DEADLINE_AGE_MS ? 'expired' : byName);
  return new EngineError(kind, message, { cause: error });
};
