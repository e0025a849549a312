import type { AudioFormat } from '../../../audio/format.ts';

/** A tool the model may use; `inputSchema` is JSON Schema. */
export interface ToolDefinition {
  /** At most 32 characters: longer ones make speech models stumble. */
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

/** One finished turn of before, replayed into a fresh stream. */
export interface HistoryTurn {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

export type Endpointing = 'low' | 'medium' | 'high';

/** Everything a stream is opened with. */
export interface EngineSettings {
  readonly modelId: string;
  readonly systemPrompt: string;
  readonly tools: readonly ToolDefinition[];
  readonly voice: string;
  readonly language: string;
  /** How soon a pause counts as the end of a turn. */
  readonly endpointing: Endpointing;
  readonly input: AudioFormat;
  readonly output: AudioFormat;
  /** Final texts only; the engine trims them to what its model takes. */
  readonly history: readonly HistoryTurn[];
}

export type EngineInput =
  | { readonly type: 'audio'; readonly audio: Uint8Array }
  /** The caller typed or pressed keys (`user`), or the session steers the model without the caller hearing it (`note`). */
  | { readonly type: 'text'; readonly role: 'user' | 'note'; readonly text: string }
  /** Says this text aloud, as near to word for word as the engine can: greeting, filler, bridge phrase. */
  | { readonly type: 'say'; readonly text: string }
  /** From now on the engine hears and writes down the caller but answers nothing; it still says what it is told to. An engine that cannot do so ignores it: its answers are dropped. */
  | { readonly type: 'listen-only'; readonly on: boolean }
  | { readonly type: 'tool-result'; readonly toolUseId: string; readonly content: unknown }
  /** How much of a response the caller has heard, so that an engine which keeps the conversation forgets the rest when it is cut off. */
  | { readonly type: 'played'; readonly responseId: string; readonly playedMs: number };

/** Tokens since the usage event before. */
export interface EngineUsage {
  readonly inputSpeechTokens: number;
  readonly inputTextTokens: number;
  readonly outputSpeechTokens: number;
  readonly outputTextTokens: number;
  /** Cascade: what the parts bill by. */
  readonly transcribedSeconds?: number;
  readonly synthesizedCharacters?: number;
}

/**
 * - `throttled`, `quota`: too much at once; again after a pause
 * - `filtered`: the model refused the content; the call goes on
 * - `timed-out`, `unavailable`: the service failed; again with a fresh stream
 * - `idle`, `expired`: the stream ended by its own deadline; a fresh one at once
 * - `invalid`: we sent nonsense; never again the same
 * - `denied`: credentials or permissions; never again
 */
export type EngineErrorKind =
  | 'throttled'
  | 'quota'
  | 'filtered'
  | 'timed-out'
  | 'unavailable'
  | 'idle'
  | 'expired'
  | 'invalid'
  | 'denied';

export class EngineError extends Error {
  readonly kind: EngineErrorKind;
  constructor(kind: EngineErrorKind, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'EngineError';
    this.kind = kind;
  }
}

/**
 * What a stream says. A `response` is one uninterrupted utterance of the agent (its text may come in several parts,
 * each before its audio); ids are unique within a stream.
 */
export type EngineEvent =
  /** The caller began to speak, where the engine tells it. */
  | { readonly type: 'speech-started' }
  /** The caller's words; final ones close his turn. */
  | { readonly type: 'user-text'; readonly text: string; readonly final: boolean }
  /** Text that will be spoken (`speculative`) or was (`final`). */
  | {
      readonly type: 'agent-text';
      readonly responseId: string;
      readonly text: string;
      readonly stage: 'speculative' | 'final';
    }
  | { readonly type: 'audio'; readonly responseId: string; readonly audio: Uint8Array }
  /** The caller cut the agent off: nothing of this response comes any more. */
  | { readonly type: 'interrupted'; readonly responseId: string | undefined }
  /**
   * The agent has finished what it had to say; the caller's turn. A caller may still cut off what is being played:
   * `interrupted` can follow, and so can a late final text.
   */
  | { readonly type: 'response-ended'; readonly responseId: string | undefined }
  | { readonly type: 'tool-use'; readonly toolUseId: string; readonly name: string; readonly input: unknown }
  | { readonly type: 'usage'; readonly usage: EngineUsage }
  /** The content was refused, or something else went wrong that the stream survives. */
  | { readonly type: 'problem'; readonly error: EngineError };

/** One stream to a model. */
export interface EngineStream {
  /** Ends when the stream is over; throws `EngineError` when it broke. To be read by one reader. */
  readonly events: AsyncIterable<EngineEvent>;
  /** Queues without blocking. The queue is bounded: the oldest audio is dropped first, other input never. After `close` nothing is sent. */
  readonly send: (input: EngineInput) => void;
  /** Frames of audio dropped because the stream did not take them. */
  readonly droppedFrames: () => number;
  /** Ends the stream in good order (what is queued is not sent any more); resolves when it is down, at once when it is. */
  readonly close: () => Promise<void>;
}

/** A way to hear and to speak. */
export interface SpeechEngine {
  readonly name: 'nova-sonic' | 'openai-realtime' | 'cascade';
  /** Formats it takes and gives without conversion, the best one first. */
  readonly inputFormats: readonly AudioFormat[];
  readonly outputFormats: readonly AudioFormat[];
  /** Age in ms at which a fresh stream should replace this one, and by when it must; absent: streams do not age. */
  readonly renewal?: { readonly armAfterMs: number; readonly forceAfterMs: number };
  /** Silence must be sent when the microphone is quiet for this long; absent: not needed. */
  readonly keepAliveMs?: number;
  /** Opens a stream; resolves once it can take input. Throws `EngineError`. The signal kills it at any time. */
  readonly open: (settings: EngineSettings, signal: AbortSignal) => Promise<EngineStream>;
}
