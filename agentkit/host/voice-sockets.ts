import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { DirectCalls } from '../../shared/voice/direct/direct-calls.ts';
import { wsSocket } from '../../shared/voice/direct/ws-socket.ts';
import { MAX_MESSAGE_BYTES } from '../../shared/voice/protocol/messages.ts';
import { HostError, refuseUpgrade } from './agentcore-server.ts';

/** On the direct path AgentCore's session id is the id of the call. */
const CALL_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Takes WebSocket handshakes for calls. A larger message than the protocol's closes its socket with 1009. */
export function voiceSockets(
  calls: Pick<DirectCalls, 'accept'>,
): (request: IncomingMessage, socket: Duplex, head: Buffer, sessionId: string) => void {
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });
  return (request, socket, head, sessionId) => {
    if (!CALL_ID.test(sessionId)) {
      refuseUpgrade(socket, new HostError(404, 'no-such-call', 'The session id is not the id of a call.'));
      return;
    }
    server.handleUpgrade(request, socket, head, (client) => calls.accept(wsSocket(client), sessionId));
  };
}
