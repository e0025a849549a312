import { type Readable, Transform } from 'node:stream';
import {
  BedrockRuntimeClient,
  InvokeModelWithBidirectionalStreamCommand,
  type InvokeModelWithBidirectionalStreamInput,
} from '@aws-sdk/client-bedrock-runtime';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { asyncQueue } from '../../../local/core/async-queue.ts';
import type { FaultKind } from '../../../local/core/faults.ts';
import { makeBedrockRuntime } from '../../../local/services/bedrock-runtime/index.ts';
import { closing, type Event, MODEL, openCall, opening, quiet, sessionStart } from '../sonic/support/sonic-call.ts';
import { type Embedded, startEmbedded } from '../support/embedded.ts';
import { scriptedSpeech } from '../support/scripted-speech.ts';

let cloud: Embedded;
let client: BedrockRuntimeClient;
let speech: ReturnType<typeof scriptedSpeech>;

beforeEach(async () => {
  speech = scriptedSpeech();
  cloud = await startEmbedded((context) => ({
    bedrockRuntime: makeBedrockRuntime(context, {
      converse: async () => ({ output: undefined, stopReason: 'end_turn', usage: undefined, metrics: undefined }),
      speech: async () => speech.speech,
    }),
  }));
  client = new BedrockRuntimeClient({ ...cloud.aws, maxAttempts: 1, logger: quiet });
});
afterEach(async () => {
  client.destroy();
  await cloud.stop();
});

const nameOfFailure = async (running: Promise<unknown>): Promise<string> => {
  try {
    await running;
    return 'none';
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
};

const chunkOf = (event: Event) => ({ chunk: { bytes: Buffer.from(JSON.stringify({ event })) } });

test('each call leaves one line in the trace', async () => {
  const call = await openCall(client, [...opening(), ...closing]);
  await call.rest();
  await expect
    .poll(() => cloud.trace.entries())
    .toEqual([
      expect.objectContaining({
        service: 'bedrock-runtime',
        operation: 'InvokeModelWithBidirectionalStream',
        status: 200,
        error: undefined,
      }),
    ]);
});

test('a wrong secret is refused with the request, a wrong key for the frames with the first frame', async () => {
  const { credentials } = cloud.aws;
  const forged = { ...credentials, secretAccessKey: 'wrong' };
  const stranger = new BedrockRuntimeClient({ ...cloud.aws, credentials: forged, maxAttempts: 1, logger: quiet });
  // The request is signed with the right key; by the time its frames are, the key has changed.
  let uses = 0;
  const turncoat = new BedrockRuntimeClient({
    ...cloud.aws,
    maxAttempts: 1,
    logger: quiet,
    credentials: async () => {
      uses += 1;
      return { ...(uses === 1 ? credentials : forged), expiration: new Date(0) };
    },
  });
  const refused = await nameOfFailure(openCall(stranger, opening()));
  const later = await nameOfFailure(openCall(turncoat, opening()).then((call) => call.rest()));
  stranger.destroy();
  turncoat.destroy();
  expect([refused, later, uses > 1]).toEqual(['InvalidSignatureException', 'InvalidSignatureException', true]);
});

test('frames that are left out or repeated break the chain of signatures', async () => {
  const failures: string[] = [];
  for (const change of [(frame: Uint8Array) => [frame, frame], () => []]) {
    const meddling = new BedrockRuntimeClient({ ...cloud.aws, maxAttempts: 1, logger: quiet });
    let frames = 0;
    meddling.middlewareStack.add(
      (next) => (args) => {
        const { request } = args as unknown as { request: { body: Readable } };
        const sent = request.body;
        const changed = new Transform({
          objectMode: true,
          transform(frame: Uint8Array, _encoding, done) {
            frames += 1;
            for (const passed of frames === 2 ? change(frame) : [frame]) this.push(passed);
            done();
          },
        });
        // The SDK ends the body when the request has failed, whatever is still on its way.
        request.body = sent.pipe(changed.on('error', () => sent.unpipe()));
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low', name: 'meddle' },
    );
    failures.push(await nameOfFailure(openCall(meddling, [...opening(), ...closing]).then((call) => call.rest())));
    meddling.destroy();
  }
  expect(failures).toEqual(['InvalidSignatureException', 'InvalidSignatureException']);
});

test.each<[FaultKind, string]>([
  ['throttle', 'ThrottlingException'],
  ['server-error', 'InternalServerException'],
  ['duplicate', 'none'],
])('fault "%s" strikes a stream once', async (kind, failure) => {
  cloud.faults.load([{ kind, operation: 'InvokeModelWithBidirectionalStream' }]);
  const run = () => nameOfFailure(openCall(client, [...opening(), ...closing]).then((call) => call.rest()));
  expect([await run(), await run(), cloud.faults.struck()]).toEqual([failure, 'none', [1]]);
});

test.each<FaultKind>(['timeout-after-effect', 'crash'])(
  'with fault "%s" the stream breaks off, and its session ends',
  async (kind) => {
    cloud.faults.load([{ kind }]);
    const failure = await nameOfFailure(openCall(client, opening()));
    expect(failure).not.toBe('none');
    await expect.poll(() => cloud.trace.entries().map(({ fault }) => fault)).toEqual([kind]);
    expect(speech.ears.every((ear) => ear.isClosed())).toBe(true);
  },
);

test('a stream whose caller dies ends with him', async () => {
  const abort = new AbortController();
  const call = await openCall(client, opening(), { abort: abort.signal });
  abort.abort();
  await nameOfFailure(call.rest());
  await expect.poll(() => speech.ears.map((ear) => ear.isClosed())).toEqual([true]);
});

test('headers come before anything was said', async () => {
  const input = asyncQueue<InvokeModelWithBidirectionalStreamInput>(100, () => new Error('too much'));
  const sending = client.send(new InvokeModelWithBidirectionalStreamCommand({ modelId: MODEL, body: input.items }));
  input.push(chunkOf(sessionStart()));
  input.end();
  const { $metadata, body } = await sending;
  const events: unknown[] = [];
  for await (const event of body ?? []) events.push(event);
  expect([$metadata.httpStatusCode, events]).toEqual([200, []]);
});
