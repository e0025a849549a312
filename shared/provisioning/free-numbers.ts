import type { AgentKey } from '../agents/agent-store.ts';
import type { PhoneNumber } from '../telephony/phone-number.ts';
import type { PhoneNumberStore } from '../telephony/phone-number-store.ts';

const NUMBERS_AT_ONCE = 100;

type Store = Pick<PhoneNumberStore, 'list' | 'free' | 'freeOutbound' | 'settle' | 'leave' | 'remove'>;

/**
 * Frees the numbers that an agent answers or calls from: they stay their tenant's, or the stage's. The provider is not
 * told: who calls one hears that it is not in service, until it is assigned anew or a sync tells the provider.
 */
export const freeNumbers = async (numbers: Store, { userId, agentId }: AgentKey): Promise<void> => {
  let after: string | undefined;
  do {
    const page = await numbers.list({ userId, limit: NUMBERS_AT_ONCE, ...(after === undefined ? {} : { after }) });
    for (const number of page.numbers) await freeNumber(numbers, number, { userId, agentId });
    after = page.last;
  } while (after !== undefined);
};

const freeNumber = async (numbers: Store, number: PhoneNumber, { userId, agentId }: AgentKey): Promise<void> => {
  const { phoneNumber, inboundAgentId, outboundAgentIds, origin } = number;
  const isAnswered = inboundAgentId === agentId;
  const isCalledFrom = outboundAgentIds.includes(agentId);
  if (!isAnswered && !isCalledFrom) return;
  // The channel has given its number back already.
  if (origin === 'channel') {
    await numbers.remove(number);
    return;
  }
  if (isCalledFrom) await numbers.freeOutbound({ phoneNumber, userId, agentId });
  const freed = isAnswered ? await numbers.free({ phoneNumber, userId, agentId }) : undefined;
  if (freed !== undefined) await numbers.settle(freed);
  await numbers.leave({ phoneNumber, userId });
};
