interface ProblemKind {
  /** HTTP status when a request meets it. */
  readonly status: number;
  readonly title: string;
  /** Whether the same request may succeed later without being changed. */
  readonly retryable: boolean;
}

const kind = (status: number, title: string, retryable = false): ProblemKind => ({ status, title, retryable });

/**
 * Every failure a caller can see. Codes are stable: clients switch on them. Those at the end explain why an agent
 * failed (`statusReason.code`); the others answer a request.
 */
export const PROBLEMS = {
  'malformed-json': kind(400, 'The body is not JSON'),
  'malformed-multipart': kind(400, 'The body is not a readable multipart form'),
  'invalid-encoding': kind(400, 'The text is not UTF-8'),
  'invalid-request': kind(400, 'The request does not match its schema'),
  'invalid-cursor': kind(400, 'The cursor was not issued for this listing'),
  'invalid-file-path': kind(400, 'A file path is not allowed'),
  'duplicate-file-path': kind(400, 'Two files have the same path'),
  'unsupported-file-type': kind(400, 'The file type is not supported'),
  'file-empty': kind(400, 'A file is empty'),
  'file-content-mismatch': kind(400, 'The content of a file does not match its name'),
  'too-many-files': kind(400, 'Too many files'),
  'description-without-file': kind(400, 'A description has no file'),
  'file-without-description': kind(400, 'A file has no description'),
  'descriptions-too-long': kind(400, 'The descriptions of the files are too long'),
  'sop-empty': kind(400, 'The SOP is empty'),
  unauthenticated: kind(401, 'The request carries no valid token or key'),
  'invalid-signature': kind(403, 'The request is not signed by whom it claims to come from'),
  'wrong-verify-token': kind(403, 'The verify token is another one'),
  'insufficient-scope': kind(403, 'The token or key lacks the scope of this operation'),
  'not-found': kind(404, 'There is nothing at this address'),
  'agent-not-found': kind(404, 'There is no such agent'),
  'agent-version-not-found': kind(404, 'The agent has no such version'),
  'knowledge-base-not-found': kind(404, 'There is no such knowledge base'),
  'phone-number-not-found': kind(404, 'There is no such phone number'),
  'unknown-platform': kind(404, 'There is no such platform'),
  'channel-credentials-not-found': kind(404, 'There are no such credentials'),
  'webhook-not-found': kind(404, 'There is no such webhook'),
  'channel-not-found': kind(404, 'The agent has no such channel'),
  'call-not-found': kind(404, 'There is no such call'),
  'customer-not-found': kind(404, 'There is no such customer'),
  'identity-taken': kind(409, 'The identity stands for another customer'),
  'too-many-identities': kind(409, 'The customer has as many identities as it may have'),
  'agent-busy': kind(409, 'The agent is in a status that does not allow this', true),
  'vendor-mismatch': kind(403, 'The vendor is not the caller'),
  'provisioning-not-found': kind(404, 'There is no such provisioning'),
  'agent-paused': kind(409, 'The agent is paused'),
  'with-a-person': kind(409, 'A person is taking care of this customer'),
  'agent-stopped': kind(409, 'The agent is stopped'),
  'lifecycle-not-allowed': kind(409, 'The status of the agent does not allow this'),
  'channel-busy': kind(409, 'The channel is being changed', true),
  'knowledge-base-not-ready': kind(409, 'The knowledge base cannot be searched yet', true),
  'agent-not-ready': kind(409, 'The agent has no active version yet', true),
  'phone-number-taken': kind(409, 'The phone number is in use'),
  'phone-number-assigned': kind(409, 'The phone number is assigned to an agent'),
  'phone-number-in-channel': kind(409, 'The phone number belongs to a channel of an agent'),
  'phone-number-busy': kind(409, 'The phone number is being claimed or released', true),
  'agent-has-no-voice': kind(409, 'The agent answers in text only'),
  'agent-switch-denied': kind(403, 'The key lets nobody talk to another agent'),
  'direct-not-offered': kind(409, 'The call cannot be held over the direct path'),
  'too-many-api-keys': kind(409, 'The agent has as many API keys as it may have'),
  'call-ended': kind(409, 'The call is over'),
  'call-with-person': kind(409, 'The caller is with a person'),
  'call-not-begun': kind(409, 'Nobody has answered the call yet', true),
  'call-controlled': kind(409, 'Another operator has the call in hand'),
  'too-many-commands': kind(409, 'The call has had as many commands as it may have'),
  'session-busy': kind(409, 'Another message of this session is being answered', true),
  'nothing-to-retry': kind(409, 'The newest run of this agent has not failed'),
  'request-in-progress': kind(409, 'A request with this idempotency key is still running', true),
  'precondition-failed': kind(412, 'The agent has changed since it was read'),
  'body-too-large': kind(413, 'The body is too large'),
  'sop-too-long': kind(413, 'The SOP is too long'),
  'file-too-large': kind(413, 'A file is too large'),
  'unsupported-media-type': kind(415, 'The content type is not supported'),
  'idempotency-key-reused': kind(422, 'The idempotency key was used for another request'),
  'too-many-requests': kind(429, 'Too many requests', true),
  'lines-busy': kind(429, 'All lines are busy', true),
  'internal-error': kind(500, 'Something went wrong on our side', true),
  'telephony-failed': kind(502, 'The telephone provider did not do what was asked', true),
  'agent-runtime-failed': kind(502, 'The agent gave no usable answer', true),
  'telephony-not-configured': kind(503, 'This stage has no telephone provider'),
  'agent-unavailable': kind(503, 'The agent cannot be reached', true),
  'service-unavailable': kind(503, 'A service this depends on is not answering', true),
  'agent-timeout': kind(504, 'The agent did not answer in time', true),
  'uploads-expired': kind(409, 'The files did not arrive before the upload forms expired', true),
  'provisioning-not-started': kind(503, 'The provisioning workflow could not be started', true),
  'provisioning-failed': kind(500, 'Provisioning failed', true),
  'provisioning-timed-out': kind(504, 'Provisioning took too long', true),
  'knowledge-base-quota-exceeded': kind(409, 'The account has no room for another knowledge base'),
  'ingestion-failed': kind(422, 'The files could not be ingested'),
  'agent-creator-failed': kind(502, 'The AgentCreator produced no agent', true),
  'elizaos-not-configured': kind(503, 'This stage has no ElizaOS server'),
  'elizaos-refused': kind(422, 'ElizaOS does not take the agent'),
  'elizaos-agent-taken': kind(409, 'The ElizaOS server has another agent in its place'),
  'code-rejected': kind(422, 'The generated code did not pass the code checker', true),
  'connect-not-configured': kind(503, 'This stage has no Amazon Connect'),
  'connect-quota-exceeded': kind(409, 'A quota of Amazon Connect is used up', true),
  'connect-refused': kind(502, 'Amazon Connect does not do what was asked'),
  'contact-flow-rejected': kind(422, 'The contact flow is not valid'),
  'no-number-available': kind(409, 'There is no such phone number to be had', true),
  'sms-number-required': kind(409, 'The channel needs a phone number that is registered for messages'),
  'unsafe-address': kind(422, 'The address of the provider is not one of the public internet'),
  'provider-key-missing': kind(422, 'There is no key for this provider'),
  'provider-key-refused': kind(422, 'The provider does not take the key'),
  'provider-model-unknown': kind(422, 'The provider has no such model or voice'),
  'provider-refused': kind(422, 'The provider does not do what was asked'),
  'provider-overloaded': kind(502, 'The provider takes no more requests now', true),
  'provider-unreachable': kind(502, 'The provider cannot be reached', true),
  'provider-misbehaved': kind(502, 'The provider does not keep to its protocol'),
  'provider-timeout': kind(504, 'The provider did not answer in time', true),
  'channel-account-missing': kind(422, 'The channel names no account'),
  'channel-account-taken': kind(409, 'Another agent answers this account'),
  'channel-account-not-yours': kind(422, 'The account is not proven to be yours'),
  'channel-credentials-missing': kind(409, 'There are no credentials for this account'),
  'channel-credentials-refused': kind(502, 'The platform does not take the credentials'),
  'channel-refused': kind(502, 'The platform refuses this channel'),
  'channel-failed': kind(502, 'The channel could not be set up', true),
  'channel-not-reached': kind(502, 'The run failed before the channel was ready', true),
  'deployment-failed': kind(502, 'The agent could not be deployed', true),
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;

/** One place in the request that is wrong. */
export interface ProblemDetail {
  /** RFC 6901 pointer into the body; query parameters, headers and path parameters are `/query/…`, `/headers/…`, `/path/…`. */
  readonly pointer: string;
  readonly message: string;
  readonly code?: ProblemCode;
}

interface ProblemExtras {
  readonly errors?: readonly ProblemDetail[];
  /** Seconds, sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** A failure of the registry on its way to the caller; mapped to a document once, at the edge. */
export class ProblemError extends Error {
  readonly code: ProblemCode;
  readonly errors: readonly ProblemDetail[];
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ProblemCode, detail: string, extras: ProblemExtras = {}) {
    super(detail, { cause: extras.cause });
    this.name = 'ProblemError';
    this.code = code;
    this.errors = extras.errors ?? [];
    this.retryAfterSeconds = extras.retryAfterSeconds;
  }
}

/** Throws: lets a use case say `?? raise(agentNotFound(agentId))`. */
export const raise = (error: Error): never => {
  throw error;
};

/** Any problem of the registry that needs no words of its own. */
export const problem = (code: ProblemCode, detail: string, extras: ProblemExtras = {}): ProblemError =>
  new ProblemError(code, detail, extras);

export const agentNotFound = (agentId: string): ProblemError =>
  problem('agent-not-found', `You have no agent with the id ${agentId}.`);

export const knowledgeBaseNotFound = (knowledgeBaseId: string): ProblemError =>
  problem('knowledge-base-not-found', `You have no knowledge base with the id ${knowledgeBaseId}.`);

export const callNotFound = (callId: string): ProblemError =>
  problem('call-not-found', `You have no call with the id ${callId}.`);

export const agentBusy = (status: string, wanted: string): ProblemError =>
  problem('agent-busy', `The agent is "${status}", which does not allow "${wanted}" now.`, { retryAfterSeconds: 5 });

export const preconditionFailed = (): ProblemError =>
  problem('precondition-failed', 'The agent was changed by someone else: read it again and repeat with its new ETag.');

/** A request refused for what it holds; the first error's code is the problem's. */
export const refused = (errors: readonly [RefusedDetail, ...RefusedDetail[]]): ProblemError =>
  problem(errors[0].code, errors.length === 1 ? errors[0].message : `${errors.length} places need a change.`, {
    errors,
  });

export interface RefusedDetail extends ProblemDetail {
  readonly code: ProblemCode;
}

/** RFC 9457 document with our members `code`, `requestId`, `retryable` and `errors`. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance?: string;
  readonly code: ProblemCode;
  readonly requestId: string;
  readonly retryable: boolean;
  readonly errors: readonly ProblemDetail[];
}

/** The document for a problem; `instance` is the path of the request. */
export const problemDocument = (
  error: ProblemError,
  request: { readonly requestId: string; readonly instance?: string },
): ProblemDocument => {
  const { status, title, retryable } = PROBLEMS[error.code];
  return {
    type: `urn:oratio:problem:${error.code}`,
    title,
    status,
    detail: error.message,
    ...(request.instance === undefined ? {} : { instance: request.instance }),
    code: error.code,
    requestId: request.requestId,
    retryable,
    errors: error.errors,
  };
};
