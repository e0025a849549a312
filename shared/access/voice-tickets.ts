import type { TicketStore } from '../voice/stores/session-store.ts';
import type { TicketGrant } from '../voice/stores/voice-session.ts';
import { hashOfSecret } from './api-key.ts';

/** How long a ticket waits to be used: a client connects at once, and a URL may end up in somebody's log. */
export const TICKET_LIFETIME_MS = 60_000;

/** Whom a ticket lets in, to which agent, and by which key it was bought, if not with a token. */
export type TicketHolder = Omit<Extract<TicketGrant, { kind: 'client' }>, 'kind'>;

/** Tickets let a browser connect, which can send no headers with a WebSocket. Each is good for one connection. */
export interface VoiceTickets {
  /** Keeps the ticket's hash, never itself. */
  readonly issue: (ticket: string, holder: TicketHolder, untilMs: number) => Promise<void>;
  /** Uses the ticket up; undefined for one that was never issued, was used before, has expired, or is no client's. */
  readonly redeem: (ticket: string, nowMs: number) => Promise<TicketHolder | undefined>;
}

/** Tickets among the one-time secrets of the voice sessions. */
export const voiceTickets = (store: TicketStore): VoiceTickets => ({
  issue: (ticket, holder, untilMs) => store.issue(hashOfSecret(ticket), { kind: 'client', ...holder }, untilMs),
  redeem: async (ticket, nowMs) => {
    const grant = await store.redeem(hashOfSecret(ticket), nowMs);
    if (grant?.kind !== 'client') return undefined;
    const { kind: _kind, ...holder } = grant;
    return holder;
  },
});
