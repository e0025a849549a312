import type { ChatItem } from './chat-message.ts';

/** A chat of Amazon Connect, as whoever takes part in it for us sees it. */
export interface ConnectChats {
  /** From now on what is said in the chat is published to the stage's topic. */
  readonly stream: (instanceArn: string, contactId: string) => Promise<void>;
  /** Brings a bot into a chat; gives the token it connects with. */
  readonly addBot: (instanceArn: string, contactId: string, displayName: string) => Promise<string>;
  /** Connects a participant; gives the token it speaks with, good for a day. */
  readonly connect: (participantToken: string) => Promise<string>;
  /** `token` makes the same text twice one message. Throws `ChatOver` when the connection or the chat is no more. */
  readonly send: (connectionToken: string, text: string, token: string) => Promise<void>;
  /** What was said in this chat until now, the earliest first; earlier chats of the same customer are not of it. Throws `ChatOver`. */
  readonly transcript: (connectionToken: string, contactId: string) => Promise<readonly ChatItem[]>;
  /** Leaves the chat; a flow that waits for the bot goes on. What is over already is left. */
  readonly leave: (connectionToken: string) => Promise<void>;
  readonly setAttributes: (
    instanceArn: string,
    contactId: string,
    attributes: Readonly<Record<string, string>>,
  ) => Promise<void>;
  /** Begins a chat in a customer's place. The same `token` twice is one chat. */
  readonly start: (chat: {
    readonly contactFlowArn: string;
    readonly displayName: string;
    readonly text: string;
    readonly attributes: Readonly<Record<string, string>>;
    readonly token: string;
  }) => Promise<{ readonly contactId: string; readonly participantToken: string }>;
}

/** The connection is refused: it has run out, or the chat has ended. */
export class ChatOver extends Error {
  constructor(cause?: unknown) {
    super('The chat does not take messages over this connection any more.', { cause });
    this.name = 'ChatOver';
  }
}
