import type { AgentContext } from '../customers/customer-memory.ts';
import type { Turn } from './message.ts';

type Recent = NonNullable<AgentContext['customer']>['recent'];

/**
 * A customer's conversation as the turns a model takes. Where it moved to another channel, and where a person spoke
 * instead of the agent, the turn says so.
 */
export const historyOf = (recent: Recent): readonly Turn[] =>
  recent.map(({ role, text, channel }, index) => {
    if (role === 'human') return { role: 'assistant', text: `[A colleague answered] ${text}` };
    const isMove = role === 'user' && channel !== recent[index - 1]?.channel;
    return { role, text: isMove ? `[by ${channel}] ${text}` : text };
  });

/** What the history does not tell already. */
export const beside = ({ business, live, customer }: AgentContext): AgentContext | undefined => {
  if (business === undefined && live === undefined && customer === undefined) return undefined;
  return {
    ...(business === undefined ? {} : { business }),
    ...(live === undefined ? {} : { live }),
    ...(customer === undefined ? {} : { customer: { ...customer, recent: [] } }),
  };
};
