import type {
  BedrockRuntimeClient,
  InvokeModelWithBidirectionalStreamInput,
  InvokeModelWithBidirectionalStreamOutput,
} from '@aws-sdk/client-bedrock-runtime';
import type { SonicConnect } from './nova-sonic-engine.ts';

export interface SonicClientOptions {
  readonly region?: string;
  readonly endpoint?: string;
}

/** The handler counts inactivity of the whole stream: 15 s would kill calls, 300 s holds (measured by others, 2026). */
const STREAM_INACTIVITY_MS = 300_000;
/** A stream lives for eight minutes; its connection must not end before it. */
const CONNECTION_INACTIVITY_MS = 600_000;
/** The account's default quota of streams. */
const MAX_STREAMS = 20;

type Sdk = typeof import('@aws-sdk/client-bedrock-runtime');

interface Loaded {
  readonly sdk: Sdk;
  readonly client: BedrockRuntimeClient;
}

const load = async ({ region, endpoint }: SonicClientOptions): Promise<Loaded> => {
  const sdk = await import('@aws-sdk/client-bedrock-runtime');
  const client = new sdk.BedrockRuntimeClient({
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    // What was streamed once cannot be streamed again: renewing is the session's business.
    maxAttempts: 1,
    requestHandler: {
      requestTimeout: STREAM_INACTIVITY_MS,
      sessionTimeout: CONNECTION_INACTIVITY_MS,
      maxConcurrentStreams: MAX_STREAMS,
    },
  });
  return { sdk, client };
};

async function* chunksOf(
  input: AsyncIterable<Uint8Array>,
): AsyncGenerator<InvokeModelWithBidirectionalStreamInput, void> {
  for await (const bytes of input) yield { chunk: { bytes } };
}

async function* bytesOf(
  output: AsyncIterable<InvokeModelWithBidirectionalStreamOutput>,
): AsyncGenerator<Uint8Array, void> {
  for await (const event of output) {
    if (event.chunk?.bytes) yield event.chunk.bytes;
    const exception = Object.values(event).find((member) => member instanceof Error);
    if (exception) throw exception;
  }
}

/**
 * Nova Sonic's stream through the AWS SDK. The client is made at the first call and kept (never at import: a process
 * may be frozen after loading its code, with its sockets and credentials).
 */
export const bedrockSonicConnect = (options: SonicClientOptions = {}): SonicConnect => {
  let loading: Promise<Loaded> | undefined;
  return async ({ modelId, input, signal }) => {
    loading ??= load(options);
    const { sdk, client } = await loading;
    // The SDK reads `body` while it waits for the answer, which comes with the model's first words.
    const command = new sdk.InvokeModelWithBidirectionalStreamCommand({ modelId, body: chunksOf(input) });
    const { body } = await client.send(command, { abortSignal: signal });
    if (!body) throw new Error('Bedrock opened no stream.');
    return bytesOf(body);
  };
};
