import type { NumberRow } from './number-types.ts';

export type Direction = 'inbound' | 'outbound';

/** What assigning a number means, before it is done. */
export interface Assignment {
  /** Why it cannot be done. */
  readonly obstacle?: string;
  /** The agent that answers the number now and will not any more. */
  readonly losesId?: string;
  /** Body of `PUT /phone-numbers/{phoneNumber}/assignment`. */
  readonly body: { readonly agentId: string; readonly direction: Direction; readonly replaces?: string };
}

/** Plans an assignment: one agent answers a number at most, any number of them may call from it. */
export function planAssignment(number: NumberRow, agentId: string, direction: Direction): Assignment {
  const body = { agentId, direction };
  const obstacle = obstacleOf(number, agentId, direction);
  if (obstacle !== undefined) return { obstacle, body };
  const losesId = direction === 'inbound' ? number.inboundAgentId : null;
  if (losesId === null || losesId === agentId) return { body };
  return { losesId, body: { ...body, replaces: losesId } };
}

function obstacleOf(number: NumberRow, agentId: string, direction: Direction): string | undefined {
  if (number.origin === 'channel' && direction === 'inbound') {
    return 'A channel of an agent brought this number; it is assigned with the channel.';
  }
  if (direction === 'inbound' && number.inboundAgentId === agentId && number.status === 'assigned') {
    return 'This agent answers the number already.';
  }
  if (direction === 'outbound' && number.outboundAgentIds.includes(agentId))
    return 'This agent may call from it already.';
  return undefined;
}

/** Why a number cannot be given back to its provider; undefined when it can. */
export function releaseObstacle({ origin, inboundAgentId, outboundAgentIds }: NumberRow): string | undefined {
  if (origin === 'stage') return 'It belongs to the telephone account, not to you.';
  if (origin === 'channel') return 'It goes with the channel that brought it.';
  if (inboundAgentId !== null || outboundAgentIds.length > 0) return 'End its assignments first.';
  return undefined;
}
