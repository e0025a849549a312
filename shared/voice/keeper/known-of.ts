import type { AgentContext } from '../../customers/customer-memory.ts';
import type { CallBriefing } from './call-keeper.ts';

/** What a call is told about business and customer, and what holds for now. */
export const knownOf = (
  briefing: Pick<CallBriefing, 'business' | 'customer'> | undefined,
  live?: AgentContext['live'],
): AgentContext => {
  const { business, customer } = briefing ?? {};
  return {
    ...(business === undefined ? {} : { business }),
    ...(live === undefined ? {} : { live }),
    ...(customer === undefined ? {} : { customer }),
  };
};
