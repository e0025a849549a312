import { isRecord, type JsonRecord } from '../api.ts';
import { newId, type SocialAccount, type SocialNetwork } from '../network.ts';
import { RateLimiter } from '../rate-limit.ts';
import { GraphError, invalidParameter } from './graph-error.ts';

const WINDOW_MS = 24 * 3_600_000;
const HUMAN_AGENT_WINDOW_MS = 7 * 24 * 3_600_000;
const MESSAGING_TYPES = ['RESPONSE', 'UPDATE', 'MESSAGE_TAG', 'UTILITY'];

export interface AcceptedMessenger {
  readonly answer: object;
  /** Undefined for typing and seen marks. */
  readonly message?: { readonly messageId: string; readonly customerId: string; readonly text: string };
}

/** Takes messages of pages and Instagram accounts as the send API does. Throws `GraphError`. */
export class MessengerMessages {
  readonly #network: SocialNetwork;
  /** 300 a second for Messenger, 100 for Instagram's text messages (send API, "Rate limits", 2026-11). */
  readonly #limits = {
    facebook: new RateLimiter({ burst: 300, refillMs: 1000 / 300 }),
    instagram: new RateLimiter({ burst: 100, refillMs: 1000 / 100 }),
  };

  constructor(network: SocialNetwork) {
    this.#network = network;
  }

  accept(account: SocialAccount, sent: JsonRecord): AcceptedMessenger {
    const platform = account.platform === 'instagram' ? 'instagram' : 'facebook';
    const customerId = recipientOf(sent);
    const address = { platform, accountId: account.accountId, customerId } as const;
    if (sent.messaging_type !== undefined && !MESSAGING_TYPES.some((type) => type === sent.messaging_type)) {
      throw invalidParameter(`Param messaging_type must be one of {${MESSAGING_TYPES.join(', ')}}`);
    }
    const content = sent.sender_action === undefined ? contentOf(sent, platform) : undefined;
    if (this.#network.customer(address) === undefined) throw noUser();
    if (content === undefined) return { answer: { recipient_id: customerId } };
    const windowMs = isTaggedByHuman(sent) ? HUMAN_AGENT_WINDOW_MS : WINDOW_MS;
    if (this.#network.silentMs(address) > windowMs) throw outsideWindow(platform);
    if (!this.#limits[platform].take(account.accountId, this.#network.clock.now())) throw tooManyCalls();
    const messageId = newId.mid();
    this.#network.deliver(address, { messageId, ...content });
    return {
      answer: { recipient_id: customerId, message_id: messageId },
      message: { messageId, customerId, text: content.text },
    };
  }
}

const isTaggedByHuman = ({ messaging_type: type, tag }: JsonRecord): boolean =>
  (type === undefined || type === 'MESSAGE_TAG') && tag === 'HUMAN_AGENT';

function recipientOf({ recipient }: JsonRecord): string {
  const id = isRecord(recipient) ? recipient.id : undefined;
  if (typeof id !== 'string' || id === '') throw invalidParameter('param recipient must be non-empty.');
  return id;
}

function contentOf({ message }: JsonRecord, platform: 'facebook' | 'instagram'): { type: string; text: string } {
  if (!isRecord(message)) throw invalidParameter('param message must be non-empty.');
  const { text, attachment } = message;
  if (text === undefined && isRecord(attachment)) return { type: String(attachment.type), text: '' };
  if (typeof text !== 'string' || text === '') throw invalidParameter('param message must be non-empty.');
  // Messenger counts characters, Instagram bytes (send API of each, 2026-11).
  if (platform === 'facebook' && text.length > 2000) {
    throw invalidParameter('Length of param message[text] must be less than or equal to 2000');
  }
  if (platform === 'instagram' && Buffer.byteLength(text) > 1000) {
    throw invalidParameter('Length of param message[text] must be less than or equal to 1000');
  }
  return { type: 'text', text };
}

const noUser = () => new GraphError({ code: 100, subcode: 2_018_001, message: '(#100) No matching user found' });

const outsideWindow = (platform: 'facebook' | 'instagram') =>
  new GraphError({
    code: 10,
    subcode: platform === 'facebook' ? 2_018_278 : 2_534_022,
    message: '(#10) This message is sent outside of allowed window.',
  });

export const tooManyCalls = () =>
  new GraphError({ code: 613, message: '(#613) Calls to this api have exceeded the rate limit.' });
