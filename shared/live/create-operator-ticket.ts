import * as z from 'zod';
import { TICKET_LIFETIME_MS } from '../access/voice-tickets.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import type { Clock } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import type { Ids } from '../kernel/real-dependencies.ts';
import { hashOfToken } from '../voice/stores/session-keys.ts';
import type { TicketStore } from '../voice/stores/session-store.ts';

export const CreateOperatorTicketEnv = z.object({ VOICE_SESSIONS_TABLE: text, WEBSOCKET_URL: text });

export interface CreateOperatorTicketDeps {
  readonly tickets: Pick<TicketStore, 'issue'>;
  /** `wss://…/live`. */
  readonly webSocketUrl: string;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'secret'>;
}

/** A way in for somebody who watches: a browser can send no header with a WebSocket. Good once, within a minute. */
export const createOperatorTicket =
  ({ tickets, webSocketUrl, clock, ids }: CreateOperatorTicketDeps) =>
  async ({ userId, operator }: RequestOf<'createOperatorTicket'>): Promise<ApiAnswer> => {
    const ticket = ids.secret();
    const untilMs = clock.now() + TICKET_LIFETIME_MS;
    const grant = { kind: 'operator' as const, userId, operator: operator ?? { id: userId, name: userId } };
    await tickets.issue(hashOfToken(ticket), grant, untilMs);
    const body = { ticket, expiresAt: Math.floor(untilMs / 1000), webSocketUrl: `${webSocketUrl}?ticket=${ticket}` };
    return { status: 201, body };
  };
