import { cbor as cborDocument } from '@smithy/core/cbor';
import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError, type RawRequest } from '../service.ts';
import type { WireAnswer } from './answer.ts';
import { cbor, type DocumentCodec, restJson, rpcJson } from './codec.ts';
import { messageNameOf } from './event-stream.ts';
import { matchRoute, type WireModel, type WireOperation } from './operations.ts';
import { queryError, readQueryInput, writeQueryOutput } from './query.ts';
import { readRestInput, writeRestOutput } from './rest.ts';

/** How one request is spoken; the request itself says it, so a service needs no protocol setting. */
export type Protocol = 'rest-json' | 'aws-json-1.0' | 'aws-json-1.1' | 'rpc-v2-cbor' | 'aws-query';

export function protocolOf(request: RawRequest): Protocol {
  if (request.headers['smithy-protocol'] === 'rpc-v2-cbor') return 'rpc-v2-cbor';
  const type = request.headers['content-type'] ?? '';
  if (request.headers['x-amz-target']) return type.includes('1.0') ? 'aws-json-1.0' : 'aws-json-1.1';
  return type.startsWith('application/x-www-form-urlencoded') ? 'aws-query' : 'rest-json';
}

/** The operation a request names, whether or not the service serves it; undefined when it is not of this model. */
export function operationOf(
  model: WireModel,
  targetPrefix: string | undefined,
  request: RawRequest,
): WireOperation | undefined {
  const protocol = protocolOf(request);
  if (protocol === 'aws-json-1.0' || protocol === 'aws-json-1.1') {
    const [prefix, name = ''] = String(request.headers['x-amz-target']).split('.');
    return targetPrefix === undefined || prefix === targetPrefix ? model.operations.get(name) : undefined;
  }
  if (protocol === 'rpc-v2-cbor') {
    const name = /\/service\/[^/]+\/operation\/([^/]+)$/.exec(request.url.pathname)?.[1];
    return name ? model.operations.get(name) : undefined;
  }
  const action = protocol === 'aws-query' && new URLSearchParams(request.body.toString('utf8')).get('Action');
  if (action) return model.operations.get(action);
  return matchRoute([...model.operations.values()], request.method, request.url);
}

const CODECS: Readonly<Record<Exclude<Protocol, 'aws-query'>, DocumentCodec>> = {
  'rest-json': restJson,
  'aws-json-1.0': rpcJson,
  'aws-json-1.1': rpcJson,
  'rpc-v2-cbor': cbor,
};

const CONTENT_TYPES: Readonly<Record<Exclude<Protocol, 'aws-query'>, string>> = {
  'rest-json': 'application/json',
  'aws-json-1.0': 'application/x-amz-json-1.0',
  'aws-json-1.1': 'application/x-amz-json-1.1',
  'rpc-v2-cbor': 'application/cbor',
};

const headersOf = (protocol: Exclude<Protocol, 'aws-query'>): Record<string, string> => ({
  'content-type': CONTENT_TYPES[protocol],
  ...(protocol === 'rpc-v2-cbor' ? { 'smithy-protocol': 'rpc-v2-cbor' } : {}),
});

/** Decodes the operation's input. Throws `SerializationException` for a body that is not a document of the protocol. */
export async function readInput(operation: WireOperation, request: RawRequest, streams: boolean): Promise<object> {
  const protocol = protocolOf(request);
  if (operation.http && protocol === 'rest-json')
    return readRestInput(operation.http, operation.input, request, streams);
  if (protocol === 'aws-query')
    return readQueryInput(operation.input, new URLSearchParams(request.body.toString('utf8')));
  try {
    return ((await CODECS[protocol].read(operation.input, request.body)) ?? {}) as object;
  } catch {
    throw new AwsError('SerializationException', 'The request body is not a document of the operation.', 400);
  }
}

/** Encodes the operation's output in the protocol of its request. */
export function writeOutput(operation: WireOperation, request: RawRequest, output: object): WireAnswer {
  const protocol = protocolOf(request);
  if (operation.http && protocol === 'rest-json') {
    return writeRestOutput(operation, operation.http, output as Record<string, unknown>);
  }
  if (protocol === 'aws-query') return writeQueryOutput(operation, output as Record<string, unknown>);
  const unit = operation.output.isUnitSchema();
  const empty = protocol === 'rpc-v2-cbor' ? new Uint8Array() : Buffer.from('{}');
  const body = unit ? empty : CODECS[protocol].write(operation.output, output);
  return { status: 200, headers: headersOf(protocol), body };
}

/** Members of an error document: the message under the name the error's own schema gives it. */
function errorDocument(error: AwsError, schema: NormalizedSchema | undefined): Record<string, unknown> {
  return { [schema ? messageNameOf(schema) : 'message']: error.message, ...error.members };
}

/** Encodes an error so that the SDK client raises the exception of that name with its members. */
export function writeError(model: WireModel, request: RawRequest, error: AwsError): WireAnswer {
  const protocol = protocolOf(request);
  const schema = model.errors.get(error.name);
  if (protocol === 'aws-query') return queryError(error, schema);
  const document = errorDocument(error, schema);
  const codec = CODECS[protocol];
  const traits = schema?.getMergedTraits();
  const queryCode = traits?.awsQueryError as readonly [string, number] | undefined;
  const headers = {
    ...headersOf(protocol),
    'x-amzn-errortype': error.name,
    ...(queryCode ? { 'x-amzn-query-error': `${queryCode[0]};Sender` } : {}),
  };
  return { status: error.status, headers, body: withType(codec, protocol, schema, document, error.name) };
}

function withType(
  codec: DocumentCodec,
  protocol: Protocol,
  schema: NormalizedSchema | undefined,
  document: Record<string, unknown>,
  name: string,
): Uint8Array {
  if (protocol === 'rpc-v2-cbor') return cborDocument.serialize({ __type: name, ...document });
  const known = schema ? (JSON.parse(Buffer.from(codec.write(schema, document)).toString('utf8')) as object) : document;
  return Buffer.from(JSON.stringify({ __type: name, ...known }));
}
