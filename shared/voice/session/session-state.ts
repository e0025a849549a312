import type { CallCost } from '../../calls/call.ts';
import type { HistoryTurn } from '../engines/speech-engine.ts';
import type { AgentTerms, CallBriefing, Checkpoint } from '../keeper/call-keeper.ts';
import type { EndReason } from '../protocol/messages.ts';
import type { AgentSelf } from './agent-brain.ts';
import { NO_COST } from './call-cost.ts';
import { type Control, untouched } from './control-state.ts';
import { restoredSwitching } from './switching-state.ts';
import type { VoiceTransport } from './transport.ts';

/** What does not change while a session runs; but for engines of further agents, which come after those of the first. */
export interface SessionSetup {
  /** This owner's fencing token; stamped on all that is sent. */
  readonly epoch: number;
  readonly transport: VoiceTransport['kind'];
  readonly inputSampleRateHertz: number;
  readonly outputSampleRateHertz: number;
  /** In the order of use: the first, then what the call falls to. */
  readonly engines: readonly {
    readonly name: Checkpoint['engine'];
    /** Of which of the agents that this owner has prepared: a call falls to an engine of the same. */
    readonly cast: number;
    readonly renewal: { readonly armAfterMs: number; readonly forceAfterMs: number } | undefined;
  }[];
  /** When this process is stopped from outside; undefined: never, as far as it knows. */
  readonly deadlineMs: number | undefined;
  readonly canRecord: boolean;
}

export type Phase = 'claiming' | 'describing' | 'opening' | 'talking' | 'ending' | 'over';

export interface SessionState {
  readonly phase: Phase;
  readonly setup: SessionSetup;
  readonly startedAtMs: number;
  readonly briefing: CallBriefing | undefined;
  readonly self: AgentSelf | undefined;
  readonly client: ClientState;
  readonly talk: Talk;
  readonly speech: Speech;
  readonly streams: Streams;
  readonly tools: readonly PendingTool[];
  readonly journal: Journal;
  readonly money: Money;
  readonly handOver: HandOver;
  readonly control: Control;
  readonly switching: Switching;
  readonly ending: Ending | undefined;
  /** The agent or the caller decided on a person; a successor must not decide anew. */
  readonly handoff: Checkpoint['handoff'];
}

export interface ClientState {
  readonly lostAtMs: number | undefined;
  readonly connectedSinceMs: number;
  readonly renewalWarned: boolean;
  readonly voice: string;
  readonly language: string;
  readonly recordingConsent: boolean;
  readonly contextOverride: Readonly<Record<string, unknown>>;
  readonly keys: { readonly digits: string; readonly lastAtMs: number } | undefined;
}

/** Who said what, and what still waits for an answer. */
export interface Talk {
  /** The greeting is 0; the caller's words and the answer to them have the same number. */
  readonly turn: number;
  /** Final texts, oldest first, the caller's unanswered words among them. */
  readonly history: readonly HistoryTurn[];
  readonly unanswered: Unanswered | undefined;
  /** The caller's words of this turn; kept after the answer, in case it does not reach the caller. */
  readonly question: string | undefined;
  /** Since when the caller has been making sounds that no text has followed yet. */
  readonly speechSinceMs: number | undefined;
  readonly isSpeaking: boolean;
  readonly speechEndedAtMs: number | undefined;
  /** Since when the caller has been making sounds without a pause. */
  readonly soundSinceMs: number | undefined;
  /** Up to here the caller's audio has become text: none of it may be heard a second time. */
  readonly accountedMs: number;
  /** Up to here its text is known; earlier than `accountedMs` while an engine answers words it has not told yet. */
  readonly wordsMs: number;
  /** The last time either side said something. */
  readonly activeAtMs: number;
  /** Times "are you still there?" was asked since the caller's last words. */
  readonly idleAsks: number;
  readonly toolUses: number;
  readonly fillerSaid: boolean;
  /** Tool uses that have had their result; the newest few. */
  readonly answeredTools: readonly string[];
  /** The open question waits until a phrase of ours has been said: engines drop what they say when they are asked. */
  readonly isHeldBack: boolean;
  /** Text given to the engine that it may give back as the caller's. */
  readonly echo: string | undefined;
}

export interface Unanswered {
  readonly text: string;
  readonly sinceMs: number;
  /** Audio of an answer (not of a filler) has gone out. */
  readonly answerBegun: boolean;
  readonly nudged: boolean;
}

