import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { AwsError, type AwsService, type Call, type Need, type RawRequest, type ResourceProvider } from './service.ts';
import type { WireAnswer } from './wire/answer.ts';
import { readModel, type WireOperation } from './wire/operations.ts';
import { operationOf, readInput, writeError, writeOutput } from './wire/protocol.ts';

/** `Invoke`, `PutItem`, … : every operation the SDK client has a command for. */
export type OperationName<Client> = {
  [Key in keyof Client]: Key extends `${infer Name}Command` ? Name : never;
}[keyof Client];

type Command<Client, Name extends string> =
  Client extends Record<`${Name}Command`, new (...args: infer _A) => infer Made> ? Made : never;

/** The operation's input as the SDK's types describe it. */
export type InputOf<Client, Name extends string> = Command<Client, Name> extends { input: infer Input } ? Input : never;

type SdkOutput<Client, Name extends string> =
  Command<Client, Name> extends {
    resolveMiddleware(...args: infer _A): (args: infer _B) => Promise<{ output: infer Output }>;
  }
    ? Output
    : never;

/** What a handler returns for a member: plain bytes or a stream where the SDK hands its user a decorated one. */
type ServedMember<Member> =
  NonNullable<Member> extends Uint8Array
    ? Uint8Array | Extract<Member, undefined>
    : NonNullable<Member> extends { transformToByteArray: unknown }
      ? Uint8Array | string | AsyncIterable<Uint8Array> | Extract<Member, undefined>
      : Member;

/** The operation's output as a handler returns it. */
export type OutputOf<Client, Name extends string> = {
  [Key in keyof Omit<SdkOutput<Client, Name>, '$metadata'>]: ServedMember<SdkOutput<Client, Name>[Key]>;
};

export type Handlers<Client> = {
  readonly [Name in OperationName<Client>]?: (
    input: InputOf<Client, Name>,
    call: Call,
  ) => Promise<OutputOf<Client, Name>> | OutputOf<Client, Name>;
};

export interface SchemaService<Client extends object> {
  readonly name: string;
  readonly signingName: string;
  /** `import * as client from '@aws-sdk/client-…'`: its own schemas decode requests and encode answers. */
  readonly client: Client;
  readonly operations: Handlers<Client>;
  /** Permissions a request needs, from its decoded input. */
  readonly needs: (operation: string, input: never, request: RawRequest) => Promise<readonly Need[]> | readonly Need[];
  /** Prefix of `X-Amz-Target` (`DynamoDB_20120810`); tells apart JSON services that share a signing name. */
  readonly targetPrefix?: string;
  /** Operations whose request body reaches the handler as a stream. */
  readonly streams?: readonly OperationName<Client>[];
  /** Operations that carry no signature (Cognito's sign-in). */
  readonly unsigned?: readonly OperationName<Client>[];
  readonly resources?: readonly ResourceProvider[];
  readonly inventory?: AwsService['inventory'];
  readonly close?: () => Promise<void>;
}

function send(request: RawRequest, answer: WireAnswer): Promise<void> {
  const { response } = request;
  response.writeHead(answer.status, { 'x-amzn-requestid': randomUUID(), ...answer.headers });
  if (!(answer.body instanceof Readable)) {
    response.end(answer.body);
    return Promise.resolve();
  }
  const stream = answer.body;
  // The other side may wait for the head before it sends what the first event answers.
  response.flushHeaders();
  return new Promise((resolve, reject) => {
    stream.once('error', (error) => {
      response.destroy();
      reject(error);
    });
    response.once('close', () => {
      stream.destroy();
      resolve();
    });
    stream.pipe(response);
  });
}

type AnyHandler = (input: object, call: Call) => Promise<object | undefined> | object | undefined;

/**
 * Makes a service whose wire form comes from its SDK client: REST-JSON, AWS JSON 1.0 and 1.1, RPC v2 CBOR, AWS Query,
 * streams and event streams out. Each request's input is decoded once, for `needs` and for the handler.
 * An operation without a handler answers 501 `NotImplemented` by its name.
 */
export function defineSchemaService<Client extends object>(definition: SchemaService<Client>): AwsService {
  const model = readModel(definition.client);
  const streams = new Set<string>(definition.streams ?? []);
  const unsigned = new Set<string>(definition.unsigned ?? []);
  const handlers = definition.operations as Readonly<Record<string, AnyHandler | undefined>>;
  const inputs = new WeakMap<RawRequest, Promise<object>>();

  const operationNamed = (name: string): WireOperation => {
    const operation = model.operations.get(name);
    if (operation) return operation;
    throw new AwsError('UnknownOperationException', `${definition.name} has no operation ${name}.`, 404);
  };
  const claim = (request: RawRequest) => operationOf(model, definition.targetPrefix, request)?.name;
  const inputOf = (operation: string, request: RawRequest): Promise<object> => {
    const known = inputs.get(request);
    if (known) return known;
    const input = readInput(operationNamed(operation), request, streams.has(operation));
    inputs.set(request, input);
    return input;
  };
  const requireHandler = (operation: string): AnyHandler => {
    const handler = handlers[operation];
    if (handler) return handler;
    throw new AwsError('NotImplemented', `The embedded ${definition.name} does not serve ${operation}.`, 501);
  };

  return {
    name: definition.name,
    signingName: definition.signingName,
    claim,
    streamsBody: (request) => streams.has(claim(request) ?? ''),
    unsigned: (operation) => unsigned.has(operation),
    needs: async (operation, request) => {
      requireHandler(operation);
      return definition.needs(operation, (await inputOf(operation, request)) as never, request);
    },
    handle: async (call) => {
      const handler = requireHandler(call.operation);
      const output = await handler(await inputOf(call.operation, call.request), call);
      await send(call.request, writeOutput(operationNamed(call.operation), call.request, output ?? {}));
    },
    fail: (error, request) => void send(request, writeError(model, request, error)),
    ...(definition.resources ? { resources: definition.resources } : {}),
    ...(definition.inventory ? { inventory: definition.inventory } : {}),
    ...(definition.close ? { close: definition.close } : {}),
  };
}
