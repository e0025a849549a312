import type { AudioFormat } from '../../../../audio/format.ts';
import type { Endpointing, ToolDefinition } from '../speech-engine.ts';

/** What ears tell. */
export type HearingEvent =
  /** Somebody speaks, where it is known before any word is. */
  | { readonly type: 'speech-started' }
  /** Words so far of what is being said; may still change. */
  | { readonly type: 'partial'; readonly text: string }
  /** What was said; the caller has paused. */
  | { readonly type: 'final'; readonly text: string }
  /** Seconds that are billed, since the event before. */
  | { readonly type: 'billed'; readonly seconds: number }
  /** One utterance was lost; the next may be heard. */
  | { readonly type: 'failed'; readonly error: Error };

export interface Hearing {
  /** Never blocks; bounded, the oldest audio is dropped first. */
  readonly push: (audio: Uint8Array) => void;
  /** Ends after `close`; throws `EngineError` when the ears are lost. One reader. */
  readonly events: AsyncIterable<HearingEvent>;
  readonly droppedFrames: () => number;
  readonly close: () => void;
}

/** Ears. */
export interface SpeechToText {
  readonly formats: readonly AudioFormat[];
  /** Throws `EngineError`. */
  readonly open: (
    wish: { readonly format: AudioFormat; readonly language: string; readonly endpointing: Endpointing },
    signal: AbortSignal,
  ) => Promise<Hearing>;
}

export interface ToolUse {
  readonly toolUseId: string;
  readonly name: string;
  readonly input: unknown;
}

/** A conversation as language models want it; adapters join what one side said in a row. */
export type ChatMessage =
  | { readonly role: 'user'; readonly text: string }
  /** Nobody said it: an instruction for what comes next. */
  | { readonly role: 'note'; readonly text: string }
  | { readonly role: 'assistant'; readonly text: string; readonly toolUses: readonly ToolUse[] }
  | { readonly role: 'tool'; readonly results: readonly { readonly toolUseId: string; readonly content: unknown }[] };

export type ChatEvent =
  | { readonly type: 'text'; readonly text: string }
  | ({ readonly type: 'tool-use' } & ToolUse)
  | { readonly type: 'billed'; readonly inputTokens: number; readonly outputTokens: number };

export interface ChatRequest {
  readonly system: string;
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolDefinition[];
  /** Of the answer; enough for some spoken sentences when absent. */
  readonly maxTokens?: number;
  readonly signal: AbortSignal;
}

/** The mind. */
export interface ChatModel {
  /** Ends with the answer; throws `EngineError`, also when it broke off in its middle. */
  readonly answer: (request: ChatRequest) => AsyncIterable<ChatEvent>;
}

export interface SpeechRequest {
  readonly text: string;
  readonly voice: string;
  readonly language: string;
  readonly format: AudioFormat;
  readonly signal: AbortSignal;
}

/** The mouth. */
export interface TextToSpeech {
  readonly formats: readonly AudioFormat[];
  /** Audio in pieces of any even length; throws `EngineError`. */
  readonly speak: (request: SpeechRequest) => AsyncIterable<Uint8Array>;
}
