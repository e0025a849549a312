import type { Clock } from '../kernel/clock.ts';
import type { QueuedMessage } from '../social/queued-message.ts';
import type { ConnectContact } from './contact-store.ts';

/** What is said or happens in a chat, in Connect's words: streamed to a topic and in the transcript it has the same id. */
export interface ChatItem {
  readonly Id: string;
  /** `MESSAGE`, `ATTACHMENT`, `EVENT`, … */
  readonly Type: string;
  readonly ContentType: string;
  readonly Content?: string | null | undefined;
  readonly ParticipantRole?: string | null | undefined;
  /** ISO 8601. */
  readonly AbsoluteTime?: string | null | undefined;
}

/** The words of a message, empty for a file; undefined where nothing is said. */
export const wordsOf = ({ Type, ContentType, Content }: ChatItem): string | undefined => {
  const said = Content?.trim() ?? '';
  if (said === '') return undefined;
  if (Type === 'ATTACHMENT') return '';
  return Type === 'MESSAGE' && /^text\/(?:plain|markdown)$/.test(ContentType) ? said : undefined;
};

/** Unix milliseconds; now, where the chat does not say. */
export const timeOf = ({ AbsoluteTime }: ChatItem, clock: Clock): number => {
  const at = Date.parse(AbsoluteTime ?? '');
  return Number.isNaN(at) ? clock.now() : at;
};

/** What a customer said, for the agent; the same from the topic and from the transcript, so that it is answered once. */
export const customerWords = (
  { userId, agentId, channel, identity, contactId }: ConnectContact,
  item: ChatItem,
  clock: Clock,
): readonly QueuedMessage[] => {
  const text = item.ParticipantRole === 'CUSTOMER' ? wordsOf(item) : undefined;
  if (text === undefined) return [];
  const attachments = text === '' ? ['file'] : [];
  const message = { userId, agentId, channel, messageId: item.Id, identity, text, attachments };
  return [{ message: { ...message, sentAtMs: timeOf(item, clock) }, route: { kind: 'connect', contactId } }];
};
