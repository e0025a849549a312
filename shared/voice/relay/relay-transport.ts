import type { AudioFormat } from '../../../audio/format.ts';
import { inboundQueue } from '../direct/inbound-queue.ts';
import { outboundQueue } from '../direct/outbound-queue.ts';
import { type ProblemNotice, readAudio } from '../direct/read-client-message.ts';
import { expectAgain, type NumberedAudio } from '../direct/resent-audio.ts';
import {
  createFrameWindow,
  type FrameWindow,
  RELAY_WINDOW_BOUNDS,
  type WindowRelease,
} from '../protocol/frame-window.ts';
import { ClientMessage } from '../protocol/messages.ts';
import type { SessionClock } from '../session/clock.ts';
import type { VoiceTransport } from '../session/transport.ts';
import { callerPost } from './caller-post.ts';
import type { SocketConnections } from './connections-apigateway.ts';
import type { RelayEnvelope } from './envelope.ts';

export interface RelayTransportOptions {
  readonly sockets: SocketConnections;
  readonly clock: SessionClock;
  /** The caller's connection, where it is known already. */
  readonly clientConnectionId: string | undefined;
  readonly inputSampleRateHertz: number;
  readonly outputSampleRateHertz: number;
  readonly epoch: number;
  /** Lets go of the owner's own connection. */
  readonly closeLink: () => void;
}

export interface RelayTransport extends VoiceTransport {
  readonly kind: 'relay';
  /** Takes what came over the owner's connection. */
  readonly hear: (envelope: RelayEnvelope) => void;
  /** The owner's connection is down for good. */
  readonly lost: () => void;
}

/** API Gateway closes a connection after two hours; ten minutes are enough to open another. */
const RENEWAL_AFTER_MS = 110 * 60_000;
const RENEWAL_WITHIN_SECONDS = 10 * 60;
const MAX_BAD_AUDIO = 5;
/** Longer than any answer; a session that says more has lost its senses. */
const MAX_QUEUED_MS = 300_000;

/**
 * A caller behind the WebSocket API: words come in envelopes over the owner's own connection, answers go straight to
 * the caller's connection. The caller's connection may change (`session.resume`); what comes from any other than the
 * present one is not heard.
 */
