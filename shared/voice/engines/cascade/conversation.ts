import { silentInstruction } from '../say.ts';
import type { HistoryTurn } from '../speech-engine.ts';
import type { ChatMessage } from './ports.ts';

/** More is not sent to a language model: the oldest goes first. */
const MAX_MESSAGES = 120;

export const conversationOf = (history: readonly HistoryTurn[]): readonly ChatMessage[] =>
  history.map(({ role, text }) => (role === 'user' ? { role, text } : { role, text, toolUses: [] }));

/** The newest messages, from one of the caller's on: tool uses and their results must not be torn apart. */
export const trimmed = (messages: readonly ChatMessage[]): readonly ChatMessage[] => {
  if (messages.length <= MAX_MESSAGES) return messages;
  const start = messages.findIndex(({ role }, index) => role === 'user' && index >= messages.length - MAX_MESSAGES);
  return start === -1 ? messages.slice(-1) : messages.slice(start);
};

/** A sentence that was synthesized, and how long it plays. */
export interface SpokenSentence {
  readonly text: string;
  readonly durationMs: number;
}

/** Words of these sentences that so much playing time holds; of a sentence that was cut, its share. */
export const heardText = (sentences: readonly SpokenSentence[], playedMs: number): string => {
  const heard: string[] = [];
  let left = playedMs;
  for (const { text, durationMs } of sentences) {
    if (left <= 0) break;
    const words = text.split(/\s+/);
    const share = durationMs > 0 ? Math.min(1, left / durationMs) : 1;
    heard.push(words.slice(0, Math.floor(words.length * share)).join(' '));
    left -= durationMs;
  }
  return heard.filter((part) => part !== '').join(' ');
};

/**
 * The conversation after an answer was cut off: what it did with tools stays, of its words only those that were heard.
 * `start` is where the answer began.
 */
export const cutOff = (messages: readonly ChatMessage[], start: number, heard: string): readonly ChatMessage[] => {
  const answer = messages.slice(start).flatMap((message): ChatMessage[] => {
    if (message.role !== 'assistant') return [message];
    return message.toolUses.length > 0 ? [{ ...message, text: '' }] : [];
  });
  const words: ChatMessage[] = heard === '' ? [] : [{ role: 'assistant', text: `${heard} …`, toolUses: [] }];
  return [...messages.slice(0, start), ...answer, ...words];
};

/** A message as one of two sides' (models of either provider know no notes). */
export type Sided = Exclude<ChatMessage, { role: 'note' }>;

/** Notes become words to the model, and what the caller said in a row becomes one message. */
export const sided = (messages: readonly ChatMessage[]): readonly Sided[] => {
  const result: Sided[] = [];
  for (const message of messages) {
    const next: Sided = message.role === 'note' ? { role: 'user', text: silentInstruction(message.text) } : message;
    const last = result.at(-1);
    if (next.role === 'user' && last?.role === 'user') {
      result[result.length - 1] = { role: 'user', text: `${last.text}\n${next.text}` };
    } else if (next.role === 'assistant' && last?.role === 'assistant' && last.toolUses.length === 0) {
      const text = [last.text, next.text].filter((part) => part !== '').join(' ');
      result[result.length - 1] = { role: 'assistant', text, toolUses: next.toolUses };
    } else result.push(next);
  }
  return result;
};
