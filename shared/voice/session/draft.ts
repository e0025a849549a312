import type { CallEntry } from '../../calls/call.ts';
import type { ServerMessage } from '../protocol/messages.ts';
import type { Effect } from './session-events.ts';
import type { SessionState } from './session-state.ts';

/**
 * One step under way. The state is never changed, only replaced group by group, so that `step` stays pure and a frame
 * of audio costs two small copies.
 */
export interface Draft {
  state: SessionState;
  readonly effects: Effect[];
  readonly entries: CallEntry[];
  /** Whether a checkpoint must be written although nothing happened that has an entry. */
  checkpointDue: boolean;
  readonly nowMs: number;
}

type Groups = 'client' | 'talk' | 'speech' | 'streams' | 'journal' | 'money' | 'handOver' | 'control';

/** Replaces fields of one group of the state. */
export function change<Group extends Groups>(draft: Draft, group: Group, fields: Partial<SessionState[Group]>): void {
  draft.state = { ...draft.state, [group]: { ...draft.state[group], ...fields } };
}

type EntryFields<Entry> = Entry extends CallEntry ? Omit<Entry, 'seq' | 'atMs'> : never;

/** Adds an entry to the call's record, numbered. */
export function journal(draft: Draft, fields: EntryFields<CallEntry>): void {
  const seq = draft.state.journal.nextEntry;
  change(draft, 'journal', { nextEntry: seq + 1 });
  draft.entries.push({ ...fields, seq, atMs: draft.nowMs } as CallEntry);
}

type Unstamped<Message> = Message extends { epoch: number } ? Omit<Message, 'epoch'> : never;

/** Sends the client a message of this owner. */
export function tell(draft: Draft, message: Unstamped<Exclude<ServerMessage, { type: 'audio' }>>): void {
  const { epoch } = draft.state.setup;
  draft.effects.push({ type: 'send', message: { ...message, epoch } as Exclude<ServerMessage, { type: 'audio' }> });
}

/** Gives the talking stream something; without one nothing happens. */
export function feed(draft: Draft, input: Extract<Effect, { type: 'feed' }>['input']): void {
  const { current } = draft.state.streams;
  if (current) draft.effects.push({ type: 'feed', stream: current.id, input });
}

export const isConnected = ({ client }: SessionState): boolean => client.lostAtMs === undefined;
