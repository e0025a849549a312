import type { AgentRuntimeRecord } from '../../agents/agent.ts';
import type { Call } from '../../calls/call.ts';
import type { Operator } from '../../control/command.ts';
import type { LiveContext } from '../../control/live-context.ts';
import type { Identity } from '../../customers/customer.ts';
import type { AgentContext } from '../../customers/customer-memory.ts';
import type { OperatorTopic } from '../../live/topics.ts';
import type { CallTally } from '../../statistics/call-tally.ts';
import type { CallTransfer } from '../../transfer/call-transfer.ts';
import type { CallBriefing, CallLimits, Checkpoint } from '../keeper/call-keeper.ts';
import type { EndReason } from '../protocol/messages.ts';
import type { VoiceSettings } from '../voice-settings.ts';

/** What a call is held with: fixed when it is opened. */
export interface SessionTerms {
  readonly agentName: string;
  readonly agentVersion?: number;
  readonly runtime: Pick<AgentRuntimeRecord, 'agentRuntimeArn' | 'endpointName'>;
  readonly settings: VoiceSettings;
  /** Revision of the agent's row that they are of. */
  readonly settingsVersion?: number;
  readonly limits: CallLimits;
  readonly contextOverride: Readonly<Record<string, unknown>>;
  /** Where the telephone provider asks what comes after the media stream; of a phone call. */
  readonly nextUrl?: string;
  /** Who speaks, where the network or the ticket tells it. */
  readonly identity?: Identity;
  /** What the agent is told about its business. */
  readonly business?: AgentContext['business'];
  /** What the agent is told for now. */
  readonly live?: LiveContext;
  /** Wishes of `session.start`; absent until the client has sent it. */
  readonly client?: Checkpoint['client'];
}

/**
 * Row `call#{callId}` of the sessions table: who owns the call, and where its ends are. Times in Unix milliseconds.
 *
 * Two numbers fence owners. `epoch` is that of the newest owner called into being, `claimedEpoch` that of the newest
 * one that answered. An owner may write while `claimedEpoch` is its own; so one that hands over goes on until its
 * successor has really come.
 */
export interface VoiceSession extends SessionTerms {
  readonly callId: Call['callId'];
  readonly userId: string;
  readonly agentId: string;
  readonly channel: Call['channel'];
  readonly direction: Call['direction'];
  readonly transport: Call['transport'];
  /** `parked`: the call is put through to a person, and nobody owns it. */
  readonly status: 'open' | 'parked' | 'ended';
  /** The newest; the call's row shows the same. */
  readonly transfer?: CallTransfer;
  /** 0 until an owner is called. */
  readonly epoch: number;
  readonly claimedEpoch: number;
  /** SHA-256 of the token the owner of `epoch` was called with. */
  readonly ownerTokenHash?: string;
  /** The same of the owner that claimed: what it shows with each write that goes through keep-call. */
  readonly claimedTokenHash?: string;
  /** Chosen by the process that claimed: a repetition of its own claim is no second one. */
  readonly claimId?: string;
  readonly calledAtMs?: number;
  readonly cause: CallBriefing['cause'];
  readonly leaseUntilMs: number;
  readonly ownerConnectionId?: string;
  /** Since when the owner's connection is known to be down. */
  readonly ownerLostAtMs?: number;
  readonly clientConnectionId?: string;
  /** Key of the agent by which the call was asked for, if not with a token: it lets nobody talk to another agent. */
  readonly keyId?: string;
  /** The last sign of the owner before the present one. */
  readonly lastSeenAtMs?: number;
  /** Somebody outside has decided that the call ends, for this reason: its owner learns so with its next renewal. */
  readonly ending?: EndReason;
  /** Of the telephone provider's media stream, where the caller has one. */
  readonly streamSid?: string;
  /** One for each owner that told the client a token; newest last. */
  readonly resumeTokenHashes: readonly string[];
  readonly checkpoint?: Checkpoint;
  /** Number of the first entry that is not stored yet: a repeated write counts nothing twice. */
  readonly recorded: number;
  /** What the call has cost so far, counted into the tenant's day. */
  readonly spentMicroUsd: number;
  /** What happened so far, to be counted when the call ends; absent until an owner records something. */
  readonly tally?: CallTally;
  readonly startedAtMs: number;
  /** Unix seconds at which what the call leaves behind is forgotten. */
  readonly recordsExpireAt: number;
  /** Unix seconds; DynamoDB's TTL. */
  readonly expiresAt: number;
}

/** Who came in by a connection of the WebSocket API. */
export type ConnectionPeer =
  | {
      readonly kind: 'client';
      readonly userId: string;
      readonly agentId: string;
      readonly keyId?: string;
      readonly customerRef?: string;
    }
  /** A telephone provider's media stream: who it is for says the token in its first message. */
  | { readonly kind: 'phone' }
  /** Somebody who watches what is the tenant's (`shared/live/`). */
  | { readonly kind: 'operator'; readonly userId: string; readonly operator: Operator }
  | { readonly kind: 'owner'; readonly callId: Call['callId']; readonly epoch: number };

/** Row `connection#{connectionId}`. */
export interface VoiceConnection {
  readonly connectionId: string;
  readonly peer: ConnectionPeer;
  /** The call this client or phone holds. */
  readonly callId?: Call['callId'];
  /** The call that will begin when there is a line, and the `session.start` that asked for it. */
  readonly waiting?: { readonly callId: Call['callId']; readonly start: Readonly<Record<string, unknown>> };
  /** Topics an operator watches. */
  readonly watching?: ReadonlySet<OperatorTopic>;
  readonly badMessages: number;
  readonly expiresAt: number;
}

/** What a one-time secret stands for. */
export type TicketGrant =
  /** May open a connection to talk with this agent (`POST /voice-tickets`). */
  | {
      readonly kind: 'client';
      readonly userId: string;
      readonly agentId: string;
      readonly keyId?: string;
      /** Who the tenant says will speak. */
      readonly customerRef?: string;
    }
  /** May watch what is the tenant's (`POST /operator-tickets`). */
  | { readonly kind: 'operator'; readonly userId: string; readonly operator: Operator }
  /** May open the connection of a call's owner. */
  | { readonly kind: 'owner'; readonly callId: Call['callId']; readonly epoch: number }
  /** Ties a media stream of the telephone provider to a call that is open already. */
  | { readonly kind: 'phone'; readonly callId: Call['callId'] };
