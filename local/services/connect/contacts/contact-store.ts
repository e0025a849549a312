import type { KeyValueStore } from '../../../core/service.ts';
import { idOf } from '../connect-store.ts';
import { notFound } from '../errors.ts';
import type { ContactItem, StoredContact } from './contact.ts';

/** A participant's connection to a chat. */
export interface Connection {
  readonly contactId: string;
  readonly participantId: string;
  readonly expiresAtMs: number;
}

/** Contacts, what was said in them, and the tokens that lead to them. */
export const contactStore = (records: KeyValueStore) => {
  const itemsOf = (id: string) => records.list<ContactItem>(`item/${id}/`).map(({ value }) => value);
  const get = (id: string) => {
    const instanceId = records.get<string>(`contact-instance/${id}`);
    return instanceId === undefined ? undefined : records.get<StoredContact>(`contact/${instanceId}/${id}`);
  };
  return {
    find: get,
    /** Throws `ResourceNotFoundException` for none, and for one of another instance. */
    require: (id: string | undefined, instanceId?: string): StoredContact => {
      const found = id === undefined ? undefined : get(idOf(id));
      const foreign = instanceId !== undefined && found?.instanceId !== idOf(instanceId);
      if (found === undefined || foreign) throw notFound('contact');
      return found;
    },
    all: () => records.list<StoredContact>('contact/').map(({ value }) => value),
    put: (contact: StoredContact) => {
      records.put(`contact-instance/${contact.id}`, contact.instanceId);
      records.put(`contact/${contact.instanceId}/${contact.id}`, contact);
    },
    items: itemsOf,
    append: (id: string, item: ContactItem) => {
      records.put(`item/${id}/${String(itemsOf(id).length).padStart(6, '0')}`, item);
    },
    putToken: (token: string, contactId: string) => records.put(`participant-token/${token}`, contactId),
    contactOfToken: (token: string | undefined) => records.get<string>(`participant-token/${token}`),
    putConnection: (token: string, connection: Connection) => records.put(`connection/${token}`, connection),
    connection: (token: string | undefined) => records.get<Connection>(`connection/${token}`),
  };
};
