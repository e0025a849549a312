import type { AudioFormat } from '../../../audio/format.ts';
import type { ClientMessage, CloseCode, ServerMessage } from '../protocol/messages.ts';

type WireAudio = Extract<ClientMessage, { type: 'audio' }>;
type WireServerAudio = Extract<ServerMessage, { type: 'audio' }>;

/** What reaches the session: audio is decoded and in the transport's `input` format, in order, each frame once. */
export type InboundMessage =
  | Exclude<ClientMessage, WireAudio>
  /** `seq`: the frame's number, where the wire numbers frames. */
  | { readonly type: 'audio'; readonly audio: Uint8Array; readonly seq?: number }
  /** Frames that never came or came too late. */
  | { readonly type: 'lost'; readonly frames: number }
  /** Somebody outside wants something of this call. */
  | { readonly type: 'look' }
  /** The client's connection is down; it may come back with `session.resume`. */
  | { readonly type: 'disconnected' };

/** What the session says: audio is in the transport's `output` format, any length; the transport cuts, paces and encodes it. */
export type OutboundMessage =
  | Exclude<ServerMessage, WireServerAudio>
  | { readonly type: 'audio'; readonly epoch: number; readonly turn: number; readonly audio: Uint8Array };

/** The wire between session owner and caller. */
export interface VoiceTransport {
  readonly kind: 'relay' | 'direct' | 'twilio';
  readonly input: AudioFormat;
  readonly output: AudioFormat;
  /** Ends when the caller is gone for good or the transport was closed. One reader. */
  readonly messages: AsyncIterable<InboundMessage>;
  /** Keeps order; never blocks; never throws. Past its bound (a client that does not read) the transport ends as `disconnected`. */
  readonly send: (message: OutboundMessage) => void;
  /** Where the transport numbers its audio frames: a successor goes on from its predecessor's number. */
  readonly audioSeq?: { readonly next: () => number; readonly startAt: (seq: number) => void };
  /** Drops audio that was given to `send` and is not on the wire yet, and tells the client to flush. Returns what was dropped. */
  readonly flush: (notice: { readonly epoch: number; readonly turn: number }) => { readonly droppedMs: number };
  /** Closes the caller's connection (and a phone call with it). */
  readonly close: (code: CloseCode) => Promise<void>;
  /** Puts the phone call through to where its next instructions say, and lets go. Absent where nobody can be put through. */
  readonly putThrough?: () => Promise<void>;
  /** Lets go without closing the caller's connection: a successor takes over. */
  readonly release: () => Promise<void>;
}