/** A piece of the agent's text and the stretch of its turn's audio that speaks it. */
export interface Part {
  readonly responseId: string;
  readonly text: string;
  readonly isFinal: boolean;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What the agent says and how far it was played. */
export interface Speech {
  /** Whose audio the positions are of. */
  readonly turn: number;
  /** What has not become an entry yet. */
  readonly parts: readonly Part[];
  readonly sentMs: number;
  /** Where the caller's player is, as far as known: by its last report and the time since. */
  readonly headMs: number;
  readonly headAtMs: number;
  /** When everything sent has been played, if nothing holds it up. */
  readonly dueAtMs: number;
  readonly beganAtMs: number | undefined;
  readonly latencyMs: number | undefined;
  /** Under way at the engine. */
  readonly response: { readonly id: string; readonly heard: boolean; readonly isPhrase: boolean } | undefined;
  /** Responses of which nothing may be sent any more; the newest few. */
  readonly cut: readonly string[];
  /** Responses the engine has finished; the newest few. Late final texts of them may follow. */
  readonly ended: readonly string[];
  /** The caller, or we, cut it off: until when the player's last report is waited for. */
  readonly cutAt: { readonly atMs: number; readonly settleByMs: number; readonly byUs: boolean } | undefined;
  /** Phrases of ours given to the engine to say. */
  readonly phrases: readonly string[];
  readonly lastEventMs: number;
  /** How fast this voice speaks, as far as heard; for text of which not all audio has come. */
  readonly msPerCharacter: number;
  readonly lastLatencyMs: number | undefined;
}

export type RenewalCause = 'start' | 'age' | 'idle' | 'error' | 'engine' | 'switch' | 'settings';

/** Streams to the model: the one that talks, and the one that follows it. */
export interface Streams {
  readonly engine: number;
  readonly lastId: number;
  readonly current: { readonly id: number; readonly openedAtMs: number } | undefined;
  readonly next:
    | {
        readonly id: number;
        readonly engine: number;
        readonly cause: RenewalCause;
        readonly turn: number;
        /** The last words that it was told of. */
        readonly lastWords: string;
        readonly isOpen: boolean;
        readonly sinceMs: number;
      }
    | undefined;
  readonly extraLine: 'none' | 'asked' | 'held' | 'refused';
  /** Failures in a row, without a stream that did its work in between. */
  readonly failures: number;
  readonly retry: { readonly atMs: number; readonly cause: RenewalCause } | undefined;
  /** Since when the caller has been without a stream. */
  readonly lostAtMs: number | undefined;
  /** Said once the next stream is up. */
  readonly apology: boolean;
  readonly renewals: number;
}

/** Who speaks for the business, and whom or how somebody wants instead. */
export interface Switching {
  /** The agent that has the call since the caller has switched; undefined: the one it was opened with. */
  readonly agentId: string | undefined;
  /** It has not said who it is. */
  readonly isNew: boolean;
  /** Number of its engines and brain among those that this owner has prepared; 0: those of the briefing. */
  readonly cast: number;
  readonly lastWish: number;
  /** The latest settings that were asked for. */
  readonly seenSettings: number;
  readonly wish:
    | {
        readonly id: number;
        readonly kind: 'switch' | 'settings';
        readonly agentId: string;
        /** `waiting` until `atMs`, and for the call to talk. */
        readonly status: 'waiting' | 'asked' | 'found' | 'elsewhere';
        readonly atMs: number;
        readonly found:
          | {
              readonly terms: AgentTerms;
              readonly self: AgentSelf;
              readonly cast: number;
              readonly firstEngine: number;
            }
          | undefined;
      }
    | undefined;
}

export interface PendingTool {
  readonly stream: number;
  readonly toolUseId: string;
  readonly name: string;
  readonly turn: number;
  readonly startedAtMs: number;
}

export interface Journal {
  readonly nextEntry: number;
  readonly lostFrames: number;
  readonly lostSinceMs: number | undefined;
  readonly recordedAtMs: number;
  readonly recordedMicroUsd: number;
}

export interface Money {
  /** Of the owners before, and of the model since. */
  readonly spent: CallCost;
  readonly carried: CallCost;
  readonly tenantSpentMicroUsd: number;
  readonly warned: boolean;
  readonly steered: boolean;
  readonly meteredAtMs: number;
}

export interface HandOver {
  readonly status: 'none' | 'asked' | 'accepted';
  readonly tries: number;
  readonly retryAtMs: number;
  /** Where nobody said when this process is stopped, but it was asked to go: by then it will have gone. */
  readonly deadlineMs: number | undefined;
}

export interface Ending {
  readonly reason: EndReason;
  /** The caller's words call it off. */
  readonly isSoft: boolean;
  readonly notBeforeMs: number;
  readonly deadlineMs: number;
}

export function initialState(setup: SessionSetup, nowMs: number): SessionState {
  return {
    phase: 'claiming',
    setup,
    startedAtMs: nowMs,
    briefing: undefined,
    self: undefined,
    client: {
      lostAtMs: undefined,
      connectedSinceMs: nowMs,
      renewalWarned: false,
      voice: '',
      language: 'en-US',
      recordingConsent: false,
      contextOverride: {},
      keys: undefined,
    },
    talk: {
      turn: 0,
      history: [],
      unanswered: undefined,
      question: undefined,
      speechSinceMs: undefined,
      isSpeaking: false,
      speechEndedAtMs: undefined,
      soundSinceMs: undefined,
      accountedMs: nowMs,
      wordsMs: nowMs,
      activeAtMs: nowMs,
      idleAsks: 0,
      toolUses: 0,
      fillerSaid: false,
      answeredTools: [],
      isHeldBack: false,
      echo: undefined,
    },
    speech: silentSpeech(0, nowMs),
    streams: {
      engine: 0,
      lastId: 0,
      current: undefined,
      next: undefined,
      extraLine: 'none',
      failures: 0,
      retry: undefined,
      lostAtMs: undefined,
      apology: false,
      renewals: 0,
    },
    tools: [],
    journal: { nextEntry: 0, lostFrames: 0, lostSinceMs: undefined, recordedAtMs: nowMs, recordedMicroUsd: 0 },
    money: {
      spent: NO_COST,
      carried: NO_COST,
      tenantSpentMicroUsd: 0,
      warned: false,
      steered: false,
      meteredAtMs: nowMs,
    },
    handOver: { status: 'none', tries: 0, retryAtMs: 0, deadlineMs: undefined },
    control: untouched(nowMs),
    switching: restoredSwitching(),
    ending: undefined,
    handoff: undefined,
  };
}

const silentSpeech = (turn: number, nowMs: number): Speech => ({
  turn,
  parts: [],
  sentMs: 0,
  headMs: 0,
  headAtMs: nowMs,
  dueAtMs: nowMs,
  beganAtMs: undefined,
  latencyMs: undefined,
  response: undefined,
  cut: [],
  ended: [],
  cutAt: undefined,
  phrases: [],
  lastEventMs: nowMs,
  msPerCharacter: 65,
  lastLatencyMs: undefined,
});
