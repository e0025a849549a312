import type { AgentContext } from '../../customers/customer-memory.ts';
import type { CallBriefing } from './call-keeper.ts';

/** What a call is told about business and customer. */
export const knownOf = (briefing: Pick<CallBriefing, 'business' | 'customer'> | undefined): AgentContext => {
  const { business, customer } = briefing ?? {};
  return { ...(business === undefined ? {} : { business }), ...(customer === undefined ? {} : { customer }) };
};
