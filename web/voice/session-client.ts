import type { ServerMessage } from '../../shared/voice/protocol/messages.ts';
import { type Connection, type Credential, fetchTicket, openConnection, TicketRefused } from './connection.ts';
import { pacedAudio } from './paced-audio.ts';
import {
  IDLE,
  isOver,
  type Route,
  type SessionEffect,
  type SessionEvent,
  type SessionState,
  step,
} from './session-machine.ts';

export interface SessionListener {
  readonly changed: (state: SessionState) => void;
  /** Everything the server said to the current connection. */
  readonly heard: (message: ServerMessage) => void;
  readonly play: (frame: Extract<ServerMessage, { type: 'audio' }>) => void;
  readonly flush: () => void;
  readonly rest: () => void;
}

/** A call from a page's side: the machine of `session-machine.ts` with sockets and timers around it. */
export interface SessionClient {
  readonly dispatch: (event: SessionEvent) => void;
  readonly state: () => SessionState;
}

export function sessionClient(credential: Credential, listener: SessionListener): SessionClient {
  const connections = new Map<number, Connection>();
  const tickets = new Map<number, string | undefined>();
  const microphone = pacedAudio((frame, connection) => connections.get(connection)?.send(frame));
  let state = IDLE;

  const dispatch = (event: SessionEvent): void => {
    const next = step(state, event);
    const isChanged = next.state !== state;
    state = next.state;
    for (const effect of next.effects) carryOut(effect);
    if (isChanged) listener.changed(state);
  };
  const carryOut = (effect: SessionEffect): void => {
    switch (effect.type) {
      case 'dial':
        void dial(effect.connection, effect.route);
        return;
      case 'send': {
        const { message, connection } = effect;
        if (message.type === 'audio') {
          microphone.say(message, connection);
          return;
        }
        const ticket = tickets.get(connection);
        const needsTicket = message.type === 'session.start' || message.type === 'session.resume';
        connections.get(connection)?.send(needsTicket && ticket !== undefined ? { ...message, ticket } : message);
        return;
      }
      case 'send-again':
        microphone.sayAgain(effect.frames, effect.connection);
        return;
      case 'hang-up':
        connections.get(effect.connection)?.close();
        connections.delete(effect.connection);
        return;
      case 'play':
        listener.play(effect.frame);
        return;
      case 'flush':
        listener.flush();
        return;
      case 'rest':
        listener.rest();
        return;
      case 'retry-after':
        setTimeout(() => dispatch({ type: 'retry' }), effect.ms);
        return;
      case 'give-up-after':
        setTimeout(() => dispatch({ type: 'gave-up-waiting' }), effect.ms);
        return;
    }
  };
  const dial = async (connection: number, route: Route): Promise<void> => {
    try {
      const { webSocketUrl, ticket } = await fetchTicket(credential, { route, callId: state.callId });
      // It was ended meanwhile, or another attempt was begun.
      if (state.connection !== connection || isOver(state.phase)) return;
      tickets.set(connection, ticket);
      connections.set(connection, open(connection, webSocketUrl));
    } catch (error) {
      const problem = error instanceof TicketRefused ? error.problem : undefined;
      dispatch({ type: 'refused', connection, problem });
    }
  };
  const open = (connection: number, url: string): Connection =>
    openConnection(url, {
      opened: () => dispatch({ type: 'opened', connection }),
      message: (message) => {
        const isCurrent = connection === state.carrier && !('epoch' in message && message.epoch < state.epoch);
        if (isCurrent && message.type !== 'audio') listener.heard(message);
        dispatch({ type: 'message', connection, message });
      },
      closed: (code, wasOpen) => {
        connections.delete(connection);
        dispatch(wasOpen ? { type: 'closed', connection, code } : { type: 'refused', connection, problem: undefined });
      },
    });

  return { dispatch, state: () => state };
}
