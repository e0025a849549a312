import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** A refusal with a status and a stable code; reaches the caller as `{ "error": { "code", "message" } }`. */
export class HostError extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'HostError';
    this.status = status;
    this.code = code;
  }
}

export interface Invocation {
  /** The parsed JSON body. */
  readonly payload: unknown;
  readonly sessionId: string;
  /** Aborts when the caller hangs up. */
  readonly signal: AbortSignal;
}

export interface HostedApp {
  /** `HealthyBusy` keeps the session alive while background work goes on. */
  readonly status: () => { readonly status: 'Healthy' | 'HealthyBusy'; readonly sinceUnixSeconds: number };
  readonly invoke: (invocation: Invocation) => Promise<unknown>;
  /** Takes a WebSocket handshake on `/ws`; absent where there is no voice. */
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer, sessionId: string) => void;
  /** One JSON line for the operator: never transcripts, bodies or secrets. */
  readonly log: (entry: Readonly<Record<string, unknown>>) => void;
}

/** A message with its history stays far below; AgentCore itself would take 100 MB. */
const MAX_BODY_BYTES = 2_000_000;
const SESSION_HEADER = 'x-amzn-bedrock-agentcore-runtime-session-id';

/** The HTTP contract of AgentCore Runtime: `GET /ping`, `POST /invocations`, and `/ws` where the app serves it. Not listening yet. */
export function agentCoreServer(app: HostedApp): Server {
  const server = createServer((request, response) => {
    route(app, request, response).catch((error: unknown) => {
      const refusal = toHostError(error);
      if (refusal.status >= 500) app.log({ level: 'error', code: refusal.code, message: messageOf(error) });
      if (!response.headersSent) reply(response, refusal.status, errorBody(refusal));
    });
  });
  server.on('upgrade', (request, socket, head) => {
    // The other side may be gone at any time; nobody is left to tell.
    socket.on('error', () => undefined);
    const isVoice = pathOf(request) === '/ws';
    if (isVoice && app.upgrade !== undefined) app.upgrade(request, socket, head, sessionOf(request));
    else refuseUpgrade(socket, isVoice ? notServed() : nothingAt(pathOf(request)));
  });
  return server;
}

/** Answers a WebSocket handshake with a status instead. */
export function refuseUpgrade(socket: Duplex, refusal: HostError): void {
  const body = JSON.stringify(errorBody(refusal));
  socket.end(
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? 'Refused'}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

const needsHandshake = (): HostError => new HostError(426, 'upgrade-required', 'Open a WebSocket here.');
const notServed = (): HostError => new HostError(501, 'voice-not-served', 'This agent does not serve voice.');
const nothingAt = (path: string): HostError => new HostError(404, 'not-found', `There is nothing at ${path}.`);

const pathOf = (request: IncomingMessage): string => new URL(request.url ?? '/', 'http://host').pathname;

const sessionOf = (request: IncomingMessage): string => {
  const header = request.headers[SESSION_HEADER];
  return typeof header === 'string' ? header : '';
};

async function route(app: HostedApp, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = pathOf(request);
  if (path === '/ping' && request.method === 'GET') {
    const { status, sinceUnixSeconds } = app.status();
    return reply(response, 200, { status, time_of_last_update: sinceUnixSeconds });
  }
  if (path === '/ws') throw app.upgrade === undefined ? notServed() : needsHandshake();
  if (path !== '/invocations') throw nothingAt(path);
  if (request.method !== 'POST') throw new HostError(405, 'method-not-allowed', 'Use POST.');
  const payload = parseJson(await readBody(request));
  const hangUp = new AbortController();
  response.once('close', () => hangUp.abort());
  reply(response, 200, await app.invoke({ payload, sessionId: sessionOf(request), signal: hangUp.signal }));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new HostError(413, 'payload-too-large', `At most ${MAX_BODY_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new HostError(400, 'malformed-json', 'The body is not JSON.');
  }
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const errorBody = (error: HostError): unknown => ({ error: { code: error.code, message: error.message } });

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** By the names the AWS SDK gives its exceptions; whatever is unknown is our own fault. */
const BY_NAME: Readonly<Record<string, readonly [status: number, code: string, message: string]>> = {
  ThrottlingException: [429, 'throttled', 'The model is busy. Try again shortly.'],
  ModelThrottledError: [429, 'throttled', 'The model is busy. Try again shortly.'],
  ServiceQuotaExceededException: [429, 'throttled', 'A quota is used up. Try again later.'],
  AccessDeniedException: [502, 'access-denied', 'The agent may not use its model or its knowledge base.'],
  ResourceNotFoundException: [502, 'upstream-not-found', 'The model or the knowledge base does not exist.'],
  ValidationException: [502, 'upstream-refused', 'The model or the knowledge base refused the request.'],
  ModelTimeoutException: [504, 'timeout', 'The model took too long.'],
  AbortError: [504, 'timeout', 'The answer took too long.'],
  TimeoutError: [504, 'timeout', 'The answer took too long.'],
  ServiceUnavailableException: [502, 'upstream-unavailable', 'The model is not available.'],
  InternalServerException: [502, 'upstream-unavailable', 'The model failed.'],
  ModelErrorException: [502, 'upstream-unavailable', 'The model failed.'],
};

/** Maps any error to what the caller may know of it, looking through wrapped causes. */
function toHostError(error: unknown): HostError {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof HostError) return cause;
    const known = BY_NAME[cause.name];
    if (known !== undefined) return new HostError(...known);
  }
  return new HostError(500, 'internal', 'The agent failed.');
}

/** Listens on all interfaces, as AgentCore requires; resolves with the port. */
export const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '0.0.0.0', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
