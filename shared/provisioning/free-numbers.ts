import type { AgentKey } from '../agents/agent-store.ts';
import type { PhoneNumberStore } from '../telephony/phone-number.ts';

const NUMBERS_AT_ONCE = 100;

/** Frees the numbers that an agent answers: they are their tenant's own and may be given to another agent. */
export const freeNumbers = async (
  numbers: Pick<PhoneNumberStore, 'list' | 'free'>,
  { userId, agentId }: AgentKey,
): Promise<void> => {
  let after: string | undefined;
  do {
    const page = await numbers.list({ userId, limit: NUMBERS_AT_ONCE, ...(after === undefined ? {} : { after }) });
    const own = page.numbers.filter((number) => number.agentId === agentId);
    for (const number of own) await numbers.free(number);
    after = page.last;
  } while (after !== undefined);
};
