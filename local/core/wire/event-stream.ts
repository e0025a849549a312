import { EventStreamCodec, type Message } from '@smithy/core/event-streams';
import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../service.ts';
import { restJson } from './codec.ts';

/** Frames of `application/vnd.amazon.eventstream`: shared by services that stream out and by those that also stream in. */
const eventFrames = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
);

const text = (value: string) => ({ type: 'string' as const, value });

/** Encodes `{ memberName: value }` as one frame of the event stream `schema`; a member that is an error becomes an exception frame. */
function encodeEvent(schema: NormalizedSchema, event: object): Uint8Array {
  const [name, value] = Object.entries(event).find(([, content]) => content !== undefined) ?? [];
  if (name === undefined) throw new Error('an event of a stream must have one member');
  const member = schema.getMemberSchema(name);
  const isError = member.getMergedTraits().error !== undefined;
  const blob = blobPayloadOf(member);
  return eventFrames.encode({
    headers: {
      ':message-type': text(isError ? 'exception' : 'event'),
      [isError ? ':exception-type' : ':event-type']: text(name),
      ':content-type': text(blob ? 'application/octet-stream' : 'application/json'),
    },
    body: blob ? blobOf(value, blob) : restJson.write(member, value),
  });
}

function blobOf(value: unknown, name: string): Uint8Array {
  const blob: unknown = (value as Readonly<Record<string, unknown>>)[name];
  if (blob instanceof Uint8Array) return blob;
  throw new Error(`an event of a stream lacks its bytes (${name})`);
}

function blobPayloadOf(member: NormalizedSchema): string | undefined {
  if (!member.isStructSchema()) return undefined;
  for (const [name, schema] of member.structIterator()) {
    if (schema.getMergedTraits().eventPayload && schema.isBlobSchema()) return name;
  }
  return undefined;
}

/** What an error's schema calls its message. */
export const messageNameOf = (schema: NormalizedSchema): string =>
  [...schema.structIterator()].map(([name]) => name).find((name) => name.toLowerCase() === 'message') ?? 'message';

/** An error as an exception frame; under the name of the stream's member for it, if there is one. */
function encodeError(schema: NormalizedSchema, error: AwsError): Uint8Array {
  const member = [...schema.structIterator()].find(
    ([, candidate]) => candidate.getMergedTraits().error !== undefined && candidate.getName() === error.name,
  );
  if (member) {
    const [name, shape] = member;
    return encodeEvent(schema, { [name]: { [messageNameOf(shape)]: error.message, ...error.members } });
  }
  return eventFrames.encode({
    headers: {
      ':message-type': text('exception'),
      ':exception-type': text(error.name),
      ':content-type': text('application/json'),
    },
    body: Buffer.from(JSON.stringify({ message: error.message })),
  });
}

/** Encodes each event as it comes; an `AwsError` of the events becomes the last frame. */
export async function* encodeEvents(
  schema: NormalizedSchema,
  events: AsyncIterable<object>,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const event of events) yield encodeEvent(schema, event);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    yield encodeError(schema, error);
  }
}

/** Reads one message. Throws `ValidationException` when its lengths or checksums do not fit. */
export function decodeFrame(frame: Uint8Array): Message {
  try {
    return eventFrames.decode(frame);
  } catch {
    throw new AwsError('ValidationException', 'Malformed event stream: a message does not match its checksums', 400);
  }
}

async function decodeEvent(schema: NormalizedSchema, frame: Uint8Array): Promise<object> {
  const { headers, body } = decodeFrame(frame);
  const name = String(headers[':event-type']?.value ?? '');
  const member = schema.getMemberSchemas()[name];
  if (!member) throw new AwsError('ValidationException', `The event stream takes no event "${name}"`, 400);
  const blob = blobPayloadOf(member);
  try {
    return { [name]: blob ? { [blob]: body } : await restJson.read(member, body) };
  } catch {
    throw new AwsError('ValidationException', `The event "${name}" is not the JSON it should be`, 400);
  }
}

/** Decodes each frame as `{ memberName: value }` of the event stream `schema`. Throws `ValidationException`. */
export async function* decodeEvents(
  schema: NormalizedSchema,
  frames: AsyncIterable<Uint8Array>,
): AsyncGenerator<object> {
  for await (const frame of frames) yield decodeEvent(schema, frame);
}
