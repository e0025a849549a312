import type { WebSocket } from 'ws';
import type { ApiStage } from '../api-gateway/declared.ts';
import type { CloudClock, JsonObject } from '../core/service.ts';
import { FRAME_LIMIT_BYTES } from './frame-meter.ts';

/** How long a connection may be idle and how long it may last, in milliseconds (API Gateway quotas, 2026-11). */
const IDLE_LIMIT_MS = 10 * 60_000;
const DURATION_LIMIT_MS = 2 * 60 * 60_000;
/** How much may wait for a client that reads nothing before its connection is given up, in bytes; ours. */
const BUFFER_LIMIT_BYTES = 8 * 1024 * 1024;
/** How long a client may take to answer a close frame; ours. */
const CLOSE_GRACE_MS = 2000;

/** What is known of a connection from its handshake on. */
export interface ConnectionFacts {
  readonly connectionId: string;
  readonly stage: ApiStage;
  readonly connectedAtMs: number;
  readonly domainName: string;
  readonly sourceIp: string;
  readonly userAgent?: string;
  /** What the authorizer found out; told in every event. */
  readonly authorizer?: JsonObject;
}

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** API Gateway's words for the end of a connection, by the code that a client or the network left. */
const REASONS: Readonly<Record<number, string>> = { 1005: 'Client-side close frame status not set' };

/** Close codes that ws sends for its errors (RFC 6455, 7.4.1); 1002 for every other one. */
const VIOLATIONS: Readonly<Record<string, number>> = {
  WS_ERR_INVALID_UTF8: 1007,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
};

/** One client's socket with its limits in time; `ended` is called once, however it ends. */
export class Connection {
  readonly facts: ConnectionFacts;
  /** By the cloud's clock, in epoch milliseconds. */
  lastActiveAtMs: number;
  readonly #socket: WebSocket;
  readonly #clock: CloudClock;
  readonly #over = new AbortController();
  readonly #ended: (closed: Closed) => void;

  constructor(facts: ConnectionFacts, socket: WebSocket, clock: CloudClock, ended: (closed: Closed) => void) {
    this.facts = facts;
    this.#socket = socket;
    this.#clock = clock;
    this.#ended = ended;
    this.lastActiveAtMs = clock.now();
    for (const event of ['ping', 'pong'] as const) socket.on(event, () => this.touch());
    socket.on('error', ({ code = '' }: NodeJS.ErrnoException) => {
      // ws closes it for a violation of the protocol; an error of the network is followed by `close`.
      if (code.startsWith('WS_ERR')) this.#end({ code: VIOLATIONS[code] ?? 1002, reason: '' });
    });
    socket.once('close', (code, reason) => this.#end({ code, reason: reason.toString() || (REASONS[code] ?? '') }));
    this.#watch().catch(() => undefined);
  }

  get open(): boolean {
    return !this.#over.signal.aborted;
  }

  touch(): void {
    this.lastActiveAtMs = this.#clock.now();
  }

  /** Closes after ten idle minutes or two hours. */
  async #watch(): Promise<void> {
    const lastsUntilMs = this.facts.connectedAtMs + DURATION_LIMIT_MS;
    for (;;) {
      const untilMs = Math.min(lastsUntilMs, this.lastActiveAtMs + IDLE_LIMIT_MS);
      const leftMs = untilMs - this.#clock.now();
      if (leftMs <= 0) return this.close(1001, 'Going away');
      await this.#clock.sleep(leftMs, this.#over.signal);
    }
  }

  /** Sends a message of text in frames of at most 32 KB; what comes after the end is dropped. */
  send(data: Uint8Array): void {
    if (!this.open) return;
    this.touch();
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    for (let at = 0; ; at += FRAME_LIMIT_BYTES) {
      const fin = at + FRAME_LIMIT_BYTES >= bytes.length;
      this.#socket.send(bytes.subarray(at, at + FRAME_LIMIT_BYTES), { binary: false, fin });
      if (fin) break;
    }
    if (this.#socket.bufferedAmount > BUFFER_LIMIT_BYTES) this.#socket.terminate();
  }

  close(code: number, reason: string): void {
    if (!this.open) return;
    this.#socket.close(code, reason);
    // Whoever does not answer the close frame is gone.
    setTimeout(() => this.#socket.terminate(), CLOSE_GRACE_MS).unref();
    this.#end({ code, reason });
  }

  #end(closed: Closed): void {
    if (!this.open) return;
    this.#over.abort();
    this.#ended(closed);
  }

  /** Ends it with its cloud: nobody is told. */
  drop(): void {
    this.#over.abort();
    this.#socket.terminate();
  }
}
