import { isRecord, type JsonRecord } from '../api.ts';
import { newId, type SocialAccount, type SocialNetwork } from '../network.ts';
import { RateLimiter } from '../rate-limit.ts';
import { GraphError, invalidParameter } from './graph-error.ts';

/** Meta's documentation of the Cloud API, 2026-11: length of a text, customer service window. */
const MOST_CHARACTERS = 4096;
const WINDOW_MS = 24 * 3_600_000;
const TYPES = [
  'audio',
  'contacts',
  'document',
  'image',
  'interactive',
  'location',
  'reaction',
  'sticker',
  'template',
  'text',
  'video',
];

/** What an accepted message leaves behind. */
export interface AcceptedWhatsApp {
  readonly answer: object;
  /** Undefined for a read mark. */
  readonly message?: { readonly messageId: string; readonly customerId: string };
}

/** Takes messages of businesses as the Cloud API does, whoever brings them: Graph API or AWS. Throws `GraphError`. */
export class WhatsAppMessages {
  readonly #network: SocialNetwork;
  /** 80 messages a second a number; one message each 6 s a customer after 45 at once (Cloud API, "Rate limits"). */
  readonly #throughput = new RateLimiter({ burst: 80, refillMs: 1000 / 80 });
  readonly #pair = new RateLimiter({ burst: 45, refillMs: 6000 });

  constructor(network: SocialNetwork) {
    this.#network = network;
  }

  accept(account: SocialAccount, sent: JsonRecord): AcceptedWhatsApp {
    if (sent.messaging_product !== 'whatsapp') {
      throw invalidParameter('The parameter messaging_product is required.');
    }
    if (sent.status !== undefined) return markRead(sent);
    const { type, text } = contentOf(sent);
    const input = recipientOf(sent);
    const customerId = input.replaceAll(/\D/g, '') === '' || sent.to === undefined ? input : input.replace(/^\+/, '');
    const address = { platform: 'whatsapp', accountId: account.accountId, customerId } as const;
    if (this.#network.customer(address) === undefined) throw undeliverable();
    if (type !== 'template' && this.#network.silentMs(address) > WINDOW_MS) throw reEngagement();
    this.#count(account.accountId, customerId);
    const messageId = newId.whatsapp();
    this.#network.deliver(address, { messageId, text, type });
    return {
      answer: {
        messaging_product: 'whatsapp',
        contacts: [{ input, wa_id: customerId }],
        messages: [{ id: messageId }],
      },
      message: { messageId, customerId },
    };
  }

  #count(accountId: string, customerId: string): void {
    const nowMs = this.#network.clock.now();
    if (!this.#throughput.take(accountId, nowMs)) throw throughputReached();
    if (!this.#pair.take(`${accountId}/${customerId}`, nowMs)) throw pairReached();
  }
}

function markRead({ status, message_id: id }: JsonRecord): AcceptedWhatsApp {
  if (status !== 'read') throw invalidParameter('Param status must be one of {READ} - got an unknown value.');
  if (typeof id !== 'string' || id === '') throw invalidParameter('The parameter message_id is required.');
  return { answer: { success: true } };
}

function recipientOf({ to, recipient }: JsonRecord): string {
  const given = to ?? recipient;
  if (typeof given !== 'string' || given === '') throw invalidParameter('The parameter to is required.');
  return given;
}

function contentOf(sent: JsonRecord): { readonly type: string; readonly text: string } {
  const { type = 'text' } = sent;
  if (typeof type !== 'string' || !TYPES.includes(type)) {
    throw invalidParameter(`Param type must be one of {${TYPES.join(', ').toUpperCase()}} - got "${String(type)}".`);
  }
  const content = sent[type];
  if (!isRecord(content) && type !== 'contacts') throw invalidParameter(`The parameter ${type} is required.`);
  if (type !== 'text') return { type, text: isRecord(content) && typeof content.name === 'string' ? content.name : '' };
  const body = isRecord(content) ? content.body : undefined;
  if (typeof body !== 'string' || body === '') throw invalidParameter("The parameter text['body'] is required.");
  if (body.length > MOST_CHARACTERS) {
    throw invalidParameter(`Param text['body'] must be at most ${MOST_CHARACTERS} characters long.`);
  }
  return { type, text: body };
}

const undeliverable = () =>
  new GraphError({
    code: 131_026,
    message: '(#131026) Message undeliverable',
    details: 'Message Undeliverable.',
  });

const reEngagement = () =>
  new GraphError({
    code: 131_047,
    message: '(#131047) Re-engagement message',
    details:
      'Message failed to send because more than 24 hours have passed since the customer last replied to this number.',
  });

export const throughputReached = () =>
  new GraphError({
    status: 429,
    code: 130_429,
    message: '(#130429) Rate limit hit',
    details:
      'Message failed to send because there were too many messages sent from this phone number in a short period of time',
  });

const pairReached = () =>
  new GraphError({
    status: 429,
    code: 131_056,
    message: '(#131056) (Business Account, Consumer Account) pair rate limit hit',
    details:
      'Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time.',
  });
