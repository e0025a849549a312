import { type Clock, nowSeconds } from '../kernel/clock.ts';
import type { OpenedChat } from './answer-contact.ts';
import type { ConnectChats } from './connect-chats.ts';
import type { ContactStore } from './contact-store.ts';

export interface OpenChatDeps {
  readonly chats: Pick<ConnectChats, 'stream' | 'addBot' | 'connect'>;
  readonly contacts: Pick<ContactStore, 'find' | 'put'>;
  readonly clock: Clock;
}

/** Chats live a day (`StartChatContact`, ChatDurationInMinutes), SMS the same. */
export const CHAT_SECONDS = 86_400;

/** Brings the agent into a chat: what is written there comes to the stage's topic, and a bot speaks for the agent. */
export const openChat =
  ({ chats, contacts, clock }: OpenChatDeps) =>
  async ({ displayName, ...chat }: OpenedChat): Promise<void> => {
    // Connect repeats an invocation that failed; a bot that is there already cannot be added again.
    if ((await contacts.find(chat.contactId)) !== undefined) return;
    await chats.stream(chat.instanceArn, chat.contactId);
    const participantToken = await chats.addBot(chat.instanceArn, chat.contactId, displayName);
    const connectionToken = await chats.connect(participantToken);
    const expiresAt = nowSeconds(clock) + CHAT_SECONDS;
    await contacts.put({ ...chat, takesPartAs: 'bot', participantToken, connectionToken, expiresAt });
  };
