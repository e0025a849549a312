import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { EventStreamCodec, type Message } from '@smithy/core/event-streams';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
const codec = new EventStreamCodec(text, bytes);
const header = (value: string) => ({ type: 'string' as const, value });

/** Messages of an event stream, each with its length in front. */
async function* messages(stream: ServerHttp2Stream): AsyncGenerator<Message, void> {
  let buffered = Buffer.alloc(0);
  for await (const part of stream.iterator({ destroyOnReturn: false })) {
    buffered = Buffer.concat([buffered, part as Buffer]);
    while (buffered.length >= 4 && buffered.length >= buffered.readUInt32BE(0)) {
      const length = buffered.readUInt32BE(0);
      yield codec.decode(buffered.subarray(0, length));
      buffered = buffered.subarray(length);
    }
  }
}

export interface SonicCall {
  readonly modelId: string;
  /** The inside of each input event. */
  readonly input: AsyncIterable<Readonly<Record<string, unknown>>>;
  readonly says: (event: unknown) => void;
  readonly throws: (exception: string, message: string) => void;
}

async function* inputOf(stream: ServerHttp2Stream): AsyncGenerator<Readonly<Record<string, unknown>>, void> {
  for await (const signed of messages(stream)) {
    if (signed.body.length === 0) return;
    const { body } = codec.decode(signed.body);
    const chunk = JSON.parse(text(body)) as { bytes: string };
    const parsed = JSON.parse(Buffer.from(chunk.bytes, 'base64').toString()) as { event: Record<string, unknown> };
    yield parsed.event;
  }
}

const writerOf = (stream: ServerHttp2Stream) => ({
  says: (event: unknown): void => {
    const payload = { bytes: Buffer.from(JSON.stringify({ event })).toString('base64') };
    const headers = { ':event-type': header('chunk'), ':message-type': header('event') };
    stream.write(
      codec.encode({
        headers: { ...headers, ':content-type': header('application/json') },
        body: bytes(JSON.stringify(payload)),
      }),
    );
  },
  throws: (exception: string, message: string): void => {
    const headers = { ':exception-type': header(exception), ':message-type': header('exception') };
    stream.write(
      codec.encode({
        headers: { ...headers, ':content-type': header('application/json') },
        body: bytes(JSON.stringify({ message })),
      }),
    );
  },
});

/** Bedrock's bidirectional stream on loopback, as the SDK dials it; `answer` plays the model. */
export const sonicServer = async (answer: (call: SonicCall) => Promise<void>) => {
  const server: Http2Server = createServer();
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    const modelId = decodeURIComponent(String(headers[':path']).split('/')[2] ?? '');
    stream.respond({ ':status': 200, 'content-type': 'application/vnd.amazon.eventstream' });
    void answer({ modelId, input: inputOf(stream), ...writerOf(stream) }).finally(() => stream.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
};
