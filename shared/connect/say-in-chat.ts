import { SendError } from '../social/outbound/send-error.ts';
import type { ReplySender } from '../social/outbound/senders.ts';
import { clientUuid } from './client-uuid.ts';
import { ChatOver, type ConnectChats } from './connect-chats.ts';
import type { ConnectContact, ContactStore } from './contact-store.ts';

export interface SayInChatDeps {
  readonly chats: Pick<ConnectChats, 'connect' | 'send'>;
  readonly contacts: Pick<ContactStore, 'find' | 'put'>;
  /** A UUID; of a text that nobody numbers. */
  readonly newToken: () => string;
}

/** Says something in a chat as whoever we are in it; a connection that has run out is made anew. Throws `ChatOver`. */
export const sayInChat =
  ({ chats, contacts }: SayInChatDeps) =>
  async (contact: ConnectContact, text: string, token: string): Promise<void> => {
    try {
      await chats.send(contact.connectionToken, text, token);
    } catch (error) {
      if (!(error instanceof ChatOver)) throw error;
      const connectionToken = await chats.connect(contact.participantToken);
      await contacts.put({ ...contact, connectionToken });
      await chats.send(connectionToken, text, token);
    }
  };

/** Replies of an agent into chats and SMS of Amazon Connect. */
export const connectSender =
  (deps: SayInChatDeps): ReplySender<'connect'> =>
  async ({ route: { contactId }, text }) => {
    const contact = await deps.contacts.find(contactId);
    if (contact === undefined) throw gone();
    try {
      await sayInChat(deps)(contact, text, clientUuid('reply', contactId, deps.newToken()));
    } catch (error) {
      throw error instanceof ChatOver ? gone(error) : error;
    }
  };

const gone = (cause?: unknown): SendError =>
  new SendError('recipient-gone', 'ChatOver', 'The chat has ended.', { cause });
