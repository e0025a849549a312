import { randomUUID } from 'node:crypto';
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Authorizer } from './authorizer.ts';
import { inDialectOf } from './dialect.ts';
import type { FaultPlan } from './faults.ts';
import { handleWithFault } from './inject-fault.ts';
import type { KeyRing } from './keys.ts';
import { type Handlers, type Listener, listen, readBody, refuseUpgrade } from './listener.ts';
import { AwsError, type AwsService, type Call, type CloudClock, type Principal, type RawRequest } from './service.ts';
import { isSignedFrames, refuseRest, signedFrames } from './signed-frames.ts';
import { readSignature, type Signature, type SignedRequest, signedAtMs, verifySignature } from './sigv4.ts';
import type { Trace } from './trace.ts';

export interface GatewayDependencies {
  readonly services: readonly AwsService[];
  readonly keys: Pick<KeyRing, 'keyOf'>;
  readonly authorizer: Authorizer;
  readonly faults: FaultPlan;
  readonly trace: Trace;
  readonly clock: CloudClock;
  /** Kills the function process that holds this access key (fault `crash`). */
  readonly crashCaller: (principal: Principal) => void;
  readonly log: (line: string) => void;
}

/** A request's service and operation, and who sent it. */
interface Claimed {
  readonly service: AwsService;
  readonly call: Call;
}

/** More than any AWS API takes in one unstreamed request (S3 takes 5 GB, but as a stream). */
const BODY_LIMIT_BYTES = 64 * 1024 * 1024;
const NO_BODY = Buffer.alloc(0);
const ANONYMOUS: Principal = { kind: 'anonymous', arn: 'anonymous', accessKeyId: '' };

function rawRequest(incoming: IncomingMessage, response: ServerResponse, body: Buffer): RawRequest {
  const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
  return { method: incoming.method ?? 'GET', url, headers: incoming.headers, body, incoming, response };
}

const signedPart = (incoming: IncomingMessage): SignedRequest => ({
  method: incoming.method ?? 'GET',
  target: incoming.url ?? '/',
  headers: incoming.headers,
});

/** Services a request may be for: those its signature names, or all when it carries none. */
function candidatesOf(services: readonly AwsService[], signature: Signature | undefined): readonly AwsService[] {
  if (!signature) return services;
  const named = services.filter(({ signingName }) => signingName === signature.service);
  if (named.length > 0) return named;
  throw new AwsError('UnknownService', `The embedded cloud has no service "${signature.service}".`, 501);
}

function authenticate(
  { keys, clock }: GatewayDependencies,
  signature: Signature,
  request: RawRequest,
  streams: boolean,
): { readonly principal: Principal; readonly secret: string } {
  const key = keys.keyOf(signature.accessKeyId, signature.sessionToken);
  if (!key) {
    throw new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.', 403);
  }
  const body = streams ? undefined : request.body;
  const nowMs = timeOfSigner(signature, clock.now(), Date.now());
  verifySignature(signedPart(request.incoming), signature, key.secretAccessKey, body, nowMs);
  return { principal: key.principal, secret: key.secretAccessKey };
}

/** What a client outside signs a moment from now, by its own clock. */
const AHEAD_MS = 5000;

/**
 * On a test's clock, functions sign with the cloud's time and clients outside with the machine's: the nearer one is
 * meant. A signature from the machine's future was made by the cloud's clock, however old it is there by now.
 */
function timeOfSigner(signature: Signature, cloudMs: number, machineMs: number): number {
  const at = signedAtMs(signature);
  if (at > machineMs + AHEAD_MS) return cloudMs;
  return Math.abs(cloudMs - at) <= Math.abs(machineMs - at) ? cloudMs : machineMs;
}

function claim(candidates: readonly AwsService[], request: RawRequest, signed: boolean): [AwsService, string] {
  for (const service of candidates) {
    const operation = service.claim(request);
    if (operation !== undefined && (signed || service.unsigned?.(operation, request))) return [service, operation];
  }
  if (!signed) throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
  const target = String(request.headers['x-amz-target'] ?? `${request.method} ${request.url.pathname}`);
  const names = candidates.map(({ name }) => name).join(', ');
  throw new AwsError('UnknownOperationException', `The embedded ${names} has no operation for ${target}.`, 404);
}

/** Errors before a service is known are written as JSON, which every SDK client can read. */
function failPlainly({ response }: RawRequest, error: AwsError): void {
  response.writeHead(error.status, { 'content-type': 'application/json', 'x-amzn-errortype': error.name });
  response.end(JSON.stringify({ __type: error.name, message: error.message }));
}

function asAwsError(error: unknown, log: (line: string) => void, operation: string): AwsError {
  if (error instanceof AwsError) return error;
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  log(`${operation} failed inside the embedded cloud: ${reason}`);
  return new AwsError('InternalServerException', 'An internal error occurred in the embedded cloud.', 500);
}

