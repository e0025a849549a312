import type { SocialChannelType } from '../../channels/channel.ts';
import type { Identity } from '../../customers/customer.ts';

/** A message as it came from a platform, before it is known whose agent it is for. */
export interface InboundMessage {
  readonly channel: SocialChannelType;
  /** The business's account that was written to: phone number id, page id, Instagram or X user id. */
  readonly accountId: string;
  /** Whom a reply goes to, as the platform names them. */
  readonly senderId: string;
  readonly messageId: string;
  readonly identity: Identity;
  readonly displayName?: string;
  readonly text: string;
  /** Kinds of what cannot be read. */
  readonly attachments: readonly string[];
  readonly sentAtMs: number;
}

/** As long as a message of `POST /agents/{agentId}/messages` may be; what a customer writes beyond is left out. */
export const MAX_TEXT_LENGTH = 4000;
const MAX_NAME_LENGTH = 200;

/** Well-formed, without blanks around it, of bearable length, no character cut in two. */
export const customerText = (text: string): string => cut(text.toWellFormed().trim(), MAX_TEXT_LENGTH);

export const customerName = (name: string | undefined): { readonly displayName?: string } => {
  const displayName = cut((name ?? '').toWellFormed().trim(), MAX_NAME_LENGTH);
  return displayName === '' ? {} : { displayName };
};

const cut = (text: string, length: number): string => {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  const isHalf = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, isHalf ? length - 1 : length);
};
