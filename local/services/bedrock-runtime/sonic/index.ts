import { randomUUID } from 'node:crypto';
import type * as client from '@aws-sdk/client-bedrock-runtime';
import { AwsError, type CloudContext } from '../../../core/service.ts';
import type { Speech } from '../../../speech/speech.ts';
import { validation } from '../../bedrock/common.ts';
import type { Converse } from '../engine/index.ts';
import { requireSonicModel } from './models.ts';
import { type EndOfTurnMs, openSession } from './session.ts';

/** Pauses that end a turn with Nova 2 Sonic (Nova 2 user guide, "Turn taking"). */
export const NOVA_END_OF_TURN_MS: EndOfTurnMs = { HIGH: 1500, MEDIUM: 1750, LOW: 2000 };
/** Ours: the embedded ear decides sooner, so that a conversation on one's own machine is brisk. */
const EMBEDDED_END_OF_TURN_MS: EndOfTurnMs = { HIGH: 500, MEDIUM: 650, LOW: 900 };

/** Concurrent streams of an account (Nova 2 user guide, "Quotas", default). */
const MAX_STREAMS = 20;
/** Nova Sonic produces speech about twice as fast as it is played. */
const DEFAULT_PACE = 2;

export interface SonicOptions {
  readonly converse: Converse;
  readonly speech: () => Promise<Speech>;
  readonly endOfTurnMs?: EndOfTurnMs | undefined;
  /** How many times faster than it is played audio is sent; 2 unless given. */
  readonly pace?: number | undefined;
}

type Invoke = (
  request: Pick<client.InvokeModelWithBidirectionalStreamRequest, 'modelId' | 'body'>,
) => Promise<client.InvokeModelWithBidirectionalStreamResponse>;

/**
 * `InvokeModelWithBidirectionalStream` of the embedded Nova Sonic. Rejects with `ValidationException`,
 * `ResourceNotFoundException` (ended model), `ThrottlingException` (too many streams); what goes wrong later is told
 * in the stream.
 */
export function makeSonic(
  { clock, log }: Pick<CloudContext, 'clock' | 'log'>,
  { converse, speech, endOfTurnMs = EMBEDDED_END_OF_TURN_MS, pace = DEFAULT_PACE }: SonicOptions,
): Invoke {
  let streams = 0;
  return async ({ modelId: idOrArn, body }) => {
    const modelId = requireSonicModel(idOrArn, clock.now());
    if (body === undefined) throw validation('The request has no stream.');
    if (streams >= MAX_STREAMS) {
      throw new AwsError('ThrottlingException', 'Too many requests, please wait before trying again.', 429);
    }
    streams += 1;
    const release = (): void => {
      streams -= 1;
    };
    try {
      const voice = { clock, log, converse, modelId, endOfTurnMs, pace, speech: await speech(), newId: randomUUID };
      const session = openSession(voice, bytesOf(body));
      void session.over.then(release);
      return { body: chunksOf(session.events) };
    } catch (error) {
      release();
      throw error;
    }
  };
}

async function* bytesOf(
  body: AsyncIterable<client.InvokeModelWithBidirectionalStreamInput>,
): AsyncGenerator<Uint8Array> {
  for await (const { chunk } of body) {
    if (chunk?.bytes === undefined) throw validation('An event of the stream lacks its bytes.');
    yield chunk.bytes;
  }
}

async function* chunksOf(
  events: AsyncIterable<object>,
): AsyncGenerator<client.InvokeModelWithBidirectionalStreamOutput> {
  for await (const event of events) yield { chunk: { bytes: Buffer.from(JSON.stringify({ event })) } };
}
