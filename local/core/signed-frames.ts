import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { constants, type Http2ServerRequest } from 'node:http2';
import type { Message } from '@smithy/core/event-streams';
import { AwsError } from './service.ts';
import { type Signature, signingKey } from './sigv4.ts';
import { decodeFrame } from './wire/event-stream.ts';

/** What `x-amz-content-sha256` says of a request whose body is a stream of signed events (SigV4 reference, "streaming"). */
const SIGNED_EVENTS = 'STREAMING-AWS4-HMAC-SHA256-EVENTS';
/** Largest message of the event stream encoding (Smithy, "Amazon Event Stream Specification": 16 MB of payload and 128 KB of headers). */
const LONGEST_FRAME_BYTES = 16 * 1024 * 1024 + 128 * 1024;
/** Two lengths and two checksums. */
const SHORTEST_FRAME_BYTES = 16;

export const isSignedFrames = (incoming: IncomingMessage): boolean =>
  incoming.headers['x-amz-content-sha256'] === SIGNED_EVENTS;

const sha256Hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const malformed = (what: string): AwsError =>
  new AwsError('ValidationException', `Malformed event stream: ${what}`, 400);

/** Cuts a stream of bytes into event-stream messages, which begin with their length. Throws for a length that cannot be. */
async function* cutFrames(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 4) {
      const length = rest.readUInt32BE(0);
      if (length < SHORTEST_FRAME_BYTES || length > LONGEST_FRAME_BYTES)
        throw malformed(`a message of ${length} bytes`);
      if (rest.length < length) break;
      yield rest.subarray(0, length);
      rest = rest.subarray(length);
    }
  }
}

/** The `:date` header as the signature covers it: its name's length, its name, type 8 (timestamp), milliseconds. */
function encodedDate(date: Date): Buffer {
  const header = Buffer.alloc(15);
  header.writeUInt8(5, 0);
  header.write(':date', 1, 'latin1');
  header.writeUInt8(8, 6);
  header.writeBigInt64BE(BigInt(date.getTime()), 7);
  return header;
}

/**
 * Checks messages one after the other: each signature covers the one before, the first that of the request.
 * Throws `InvalidSignatureException`.
 */
function chunkVerifier({ region, service, signature }: Signature, secret: string): (message: Message) => void {
  let prior = signature;
  const refused = (): AwsError =>
    new AwsError(
      'InvalidSignatureException',
      'The request signature we calculated does not match the signature you provided.',
      403,
    );
  return ({ headers, body }) => {
    const date = headers[':date']?.value;
    const given = headers[':chunk-signature']?.value;
    if (!(date instanceof Date) || !(given instanceof Uint8Array)) throw refused();
    const at = date.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
    const day = at.slice(0, 8);
    const text = [
      'AWS4-HMAC-SHA256-PAYLOAD',
      at,
      `${day}/${region}/${service}/aws4_request`,
      prior,
      sha256Hex(encodedDate(date)),
      sha256Hex(body),
    ].join('\n');
    const expected = createHmac('sha256', signingKey(secret, day, region, service))
      .update(text)
      .digest();
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw refused();
    prior = expected.toString('hex');
  };
}

/**
 * What the signed frames of a request's body hold, until the empty one that ends it, or the connection's end.
 * Throws `InvalidSignatureException`, and `ValidationException` for bytes that are no event stream.
 */
export async function* signedFrames(
  incoming: IncomingMessage,
  signature: Signature,
  secret: string,
): AsyncGenerator<Uint8Array> {
  const verify = chunkVerifier(signature, secret);
  // Whoever stops reading may still have an answer to write on the same stream.
  const chunks = incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const frame of cutFrames(chunks)) {
    const message = decodeFrame(frame);
    verify(message);
    if (message.body.length === 0) return;
    yield message.body;
  }
}

/** Ends a request whose answer is complete though its sender has not finished: HTTP/2's way to say "no more, all is well". */
export function refuseRest(incoming: IncomingMessage): void {
  if (incoming.complete || incoming.destroyed || incoming.httpVersionMajor < 2) return;
  (incoming as unknown as Http2ServerRequest).stream?.close(constants.NGHTTP2_NO_ERROR);
}