export const relayTransport = (options: RelayTransportOptions): RelayTransport => {
  const { sockets, clock } = options;
  const input: AudioFormat = { encoding: 'pcm16', sampleRateHertz: options.inputSampleRateHertz };
  const output: AudioFormat = { encoding: 'pcm16', sampleRateHertz: options.outputSampleRateHertz };
  const inbound = inboundQueue();
  const outbound = outboundQueue(output);
  const window = lateWindow();
  const over = new AbortController();
  let connectionId = options.clientConnectionId;
  let epoch = options.epoch;
  let badAudio = 0;
  let renewal = new AbortController();

  const post = callerPost({
    sockets,
    clock,
    next: (nowMs) => outbound.take(nowMs),
    connectionId: () => connectionId,
    gone: (dead) => left(dead),
  });
  const left = (dead: string): void => {
    if (dead !== connectionId) return;
    connectionId = undefined;
    renewal.abort();
    inbound.push({ type: 'disconnected' });
  };
  const passOn = ({ frames, lost }: WindowRelease<NumberedAudio>): void => {
    if (lost > 0) inbound.push({ type: 'lost', frames: lost });
    for (const frame of frames) inbound.push({ type: 'audio', ...frame });
  };
  const patience = gapPatience(clock, over.signal, () => {
    passOn(window.expire(clock.now()));
    return window.held() > 0;
  });
  const refuse = (problem: ProblemNotice): void => {
    badAudio += 1;
    const isTooMuch = badAudio > MAX_BAD_AUDIO;
    post.urgent(isTooMuch ? { ...problem, closeCode: 4400 } : problem);
    const rude = connectionId;
    if (!isTooMuch || rude === undefined) return;
    void post
      .idle()
      .then(() => sockets.close(rude))
      .catch(() => undefined);
    left(rude);
  };
  const hearAudio = ({ seq, audio }: Extract<ClientMessage, { type: 'audio' }>): void => {
    const samples = readAudio(audio, input);
    if (samples instanceof Uint8Array) passOn(window.push(seq, { seq, audio: samples }, clock.now()));
    else refuse(samples);
    if (window.held() > 0) patience.wait();
  };
  const resume = (from: string, message: Extract<ClientMessage, { type: 'session.resume' }>): void => {
    connectionId = from;
    passOn(window.restart());
    outbound.rewind(message.lastPlayedSeq);
    inbound.push(message);
    watchAge();
    post.wake();
  };
  /** As old as this owner knows it: an earlier end of its two hours is told by its closing. */
  const watchAge = (): void => {
    renewal.abort();
    renewal = new AbortController();
    const signal = AbortSignal.any([renewal.signal, over.signal]);
    const remind = () => post.urgent({ ...RENEWAL, epoch });
    clock.sleep(RENEWAL_AFTER_MS, signal).then(remind, () => undefined);
  };
  const stop = (): void => {
    over.abort(new Error('The transport is closed.'));
    renewal.abort();
    options.closeLink();
    inbound.end();
  };
  if (connectionId !== undefined) watchAge();

  return {
    kind: 'relay',
    input,
    output,
    messages: inbound.messages,
    audioSeq: outbound.audioSeq,
    hear: ({ connectionId: from, message }) => {
      if (message.type === 'disconnected') return left(from);
      const parsed = ClientMessage.safeParse(message);
      if (!parsed.success) return message.type === 'look' ? inbound.push({ type: 'look' }) : undefined;
      if (parsed.data.type === 'session.resume') return resume(from, parsed.data);
      if (from !== connectionId) return;
      if (parsed.data.type === 'audio') hearAudio(parsed.data);
      else if (parsed.data.type !== 'ping') inbound.push(parsed.data);
    },
    lost: () => {
      inbound.push({ type: 'disconnected' });
      stop();
    },
    send: (message) => {
      if (over.signal.aborted) return;
      if ('epoch' in message) epoch = Math.max(epoch, message.epoch);
      expectAgain(window, message, clock.now());
      outbound.push(message);
      if (outbound.queuedMs() > MAX_QUEUED_MS && connectionId !== undefined) left(connectionId);
      post.wake();
    },
    flush: (notice) => {
      const dropped = outbound.flush(notice.turn);
      post.urgent({ type: 'interrupted', ...notice });
      return dropped;
    },
    close: async () => {
      for (const { message } of outbound.takeAll()) post.urgent(message);
      await post.idle();
      stop();
      if (connectionId !== undefined) await sockets.close(connectionId);
    },
    release: async () => {
      post.stop();
      stop();
    },
  };
};

/** The gateway may have had frames before this owner could hear any. */
const lateWindow = (): FrameWindow<NumberedAudio> => {
  const window = createFrameWindow<NumberedAudio>(RELAY_WINDOW_BOUNDS);
  window.restart();
  return window;
};

const RENEWAL = {
  type: 'warning',
  code: 'connection-renewal',
  message: 'This connection will be closed. Open another one with session.resume.',
  withinSeconds: RENEWAL_WITHIN_SECONDS,
} as const;

const LOOK_AGAIN_MS = 100;

/** Looks again after a while as long as frames wait for an earlier one: nobody may speak after them. */
const gapPatience = (clock: SessionClock, signal: AbortSignal, look: () => boolean) => {
  let isWaiting = false;
  const wait = (): void => {
    if (isWaiting) return;
    isWaiting = true;
    const lookAgain = () => {
      isWaiting = false;
      if (look()) wait();
    };
    clock.sleep(LOOK_AGAIN_MS, signal).then(lookAgain, () => undefined);
  };
  return { wait };
};
