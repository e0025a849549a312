import type { CallCost, CallEntry } from '../../calls/call.ts';
import type { AgentContext } from '../../customers/customer-memory.ts';
import type { CallTransfer } from '../../transfer/call-transfer.ts';
import type {
  Endpointing,
  EngineErrorKind,
  EngineEvent,
  EngineInput,
  HistoryTurn,
  ToolDefinition,
} from '../engines/speech-engine.ts';
import type { AgentRefusal, AgentTerms, CallBriefing, CallLook, Checkpoint } from '../keeper/call-keeper.ts';
import type { CloseCode, EndReason } from '../protocol/messages.ts';
import type { AgentSelf } from './agent-brain.ts';
import type { SessionSetup } from './session-state.ts';
import type { ToolOutcome } from './tools.ts';
import type { InboundMessage, OutboundMessage } from './transport.ts';

/** All that can happen to a session. Streams are numbered by the machine; what comes from one bears its number. */
export type SessionEvent =
  | { readonly type: 'claimed'; readonly briefing: CallBriefing }
  | { readonly type: 'described'; readonly self: AgentSelf }
  /** The agent could not be reached; nothing can be said without it. */
  | { readonly type: 'start-failed'; readonly why: string }
  | { readonly type: 'client'; readonly message: Exclude<InboundMessage, { type: 'audio' | 'look' }> }
  /** The transport ended: the caller does not come back. */
  | { readonly type: 'client-gone' }
  /** The caller began or ceased to make sounds; `atMs` is when, not when it was noticed. */
  | { readonly type: 'speech'; readonly active: boolean; readonly atMs: number }
  | { readonly type: 'stream-opened'; readonly stream: number }
  /** It could not be opened, or it broke, or it ended without being asked to. */
  | { readonly type: 'stream-failed'; readonly stream: number; readonly kind: EngineErrorKind }
  | {
      readonly type: 'engine';
      readonly stream: number;
      readonly event: Exclude<EngineEvent, { type: 'audio' | 'usage' }>;
    }
  /** In the transport's format. */
  | {
      readonly type: 'agent-audio';
      readonly stream: number;
      readonly responseId: string;
      readonly audio: Uint8Array;
      readonly ms: number;
    }
  | { readonly type: 'flushed'; readonly turn: number; readonly droppedMs: number }
  | {
      readonly type: 'tool-settled';
      readonly stream: number;
      readonly toolUseId: string;
      readonly outcome: ToolOutcome;
    }
  | { readonly type: 'extra-line'; readonly granted: boolean }
  | { readonly type: 'handed-over'; readonly accepted: boolean }
  | { readonly type: 'stored'; readonly tenantSpentMicroUsd: number; readonly spentMicroUsd?: number }
  /** Too much could not be stored for too long. */
  | { readonly type: 'storing-failed' }
  /** The model was used; `cost` is what this use cost. */
  | { readonly type: 'used'; readonly cost: CallCost }
  /** What carrying and computing have cost since this owner began, in all. */
  | { readonly type: 'carried'; readonly cost: CallCost }
  /** What people outside want of the call. */
  | {
      readonly type: 'looked';
      readonly look: CallLook;
      /** Whom the look was about, where not about the agent the call was opened with. */
      readonly agentId?: string;
    }
  /** The agent that was wanted may be spoken to; its engines come after those known so far. */
  | {
      readonly type: 'agent-found';
      readonly wish: number;
      readonly cast: number;
      readonly engines: readonly Omit<SessionSetup['engines'][number], 'cast'>[];
      readonly terms: AgentTerms;
      readonly self: AgentSelf;
    }
  /** Another process must hold the call with it. */
  | { readonly type: 'agent-elsewhere'; readonly wish: number; readonly agentName: string }
  | {
      readonly type: 'agent-refused';
      readonly wish: number;
      readonly code: AgentRefusal | 'agent-unreachable';
      readonly detail: string;
      readonly retryable: boolean;
    }
  /** Somebody outside has decided that the call ends. */
  | { readonly type: 'ended-outside'; readonly reason: EndReason }
  /** Somebody else owns the call, or the lease ran out. */
  | { readonly type: 'fenced' }
  | { readonly type: 'abort' }
  | { readonly type: 'tick' };

/** What a stream is opened with, apart from formats, model and the engine's own name of the voice. */
export interface StreamPlan {
  readonly systemPrompt: string;
  readonly tools: readonly ToolDefinition[];
  readonly history: readonly HistoryTurn[];
}

/** How a stream is to speak and listen. */
export interface StreamWishes {
  readonly voice: string;
  readonly language: string;
  readonly endpointing: Endpointing;
}

/** All that a session does. The runner carries effects out in order. */
export type Effect =
  | { readonly type: 'describe' }
  | { readonly type: 'send'; readonly message: Exclude<OutboundMessage, { type: 'audio' }> }
  | { readonly type: 'play'; readonly turn: number; readonly audio: Uint8Array }
  | { readonly type: 'flush'; readonly turn: number }
  /** Opens a stream of the engine with this index. */
  | {
      readonly type: 'open-stream';
      readonly stream: number;
      readonly engine: number;
      readonly plan: StreamPlan;
      readonly wishes: StreamWishes;
    }
  /** Asks for an agent's terms, and, unless that is known, the agent for what it is. */
  | {
      readonly type: 'find-agent';
      readonly wish: number;
      readonly agentId: string;
      readonly self: AgentSelf | undefined;
    }
  /** From now on the caller's audio goes to this stream, first what he said from `replayFromMs` on. */
  | { readonly type: 'use-stream'; readonly stream: number; readonly replayFromMs: number | undefined }
  | { readonly type: 'close-stream'; readonly stream: number }
  | { readonly type: 'feed'; readonly stream: number; readonly input: Exclude<EngineInput, { type: 'audio' }> }
  | {
      readonly type: 'run-tool';
      /** Whose brain. */
      readonly cast: number;
      readonly stream: number;
      readonly toolUseId: string;
      readonly name: string;
      readonly input: unknown;
      readonly history: readonly HistoryTurn[];
      /** What holds for now. */
      readonly live: AgentContext['live'];
    }
  | { readonly type: 'cancel-tool'; readonly stream: number; readonly toolUseId: string }
  | {
      readonly type: 'record';
      readonly entries: readonly CallEntry[];
      /** To be sent once the entries are stored. */
      readonly announcements: readonly Exclude<OutboundMessage, { type: 'audio' }>[];
      readonly checkpoint: Checkpoint;
      readonly spentMicroUsd: number;
    }
  | { readonly type: 'take-extra-line' }
  | { readonly type: 'release-extra-line' }
  | { readonly type: 'hand-over'; readonly checkpoint: Checkpoint }
  | { readonly type: 'start-recording' }
  | { readonly type: 'stop'; readonly stop: Stop };

/** The last effect of a session. */
export type Stop =
  | {
      readonly how: 'ended';
      readonly reason: EndReason;
      readonly closeCode: CloseCode;
      readonly checkpoint: Checkpoint | undefined;
      readonly entries: readonly CallEntry[];
    }
  /** The phone call is put through to a person. */
  | {
      readonly how: 'parked';
      readonly transfer: CallTransfer;
      readonly checkpoint: Checkpoint;
      readonly entries: readonly CallEntry[];
    }
  /** The successor has the call, or will find it. */
  | { readonly how: 'handed-over' }
  | { readonly how: 'fenced' };
