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
  /** For the client, once `entries` are stored. */
  readonly announcements: TextMessage[];
  /** Whether a checkpoint must be written although nothing happened that has an entry. */
  checkpointDue: boolean;
  readonly nowMs: number;
}

type Groups = 'client' | 'talk' | 'speech' | 'streams' | 'journal' | 'money' | 'handOver' | 'control' | 'switching';

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

type TextMessage = Exclude<ServerMessage, { type: 'audio' }>;
type Unstamped<Message> = Message extends { epoch: number } ? Omit<Message, 'epoch'> : never;

/** Sends the client a message of this owner. */
export function tell(draft: Draft, message: Unstamped<TextMessage>): void {
  draft.effects.push({ type: 'send', message: stamped(draft, message) });
}

/** Sends the client a message once all that this step entered in the record is stored: what it was told is not lost with its owner. */
export function announce(draft: Draft, message: Unstamped<TextMessage>): void {
  draft.announcements.push(stamped(draft, message));
}

const stamped = ({ state }: Draft, message: Unstamped<TextMessage>): TextMessage =>
  ({ ...message, epoch: state.setup.epoch }) as TextMessage;

/** Gives the talking stream something; without one nothing happens. */
export function feed(draft: Draft, input: Extract<Effect, { type: 'feed' }>['input']): void {
  const { current } = draft.state.streams;
  if (current) draft.effects.push({ type: 'feed', stream: current.id, input });
}

export const isConnected = ({ client }: SessionState): boolean => client.lostAtMs === undefined;
