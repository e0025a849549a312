/** A step that the flow took, for the one who wonders why. */
export interface FlowStep {
  readonly action: string;
  readonly type: string;
  /** `next`, `condition 1`, `error NoMatchingError`, `ended`, `queued`, … */
  readonly outcome: string;
  readonly note?: string | undefined;
}

export type Role = 'CUSTOMER' | 'AGENT' | 'SYSTEM' | 'CUSTOM_BOT';

export interface Participant {
  readonly id: string;
  readonly role: Role;
  readonly displayName: string;
  /** What CreateParticipantConnection takes. */
  readonly token: string;
  readonly state: 'invited' | 'connected' | 'left';
}

export interface Endpoint {
  readonly Type: 'TELEPHONE_NUMBER';
  /** E.164, or `anonymous` for a withheld number. */
  readonly Address: string;
}

/** Where a flow stands. */
export interface FlowRun {
  readonly flowId: string;
  readonly actionId: string;
  /** How often each Loop was passed. */
  readonly loops: Readonly<Record<string, number>>;
  /** What the last function answered. */
  readonly external: Readonly<Record<string, unknown>>;
  readonly flowAttributes: Readonly<Record<string, string>>;
  readonly storedInput?: string | undefined;
  readonly lex?: Readonly<Record<string, unknown>> | undefined;
}

export interface StoredContact {
  readonly id: string;
  readonly arn: string;
  readonly instanceId: string;
  readonly channel: 'VOICE' | 'CHAT';
  readonly initiation: 'INBOUND' | 'OUTBOUND' | 'API';
  /** `connect:Chat`, `connect:SMS`, `connect:Telephony`. */
  readonly subtype: string;
  readonly name?: string | undefined;
  readonly customer?: Endpoint | undefined;
  readonly system?: Endpoint | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly languageCode: string;
  readonly startedAtMs: number;
  readonly endedAtMs?: number | undefined;
  /** `CUSTOMER_DISCONNECT`, `AGENT_DISCONNECT`, `CONTACT_FLOW_DISCONNECT`, `API`, `EXPIRED`, … */
  readonly disconnectReason?: string | undefined;
  /** Ends by itself then (chats). */
  readonly expiresAtMs?: number | undefined;
  /** A chat whose customer has not connected until then ends. */
  readonly connectByMs?: number | undefined;
  /** An outbound call rings until it is taken up. */
  readonly isRinging?: boolean | undefined;
  readonly targetQueueId?: string | undefined;
  readonly queue?: { readonly id: string; readonly enqueuedAtMs: number } | undefined;
  readonly agent?: { readonly name: string; readonly connectedAtMs: number } | undefined;
  readonly run?: FlowRun | undefined;
  readonly steps: readonly FlowStep[];
  readonly streams: readonly { readonly id: string; readonly topicArn: string }[];
  readonly participants: readonly Participant[];
  readonly contentTypes: readonly string[];
  readonly relatedContactId?: string | undefined;
}

/** A message or an event of a contact; of calls, what was said. */
export interface ContactItem {
  readonly Id: string;
  readonly Type: 'MESSAGE' | 'EVENT';
  readonly ContentType: string;
  readonly Content?: string | undefined;
  readonly ParticipantId?: string | undefined;
  readonly ParticipantRole: Role;
  readonly DisplayName?: string | undefined;
  /** ISO 8601. */
  readonly AbsoluteTime: string;
}

/** The service's principal, in policies of functions and topics. */
export const CONNECT = 'connect.amazonaws.com';

export const isOver = ({ endedAtMs }: StoredContact): boolean => endedAtMs !== undefined;

/** All attributes of a contact together, in bytes (administrator guide, "Amazon Connect feature specifications"). */
export const MOST_ATTRIBUTE_BYTES = 32_768;

export const attributeBytes = (attributes: Readonly<Record<string, string>>): number =>
  Object.entries(attributes).reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);

/** Events by their content types (API reference, "SendEvent"; what chats tell their participants). */
export const EVENT = {
  joined: 'application/vnd.amazonaws.connect.event.participant.joined',
  left: 'application/vnd.amazonaws.connect.event.participant.left',
  typing: 'application/vnd.amazonaws.connect.event.typing',
  ended: 'application/vnd.amazonaws.connect.event.chat.ended',
  transferred: 'application/vnd.amazonaws.connect.event.transfer.succeeded',
} as const;
