import type { CallEntry } from '../../calls/call.ts';
import type { CallEntriesKey } from '../../calls/call-store.ts';
import type { Customer, Identity } from '../../customers/customer.ts';
import type { AgentContext, CustomerMemory } from '../../customers/customer-memory.ts';
import type { CustomerStore } from '../../customers/customer-store.ts';
import { type Clock, nowSeconds } from '../../kernel/clock.ts';
import { AgentId, UserId } from '../../kernel/ids.ts';
import type { Log } from '../../kernel/log.ts';
import type { VoiceSession } from '../stores/voice-session.ts';

/** What a call knows of whoever speaks, and adds to it. Nothing of this may cost the call: whatever fails is noted only. */
export interface CallMemory {
  /** Before the first word. Undefined for somebody whom nothing identifies. */
  readonly recall: (session: VoiceSession) => Promise<AgentContext['customer']>;
  /** What was said and is on record now. */
  readonly remember: (session: VoiceSession, entries: readonly CallEntry[]) => Promise<void>;
  /** The call is over: what could not be remembered at its time is, from its record. */
  readonly complete: (session: VoiceSession) => Promise<void>;
}

export interface CallMemoryDeps {
  readonly memory: CustomerMemory;
  readonly store: Pick<CustomerStore, 'findByIdentity'>;
  /** All that is on record of a call. */
  readonly entries: (key: CallEntriesKey) => Promise<readonly CallEntry[]>;
  /** Called when a call is over, where there is time to think. */
  readonly afterwards?: (customer: Customer) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

export const callMemory = (deps: CallMemoryDeps): CallMemory => {
  const { memory, store, entries, afterwards, clock, log } = deps;
  const noted = async <Value>(session: VoiceSession, work: () => Promise<Value>): Promise<Value | undefined> => {
    try {
      return await work();
    } catch (error) {
      log('customers.call.not-remembered', { callId: session.callId }, error);
      return undefined;
    }
  };
  /** Only somebody who was met when the call began: who was erased since is not brought back by it. */
  const known = async (session: VoiceSession, identity: Identity): Promise<Customer | undefined> =>
    store.findByIdentity(agentOf(session), identity, nowSeconds(clock));
  const add = async (session: VoiceSession, said: readonly CallEntry[]): Promise<Customer | undefined> => {
    const { identity } = session;
    const turns = turnsOf(session, said);
    if (identity === undefined || turns.length === 0) return undefined;
    const customer = await known(session, identity);
    if (customer !== undefined) await memory.remember(customer, turns);
    return customer;
  };
  return {
    recall: async (session) => {
      const { identity, cause } = session;
      if (identity === undefined) return undefined;
      return noted(session, async () => {
        const isFirst = cause === 'start';
        const customer = await (isFirst ? memory.meet(agentOf(session), identity) : known(session, identity));
        return customer && memory.contextOf(customer, { without: sourcePrefix(session) });
      });
    },
    remember: async (session, said) => {
      await noted(session, () => add(session, said));
    },
    complete: async (session) => {
      if (session.identity === undefined) return;
      await noted(session, async () => {
        const customer = await add(session, await entries(callOf(session)));
        if (customer !== undefined) await afterwards?.(customer);
      });
    },
  };
};

const callOf = ({ userId, agentId, callId }: VoiceSession): CallEntriesKey => ({
  userId: UserId.parse(userId),
  agentId,
  callId,
});

const agentOf = ({ userId, agentId }: VoiceSession) => ({
  userId: UserId.parse(userId),
  agentId: AgentId.parse(agentId),
});

/** What a call says of itself it need not be told. */
const sourcePrefix = ({ callId }: VoiceSession): string => `${callId}#`;

const turnsOf = (session: VoiceSession, entries: readonly CallEntry[]) =>
  entries.flatMap((entry) =>
    entry.kind === 'turn' && entry.text.trim() !== ''
      ? [
          {
            channel: session.channel,
            role: entry.role,
            text: entry.text,
            atMs: entry.atMs,
            sourceId: `${sourcePrefix(session)}${entry.seq}`,
          },
        ]
      : [],
  );
