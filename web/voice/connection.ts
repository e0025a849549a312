import type { ClientMessage, ServerMessage } from '../../shared/voice/protocol/messages.ts';
import type { RefusedBy, Route } from './session-machine.ts';

/** Who calls whom. */
export interface Credential {
  /** Where the API is: `https://host`, without a path. */
  readonly apiOrigin: string;
  readonly agentId: string;
  /** `ok_…` or an access token. */
  readonly key: string;
}

export interface Ticket {
  readonly webSocketUrl: string;
  /** To be sent in the first message; the relay's is in the address. */
  readonly ticket: string | undefined;
}

export class TicketRefused extends Error {
  readonly problem: RefusedBy;
  constructor(problem: RefusedBy) {
    super(problem.detail);
    this.name = 'TicketRefused';
    this.problem = problem;
  }
}

/** `callId`: of the call that goes on; on the direct path it is the session whose address is needed again. */
export async function fetchTicket(
  { apiOrigin, agentId, key }: Credential,
  { route, callId }: { readonly route: Route; readonly callId: string | undefined },
): Promise<Ticket> {
  const response = await fetch(`${apiOrigin}/api/v1/voice-tickets`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      agentId,
      transport: route,
      ...(callId !== undefined && route === 'direct' ? { callId } : {}),
    }),
  });
  const body = (await response.json().catch(() => ({}))) as {
    readonly ticket?: string;
    readonly webSocketUrl?: string;
    readonly code?: string;
    readonly detail?: string;
  };
  if (!response.ok || body.webSocketUrl === undefined) throw new TicketRefused(refusal(response.status, body));
  return { webSocketUrl: body.webSocketUrl, ticket: route === 'direct' ? body.ticket : undefined };
}

/** API Gateway's own refusals have no code. */
const refusal = (
  status: number,
  { code, detail }: { readonly code?: string; readonly detail?: string },
): RefusedBy => ({
  status,
  code: code ?? BY_STATUS[status] ?? 'network',
  detail: detail ?? '',
});

const BY_STATUS: Readonly<Record<number, string>> = {
  401: 'unauthenticated',
  403: 'unauthenticated',
  429: 'too-many-requests',
};

export interface ConnectionEvents {
  readonly opened: () => void;
  readonly message: (message: ServerMessage) => void;
  /** Once; `wasOpen` tells a refused handshake from a lost connection. */
  readonly closed: (code: number, wasOpen: boolean) => void;
}

export interface Connection {
  readonly send: (message: ClientMessage) => void;
  readonly close: () => void;
}

/** The other side answers a ping at once; one that stays silent for two of them is gone, whatever the socket says. */
const PING_EVERY_MS = 10_000;
/** A client that cannot send this much fast enough would only speak ever later. */
const MAX_UNSENT_BYTES = 256_000;

export function openConnection(url: string, events: ConnectionEvents): Connection {
  const socket = new WebSocket(url);
  let wasOpen = false;
  let isClosed = false;
  let unanswered = 0;
  const closed = (code: number): void => {
    if (isClosed) return;
    isClosed = true;
    clearInterval(pinging);
    events.closed(code, wasOpen);
  };
  const send = (message: ClientMessage): void => {
    if (socket.readyState !== WebSocket.OPEN) return;
    if (message.type === 'audio' && socket.bufferedAmount > MAX_UNSENT_BYTES) return;
    socket.send(JSON.stringify(message));
  };
  const pinging = setInterval(() => {
    if (!wasOpen) return;
    unanswered += 1;
    if (unanswered > 2) {
      closed(1006);
      socket.close();
    } else send({ type: 'ping' });
  }, PING_EVERY_MS);
  socket.onopen = () => {
    wasOpen = true;
    events.opened();
  };
  socket.onmessage = ({ data }: { readonly data: unknown }) => {
    unanswered = 0;
    const message = typeof data === 'string' ? parsed(data) : undefined;
    if (message !== undefined && message.type !== 'pong') events.message(message);
  };
  socket.onclose = ({ code }) => closed(code);
  return {
    send,
    close: () => {
      closed(1000);
      socket.close(1000);
    },
  };
}

/** API Gateway says `{"message": …}` when an integration failed: that is not one of ours. */
function parsed(data: string): ServerMessage | undefined {
  try {
    const message = JSON.parse(data) as Partial<ServerMessage>;
    return typeof message.type === 'string' ? (message as ServerMessage) : undefined;
  } catch {
    return undefined;
  }
}
