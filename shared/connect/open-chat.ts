import { type Clock, nowSeconds } from '../kernel/clock.ts';
import type { MessageQueue } from '../social/message-queue.ts';
import type { OpenedChat } from './answer-contact.ts';
import { customerWords } from './chat-message.ts';
import { ChatOver, type ConnectChats } from './connect-chats.ts';
import type { ConnectContact, ContactStore } from './contact-store.ts';

export interface OpenChatDeps {
  readonly chats: Pick<ConnectChats, 'stream' | 'addBot' | 'connect' | 'transcript'>;
  readonly contacts: Pick<ContactStore, 'find' | 'hasEnded' | 'add'>;
  readonly queue: MessageQueue;
  readonly clock: Clock;
}

/** Chats live a day (`StartChatContact`, ChatDurationInMinutes), SMS the same. */
export const CHAT_SECONDS = 86_400;

/**
 * Brings the agent into a chat: what is written there comes to the stage's topic, and a bot speaks for the agent. What was
 * written before (an SMS begins with the customer's words) is queued from the transcript, under the ids that the topic
 * gives, so that it is answered once whichever way it came. Repeated, it goes on where it broke off.
 */
export const openChat =
  (deps: OpenChatDeps) =>
  async (chat: OpenedChat): Promise<void> => {
    const { chats, contacts, queue, clock } = deps;
    const known = await contacts.find(chat.contactId);
    if (known === undefined && (await contacts.hasEnded(chat.contactId))) return;
    const contact = known ?? (await entered(deps, chat));
    // Read once the row is there: what is written from now on is queued by who hears the topic.
    const said = await chats.transcript(contact.connectionToken, contact.contactId).catch(nothingWhenOver);
    await queue.enqueue(said.flatMap((item) => customerWords(contact, item, clock)));
  };

/** In the order that Connect asks for: streaming, the bot, its connection (adminguide, "Customize chat flow experiences"). */
const entered = async (
  { chats, contacts, clock }: OpenChatDeps,
  { displayName, ...chat }: OpenedChat,
): Promise<ConnectContact> => {
  await chats.stream(chat.instanceArn, chat.contactId);
  const participantToken = await chats.addBot(chat.instanceArn, chat.contactId, displayName);
  const connectionToken = await chats.connect(participantToken);
  const expiresAt = nowSeconds(clock) + CHAT_SECONDS;
  const contact = { ...chat, takesPartAs: 'bot' as const, participantToken, connectionToken, expiresAt };
  await contacts.add(contact);
  return contact;
};

const nothingWhenOver = (error: unknown): readonly [] => {
  if (error instanceof ChatOver) return [];
  throw error;
};
