import type { ServerMessage } from './messages.ts';

/** The line that tells a person at the terminal what happened; undefined for what needs none. */
export function narrate(message: ServerMessage): string | undefined {
  switch (message.type) {
    case 'session.ready':
      return `on line ${message.agentName} (${message.engine}, voice ${message.voice}), call ${message.callId}`;
    case 'session.queued':
      return `queued  number ${message.position} in line`;
    case 'transcript':
      return message.stage === 'final' ? spokenLine(message) : undefined;
    case 'tool':
      return `tool    ${message.name} ${message.status}${message.durationMs === undefined ? '' : ` in ${Math.round(message.durationMs)} ms`}`;
    case 'handoff':
      return `handoff ${message.reason}: ${message.summary}`;
    case 'warning':
      return `warning ${message.message}`;
    case 'problem':
      return `problem ${message.title} ${message.detail}`;
    case 'session.ended':
      return `ended   ${message.reason}`;
    default:
      return undefined;
  }
}

/** What the call cost, once it is over. */
export const costLine = ({ costMicroUsd, elapsedSeconds }: Extract<ServerMessage, { type: 'meter' }>): string =>
  `cost    $${(costMicroUsd / 1_000_000).toFixed(4)} for ${Math.round(elapsedSeconds)} s`;

function spokenLine({ role, text, interrupted }: Extract<ServerMessage, { type: 'transcript' }>): string {
  return `${role === 'user' ? 'you    ' : 'agent  '} ${text}${interrupted ? ' — (interrupted)' : ''}`;
}
