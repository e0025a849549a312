import { EventStreamCodec } from '@smithy/core/event-streams';
import type { NormalizedSchema } from '@smithy/core/schema';
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

/** Encodes each event as it comes. */
export async function* encodeEvents(
  schema: NormalizedSchema,
  events: AsyncIterable<object>,
): AsyncGenerator<Uint8Array> {
  for await (const event of events) yield encodeEvent(schema, event);
}
