import type { AudioFormat } from '../../../audio/format.ts';
import type { CallCost } from '../../calls/call.ts';
import type { Log } from '../../kernel/log.ts';
import type { EngineUsage, SpeechEngine } from '../engines/speech-engine.ts';
import type { CallBriefing, CallKeeper } from '../keeper/call-keeper.ts';
import type { EndReason } from '../protocol/messages.ts';
import type { AgentBrain } from './agent-brain.ts';
import type { SessionClock } from './clock.ts';
import type { VoiceTransport } from './transport.ts';

/** An engine as this call uses it. */
export interface EngineChoice {
  readonly engine: SpeechEngine;
  readonly modelId: string;
  /** The engine's name of the voice that was asked for, or the nearest it has. */
  readonly voiceFor: (wish: { readonly voice: string; readonly language: string }) => string;
}

/** What this owner has carried so far. */
export interface Carriage {
  readonly elapsedMs: number;
  readonly callerFrames: number;
  readonly sentMessages: number;
  readonly sentAudioMs: number;
  readonly transport: VoiceTransport['kind'];
  readonly channel: CallBriefing['channel'];
}

/** List prices, in millionths of a US dollar. */
export interface Pricing {
  readonly ofUsage: (
    usage: EngineUsage,
    engine: { readonly name: SpeechEngine['name']; readonly modelId: string },
  ) => CallCost;
  /** Of all carried since this owner began. */
  readonly ofCarriage: (carriage: Carriage) => CallCost;
}

/** Writes both directions down as they pass. Only ever opened with the caller's consent. */
export interface Recorder {
  readonly caller: (audio: Uint8Array, atMs: number) => void;
  /** As handed to the transport: in bursts, to be laid end to end from `atMs` on. */
  readonly agent: (audio: Uint8Array, atMs: number) => void;
  /** The caller cut the agent off: what would have been played after `atMs` was not. */
  readonly cut: (atMs: number) => void;
  /** Stores what there is, and notes with the call that there is a recording. */
  readonly close: () => Promise<void>;
}

export interface SessionDependencies {
  readonly callId: string;
  /** This owner's fencing token. */
  readonly epoch: number;
  readonly keeper: CallKeeper;
  /** Connects to the caller, once the call is claimed. */
  readonly connect: (briefing: CallBriefing) => Promise<VoiceTransport>;
  /** In the order of use: the one the agent is set to, then what a call falls to. At least one. */
  readonly engines: (briefing: CallBriefing) => readonly EngineChoice[];
  readonly brain: (briefing: CallBriefing) => AgentBrain;
  readonly openRecorder?: (recording: {
    readonly briefing: CallBriefing;
    readonly epoch: number;
    readonly caller: AudioFormat;
    readonly agent: AudioFormat;
  }) => Recorder;
  readonly pricing: Pricing;
  readonly clock: SessionClock;
  readonly log: Log;
  /** Aborts when this process is asked to go. */
  readonly signal: AbortSignal;
  /** Unix milliseconds at which this process is stopped (Lambda's end): the call is handed over before. Undefined: it is not. */
  readonly deadlineMs: number | undefined;
}

/** How a session came to its end for this owner. */
export type SessionOutcome =
  | { readonly how: 'ended'; readonly reason: EndReason }
  /** Put through to a person: nobody owns the call until it comes back or ends. */
  | { readonly how: 'parked' }
  | { readonly how: 'handed-over' }
  /** Somebody else owns the call; nothing was stored about its end. */
  | { readonly how: 'fenced' };