const finished = (response: ServerResponse): Promise<void> =>
  response.writableFinished || response.destroyed
    ? Promise.resolve()
    : new Promise((resolve) => response.once('close', resolve).once('finish', resolve));

/** Everything between the socket and the service: body, signature, claim, permissions, fault, answer, trace. */
export class Gateway {
  readonly #dependencies: GatewayDependencies;

  constructor(dependencies: GatewayDependencies) {
    this.#dependencies = dependencies;
  }

  /** For a listener: one of its own, or one that it shares with what is no AWS API. */
  get handlers(): Required<Handlers> {
    return {
      request: (incoming, response) => void this.#serve(incoming, response),
      upgrade: (incoming, socket, head) => void this.#upgrade(incoming, socket, head),
    };
  }

  listen(port: number): Promise<Listener> {
    return listen(port, this.handlers);
  }

  /** Reads and authenticates the request. Throws the refusals that come before any service is asked. */
  async #accept(incoming: IncomingMessage, response: ServerResponse): Promise<Claimed> {
    const { services } = this.#dependencies;
    const unread = rawRequest(incoming, response, NO_BODY);
    const signature = readSignature(signedPart(incoming));
    const candidates = candidatesOf(services, signature);
    const streams = candidates.some((service) => service.streamsBody?.(unread));
    const request = streams ? unread : rawRequest(incoming, response, await readBody(incoming, BODY_LIMIT_BYTES));
    try {
      const known = signature && authenticate(this.#dependencies, signature, request, streams);
      const [service, operation] = claim(candidates, request, signature !== undefined);
      const frames =
        known && isSignedFrames(incoming) ? { frames: signedFrames(incoming, signature, known.secret) } : {};
      return {
        service,
        call: { operation, principal: known?.principal ?? ANONYMOUS, request: { ...request, ...frames } },
      };
    } catch (error) {
      const [service] = candidates;
      if (error instanceof AwsError && signature && service) throw inDialectOf(service, request, error);
      throw error;
    }
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('x-amz-request-id', randomUUID());
    let claimed: Claimed;
    try {
      claimed = await this.#accept(incoming, response);
    } catch (error) {
      if (incoming.destroyed && !incoming.complete) return;
      const request = rawRequest(incoming, response, NO_BODY);
      const refusal = asAwsError(error, this.#dependencies.log, 'A request');
      const [service] = this.#servicesNamed(incoming);
      if (service) service.fail(refusal, request);
      else failPlainly(request, refusal);
      if (isSignedFrames(incoming)) void finished(response).then(() => refuseRest(incoming));
      return;
    }
    await this.#answer(claimed);
  }

  /** The services a request's signature names, for writing a refusal in their form. */
  #servicesNamed(incoming: IncomingMessage): readonly AwsService[] {
    try {
      const signature = readSignature(signedPart(incoming));
      return signature ? candidatesOf(this.#dependencies.services, signature) : [];
    } catch {
      return [];
    }
  }

  async #answer({ service, call }: Claimed): Promise<void> {
    const { authorizer, faults, trace, clock, log, crashCaller } = this.#dependencies;
    const { operation, principal, request } = call;
    const startedAtMs = clock.now();
    const startedAt = performance.now();
    let failure: AwsError | undefined;
    let fault: ReturnType<FaultPlan['next']>;
    try {
      await authorizer.authorize(principal, await service.needs(operation, request));
      fault = faults.next({ service: service.name, operation, roleName: principal.roleName });
      await handleWithFault({ service, call, fault, clock, crashCaller });
    } catch (error) {
      failure = inDialectOf(service, request, asAwsError(error, log, `${service.name}:${operation}`));
      if (request.response.headersSent) request.incoming.socket.destroy();
      else service.fail(failure, request);
    }
    await finished(request.response);
    if (request.frames) refuseRest(request.incoming);
    trace.record({
      service: service.name,
      operation,
      principal: principal.arn,
      roleName: principal.roleName,
      startedAtMs,
      durationMs: performance.now() - startedAt,
      requestBytes: Number(request.headers['content-length'] ?? request.body.length),
      status: failure?.status ?? request.response.statusCode,
      error: failure?.name,
      fault: fault?.kind,
    });
  }

  async #upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    const response = new ServerResponse(incoming);
    try {
      const signature = readSignature(signedPart(incoming));
      const request = rawRequest(incoming, response, NO_BODY);
      if (!signature) throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
      const { principal } = authenticate(this.#dependencies, signature, request, false);
      const [service, operation] = claim(candidatesOf(this.#dependencies.services, signature), request, true);
      await this.#dependencies.authorizer.authorize(principal, await service.needs(operation, request));
      if (!service.upgrade) throw new AwsError('UnknownOperationException', `${operation} takes no WebSocket.`, 404);
      await service.upgrade({ operation, principal, request }, socket, head);
    } catch (error) {
      const refusal = asAwsError(error, this.#dependencies.log, 'A WebSocket handshake');
      refuseUpgrade(socket, refusal.status, { message: refusal.message }, { 'x-amzn-errortype': refusal.name });
    }
  }
}
