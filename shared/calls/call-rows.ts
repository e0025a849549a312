import type { AttributeChange } from '../kernel/update-expression.ts';
import { CALL_TRANSITIONS, type Call, type CallEntry, type CallStatus } from './call.ts';
import type { CallChange, CallTransition } from './call-store.ts';

const agentKey = ({ userId, agentId }: Pick<Call, 'userId' | 'agentId'>): string => `${userId}#${agentId}`;

/** What the indices of the calls table are keyed by. */
export const indexKeys = (call: Pick<Call, 'userId' | 'agentId' | 'status'>) => ({
  agentKey: agentKey(call),
  ...statusKeys(call, call.status),
});

const statusKeys = (call: Pick<Call, 'userId' | 'agentId'>, status: CallStatus) => ({
  statusKey: `${call.userId}#${status}`,
  agentStatusKey: `${agentKey(call)}#${status}`,
});

/** A call as its row. */
export const rowOfCall = ({ recordedParts, ...call }: Call) => ({
  ...call,
  ...indexKeys(call),
  // A set, to which owners add at the same time. DynamoDB knows none that is empty.
  ...(recordedParts === undefined || recordedParts.length === 0 ? {} : { recordedParts: new Set(recordedParts) }),
});

/** A row as its call. */
export const callOfRow = (row: Record<string, unknown> | undefined): Call | undefined => {
  if (row === undefined) return undefined;
  const { agentKey: _agent, statusKey: _status, agentStatusKey: _both, recordedParts, ...call } = row;
  const parts = recordedParts instanceof Set ? [...recordedParts].map(Number).toSorted((a, b) => a - b) : undefined;
  return { ...call, ...(parts === undefined ? {} : { recordedParts: parts }) } as unknown as Call;
};

/** The changes and the condition of one transition. */
export const transitionOf = (
  call: Pick<Call, 'userId' | 'agentId'>,
  transition: CallTransition,
  change: CallChange,
): { readonly changes: readonly AttributeChange[]; readonly from: readonly CallStatus[] } => {
  const { from, to } = CALL_TRANSITIONS[transition];
  const changes = Object.entries({ status: to, ...statusKeys(call, to), ...change });
  return { changes: changes.map(([name, value]) => ({ path: [name], value })), from };
};

/** How many of each kind the entries add to the counters of their call. */
export const countersOf = (entries: readonly CallEntry[]): Pick<Call, CallCounter> => {
  const count = (holds: (entry: CallEntry) => boolean): number => entries.filter(holds).length;
  return {
    turns: count((entry) => entry.kind === 'turn' && entry.role === 'user'),
    interruptions: count(({ kind }) => kind === 'interruption'),
    renewals: count(({ kind }) => kind === 'renewal'),
    handOvers: count(({ kind }) => kind === 'hand-over' || kind === 'takeover'),
  };
};

type CallCounter = 'turns' | 'interruptions' | 'renewals' | 'handOvers';
