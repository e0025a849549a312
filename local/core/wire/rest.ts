import { Readable } from 'node:stream';
import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError, type RawRequest } from '../service.ts';
import type { WireAnswer } from './answer.ts';
import { restJson } from './codec.ts';
import { decodeEvents, encodeEvents } from './event-stream.ts';
import type { HttpBinding, WireOperation } from './operations.ts';

function parseScalar(schema: NormalizedSchema, text: string): unknown {
  if (schema.isNumericSchema()) return Number(text);
  if (schema.isBooleanSchema()) return text === 'true';
  if (schema.isTimestampSchema()) return new Date(/^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : text);
  return text;
}

function readHeader(request: RawRequest, name: string): string | undefined {
  const value = request.headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(', ') : value;
}

function readQuery(schema: NormalizedSchema, url: URL, name: string): unknown {
  const values = url.searchParams.getAll(name);
  const [first] = values;
  if (first === undefined) return undefined;
  if (schema.isListSchema()) return values.map((value) => parseScalar(schema.getValueSchema(), value));
  return parseScalar(schema, first);
}

function readPrefixed(request: RawRequest, prefix: string): Record<string, string> {
  const wanted = prefix.toLowerCase();
  return Object.fromEntries(
    Object.keys(request.headers)
      .filter((name) => name.startsWith(wanted))
      .map((name) => [name.slice(wanted.length), readHeader(request, name) ?? '']),
  );
}

async function readPayload(schema: NormalizedSchema, request: RawRequest, streams: boolean): Promise<unknown> {
  if (streams && schema.isStructSchema() && schema.isStreaming()) return readEvents(schema, request);
  if (streams) return request.incoming;
  if (schema.isBlobSchema()) return request.body;
  if (schema.isStringSchema()) return request.body.toString('utf8');
  return request.body.length > 0 ? restJson.read(schema, request.body) : undefined;
}

function readEvents(schema: NormalizedSchema, { frames }: RawRequest): AsyncIterable<object> {
  if (frames) return decodeEvents(schema, frames);
  throw new AwsError('InvalidSignatureException', 'The events of the request must be signed.', 403);
}

function readLabel(http: HttpBinding, request: RawRequest, name: string): string {
  const match = http.path.exec(request.url.pathname);
  return decodeURIComponent(match?.[http.labels.indexOf(name) + 1] ?? '');
}

/** A member bound to the path, the query or a header; undefined when it is absent there. */
function readBound(http: HttpBinding, name: string, schema: NormalizedSchema, request: RawRequest): unknown {
  const traits = schema.getMergedTraits();
  if (traits.httpLabel) return parseScalar(schema, readLabel(http, request, name));
  if (traits.httpQuery) return readQuery(schema, request.url, traits.httpQuery);
  if (traits.httpQueryParams) return Object.fromEntries(request.url.searchParams);
  if (traits.httpPrefixHeaders !== undefined) return readPrefixed(request, traits.httpPrefixHeaders);
  const header = traits.httpHeader ? readHeader(request, traits.httpHeader) : undefined;
  return header === undefined ? undefined : parseScalar(schema, header);
}

const isBound = (schema: NormalizedSchema): boolean => {
  const { httpLabel, httpQuery, httpQueryParams, httpPrefixHeaders, httpHeader } = schema.getMergedTraits();
  return [httpLabel, httpQuery, httpQueryParams, httpPrefixHeaders, httpHeader].some((trait) => trait !== undefined);
};

/** Decodes a REST-JSON request by its HTTP bindings. Throws `SerializationException` for a body that is not JSON. */
export async function readRestInput(
  http: HttpBinding,
  schema: NormalizedSchema,
  request: RawRequest,
  streams: boolean,
): Promise<Record<string, unknown>> {
  const input: Record<string, unknown> = {};
  if (schema.isUnitSchema()) return input;
  const members = [...schema.structIterator()];
  for (const [name, member] of members.filter(([, bound]) => isBound(bound))) {
    const value = readBound(http, name, member, request);
    if (value !== undefined) input[name] = value;
  }
  const payload = members.find(([, member]) => member.getMergedTraits().httpPayload);
  if (payload) input[payload[0]] = await readPayload(payload[1], request, streams);
  else if (request.body.length > 0) Object.assign(input, await readJson(schema, request.body), input);
  return input;
}

async function readJson(schema: NormalizedSchema, body: Buffer): Promise<object> {
  try {
    return (await restJson.read(schema, body)) as object;
  } catch {
    throw new AwsError('SerializationException', 'The request body is not the JSON that the operation takes.', 400);
  }
}

function headerText(value: unknown): string {
  if (value instanceof Date) return value.toUTCString();
  return Array.isArray(value) ? value.map(String).join(', ') : String(value);
}

function writePayload(schema: NormalizedSchema, value: unknown): Pick<WireAnswer, 'body'> & { contentType: string } {
  if (schema.isStreaming() && schema.isStructSchema()) {
    return {
      body: Readable.from(encodeEvents(schema, value as AsyncIterable<object>)),
      contentType: 'application/vnd.amazon.eventstream',
    };
  }
  if (schema.isBlobSchema() || schema.isStringSchema()) {
    const isBytes = typeof value === 'string' || value instanceof Uint8Array;
    const body = isBytes ? Buffer.from(value as Uint8Array) : value instanceof Readable ? value : undefined;
    return {
      body: body ?? (value ? Readable.from(value as AsyncIterable<Uint8Array>) : Buffer.alloc(0)),
      contentType: 'application/octet-stream',
    };
  }
  return { body: restJson.write(schema, value ?? {}), contentType: 'application/json' };
}

/** Encodes an output by its HTTP bindings: headers, status, streams and event streams included. */
export function writeRestOutput(
  operation: WireOperation,
  http: HttpBinding,
  output: Record<string, unknown>,
): WireAnswer {
  const headers: Record<string, string> = {};
  const body: Record<string, unknown> = {};
  let status = http.status;
  let payload: ReturnType<typeof writePayload> | undefined;
  const members = operation.output.isUnitSchema() ? [] : operation.output.structIterator();
  for (const [name, schema] of members) {
    const traits = schema.getMergedTraits();
    const value = output[name];
    if (traits.httpPayload) payload = writePayload(schema, value);
    else if (value === undefined) continue;
    else if (traits.httpHeader) headers[traits.httpHeader.toLowerCase()] = headerText(value);
    else if (traits.httpResponseCode) status = Number(value);
    else body[name] = value;
  }
  if (payload) return { status, headers: { 'content-type': payload.contentType, ...headers }, body: payload.body };
  const bytes = operation.output.isUnitSchema() ? Buffer.from('{}') : restJson.write(operation.output, body);
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: status === 204 ? Buffer.alloc(0) : bytes,
  };
}
