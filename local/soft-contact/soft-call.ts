import type { ContactItem, FlowStep, StoredContact } from '../services/connect/contacts/contact.ts';
import { isOver } from '../services/connect/contacts/contact.ts';
import type { ContactDesk } from '../services/connect/contacts/contact-desk.ts';
import { actionOf } from '../services/connect/contacts/run-flow.ts';

/** `waiting`: the flow waits for the customer; `running`: it is at work. */
export type ContactState = 'ringing' | 'running' | 'waiting' | 'queued' | 'with-agent' | 'over';

/** A customer's side of a contact. What changes something settles when it is the customer's turn again. */
export interface SoftCall {
  /** Undefined for a call that reached nobody. */
  readonly contactId: string | undefined;
  /** Why nobody was reached. */
  readonly refused?: 'no-such-number' | 'no-flow';
  /** Everything that was said to the customer so far. */
  readonly heard: () => readonly string[];
  /** Keys of the telephone, one after the other. */
  readonly press: (keys: string) => Promise<void>;
  /** Words: a bot hears them, or the agent; a menu of keys does not. */
  readonly say: (words: string) => Promise<void>;
  /** Says and does nothing until the flow's time is over. */
  readonly silence: () => Promise<void>;
  readonly hangUp: () => Promise<void>;
  readonly state: () => ContactState;
  readonly disconnectReason: () => string | undefined;
  readonly attributes: () => Readonly<Record<string, string>>;
  /** The actions the flow has taken, with their outcomes. */
  readonly steps: () => readonly FlowStep[];
  /** Both sides in order, as `ROLE: text`. */
  readonly transcript: () => readonly string[];
  /** Resolves when what was heard is as wanted. */
  readonly until: (wanted: (heard: readonly string[]) => boolean) => Promise<void>;
}

export const heardIn = (items: readonly ContactItem[]): string[] =>
  items
    .filter(({ Type, ParticipantRole }) => Type === 'MESSAGE' && ParticipantRole !== 'CUSTOMER')
    .map(({ Content = '' }) => Content);

export const transcriptIn = (items: readonly ContactItem[]): string[] =>
  items
    .filter(({ Type }) => Type === 'MESSAGE')
    .map(({ ParticipantRole, Content = '' }) => `${ParticipantRole}: ${Content}`);

function stateOf(desk: ContactDesk, contact: StoredContact): ContactState {
  if (isOver(contact)) return 'over';
  if (contact.isRinging) return 'ringing';
  if (contact.agent) return 'with-agent';
  if (contact.queue) return 'queued';
  return desk.live(contact.id).waits ? 'waiting' : 'running';
}

/** A call that reached nobody. */
export const refusedCall = (refused: 'no-such-number' | 'no-flow'): SoftCall => ({
  contactId: undefined,
  refused,
  heard: () => [],
  press: async () => {},
  say: async () => {},
  silence: async () => {},
  hangUp: async () => {},
  state: () => 'over',
  disconnectReason: () => undefined,
  attributes: () => ({}),
  steps: () => [],
  transcript: () => [],
  until: () => new Promise(() => {}),
});

export function softCall(desk: ContactDesk, contactId: string): SoftCall {
  const contact = () => desk.contacts.require(contactId);
  const items = () => desk.contacts.items(contactId);
  const live = () => desk.live(contactId);
  /** Lets the flow take what it was given before asking whether it waits again. */
  const settled = async (): Promise<void> => {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    await live().settled();
  };
  return {
    contactId,
    heard: () => heardIn(items()),
    press: async (keys) => {
      if (isOver(contact())) return;
      for (const key of keys) live().offer(key);
      await settled();
    },
    say: async (words) => {
      if (isOver(contact())) return;
      desk.append(contactId, { ...SPOKEN, Content: words });
      if (actionOf(desk, contact())?.Type === 'ConnectParticipantWithLexBot') live().offerNow(words);
      await settled();
    },
    silence: async () => {
      live().passTime();
      await settled();
    },
    hangUp: async () => {
      desk.end(contactId, 'CUSTOMER_DISCONNECT');
      await settled();
    },
    state: () => stateOf(desk, contact()),
    disconnectReason: () => contact().disconnectReason,
    attributes: () => contact().attributes,
    steps: () => contact().steps,
    transcript: () => transcriptIn(items()),
    until: async (wanted) => {
      await desk.until(() => (wanted(heardIn(items())) ? true : undefined));
    },
  };
}

const SPOKEN = {
  Type: 'MESSAGE',
  ContentType: 'text/plain',
  ParticipantRole: 'CUSTOMER',
  DisplayName: 'Caller',
} as const;
