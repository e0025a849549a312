import type { StoredContact } from '../services/connect/contacts/contact.ts';
import type { ContactDesk } from '../services/connect/contacts/contact-desk.ts';
import type { StoredFlow } from '../services/connect/records.ts';
import { heardIn } from './soft-call.ts';

/** Text messages between a customer's telephone and a number of an instance. */
export interface SoftTexts {
  /** Texts; the first one begins a contact, the next ones go on with it until it is over. Undefined: nobody is there. */
  readonly say: (text: string) => Promise<string | undefined>;
  /** Texts that reached the telephone, of all contacts between the two. */
  readonly heard: () => readonly string[];
  readonly until: (wanted: (heard: readonly string[]) => boolean) => Promise<void>;
}

export interface Texting {
  readonly from: string;
  readonly to: string;
  readonly flow: () => StoredFlow | undefined;
}

export function softTexts(desk: ContactDesk, { from, to, flow }: Texting): SoftTexts {
  const isOurs = ({ subtype, customer, system }: StoredContact) =>
    subtype === 'connect:SMS' && customer?.Address === from && system?.Address === to;
  const heard = () =>
    desk.contacts
      .all()
      .filter(isOurs)
      .sort((a, b) => a.startedAtMs - b.startedAtMs)
      .flatMap(({ id }) => heardIn(desk.contacts.items(id)));
  return {
    say: async (text) => {
      const known = desk.openContacts().find(isOurs);
      const behind = known ? undefined : flow();
      if (known === undefined && behind === undefined) return undefined;
      const contact = known ?? beginTexts(desk, { from, to }, behind as StoredFlow);
      const customer = desk.contacts.require(contact.id).participants.find(({ role }) => role === 'CUSTOMER');
      desk.append(contact.id, {
        Type: 'MESSAGE',
        ContentType: 'text/plain',
        Content: text,
        ParticipantId: customer?.id,
        ParticipantRole: 'CUSTOMER',
        DisplayName: from,
      });
      if (known === undefined) await desk.start(contact.id);
      else if (contact.queue === undefined) desk.live(contact.id).offerNow(text);
      return contact.id;
    },
    heard,
    until: async (wanted) => {
      await desk.until(() => (wanted(heard()) ? true : undefined));
    },
  };
}

/** A conversation by text messages lasts a day (administrator guide, "Set up SMS messaging"). */
const TEXTS_MS = 24 * 60 * 60 * 1000;

function beginTexts(desk: ContactDesk, { from, to }: Pick<Texting, 'from' | 'to'>, flow: StoredFlow): StoredContact {
  const contact = desk.open({
    flow,
    instanceId: flow.instanceId,
    channel: 'CHAT',
    initiation: 'INBOUND',
    subtype: 'connect:SMS',
    customer: { Type: 'TELEPHONE_NUMBER', Address: from },
    system: { Type: 'TELEPHONE_NUMBER', Address: to },
    expiresAtMs: desk.now + TEXTS_MS,
  });
  desk.setParticipant(contact.id, desk.invite(contact.id, 'CUSTOMER', from).id, 'connected');
  return contact;
}
