import type { Channel } from '../channels/channel.ts';
import type { ChannelStore } from '../channels/channel-store.ts';
import type { CustomerMessage } from '../messages/customer-message.ts';
import type { AgentAnswer } from '../messages/message.ts';
import type { ReplyEngine } from '../messages/reply-engine.ts';

/** The template of a channel that answers what cannot be read. */
const ATTACHMENT_TEMPLATE = 'unsupported_attachment';

const NAMES: Readonly<Record<string, string>> = {
  image: 'pictures',
  photo: 'pictures',
  sticker: 'stickers',
  audio: 'voice messages',
  voice: 'voice messages',
  video: 'videos',
  animated_gif: 'videos',
  document: 'documents',
  file: 'documents',
  location: 'locations',
  contacts: 'contacts',
};

/** What a customer is told whose message has nothing to read in it; no agent is asked. */
const attachmentReply = (attachments: readonly string[], templates: Readonly<Record<string, string>> = {}): string => {
  const [kind] = attachments;
  const name = (kind !== undefined && Object.hasOwn(NAMES, kind) ? NAMES[kind] : undefined) ?? 'messages of this kind';
  return (
    templates[ATTACHMENT_TEMPLATE] ??
    `Thank you for your message. I am sorry, I cannot open ${name} here. Please tell me in words what I can do for you.`
  );
};

/** Answers with these words; the conversation remembers them like any others. */
const engineSaying = (answer: string): ReplyEngine => ({
  reply: async (): Promise<AgentAnswer> => ({
    answer,
    citations: [],
    toolCalls: [],
    handoff: null,
    usage: { inputTokens: 0, outputTokens: 0 },
  }),
});

/** The engine for a message: what has nothing to read is answered with words of the channel's, or ours. */
export const socialEngineFor =
  (channels: Pick<ChannelStore, 'find'>, engine: ReplyEngine) =>
  async (_agent: unknown, message: CustomerMessage): Promise<ReplyEngine> => {
    if (message.text.trim() !== '' || message.attachments.length === 0) return engine;
    const channel = await channels.find({ ...message, channelType: message.channel });
    return engineSaying(attachmentReply(message.attachments, templatesOf(channel)));
  };

const templatesOf = (channel: Channel | undefined): Readonly<Record<string, string>> =>
  (channel?.settings.responseTemplates ?? {}) as Readonly<Record<string, string>>;
