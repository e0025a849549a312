import type { AudioFormat } from '../../../../audio/format.ts';

/** A container that the model is filling. */
export interface OutputContent {
  readonly kind: 'TEXT' | 'AUDIO' | 'TOOL';
  readonly role: string;
  readonly stage: 'speculative' | 'final' | undefined;
  /** The response it belongs to; undefined: none, what comes in it is stale. */
  readonly responseId: string | undefined;
  /** Tool uses read in it, announced once it is whole: a result must not overtake its end. */
  readonly toolUses: readonly { readonly toolUseId: string; readonly name: string; readonly input: unknown }[];
}

/** One utterance of the agent. */
export interface SonicResponse {
  readonly id: string;
  readonly status: 'open' | 'ended' | 'interrupted';
  /** Its last audio has come; the text of what was said has perhaps not. */
  readonly audioEnded: boolean;
  readonly speculativeTexts: number;
  readonly finalTexts: number;
}

export interface SonicCounters {
  /** Events of a kind or a form that we do not know. */
  readonly unknownEvents: number;
  /** Texts and audio that came for a response which was over. */
  readonly staleEvents: number;
  /** Tool results that were not sent: the second for a tool use, or for one that never was. */
  readonly refusedToolResults: number;
  /** Our own texts that the model repeated as the caller's. */
  readonly echoes: number;
}

/** All that is known of one stream. */
export interface SonicState {
  readonly promptName: string;
  readonly audio: { readonly promptName: string; readonly contentName: string };
  readonly inputFormat: AudioFormat;
  readonly nextContent: number;
  readonly nextResponse: number;
  /** By contentId, in the order they were opened. */
  readonly contents: ReadonlyMap<string, OutputContent>;
  /** The newest last; only those that something may still come for. */
  readonly responses: readonly SonicResponse[];
  /** The caller's words came since the newest response began. */
  readonly userSpoke: boolean;
  readonly tools: ReadonlyMap<string, 'asked' | 'answered'>;
  readonly injected: readonly string[];
  readonly closed: boolean;
  readonly counters: SonicCounters;
}
