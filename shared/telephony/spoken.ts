import type { ApiAnswer } from '../http/request.ts';
import { twiml, type Verb } from './twiml.ts';
import { type WebhookAddresses, webhookUrl } from './webhook-addresses.ts';

/** A document of TwiML as the answer of a webhook. */
export const xml = (document: string): ApiAnswer => ({
  status: 200,
  raw: { content: Buffer.from(document, 'utf8'), contentType: 'text/xml; charset=utf-8' },
});

/** What the provider is to do next. */
export const spoken = (...verbs: readonly Verb[]): ApiAnswer => xml(twiml(...verbs));

/**
 * The caller talks with the agent; when the stream has ended, whoever ended it, the provider asks how the call goes on.
 */
export const streamVerbs = (
  addresses: WebhookAddresses,
  { token, nextUrl }: { readonly token: string; readonly nextUrl: string | undefined },
): readonly Verb[] => [
  {
    verb: 'stream',
    url: addresses.webSocketUrl,
    statusCallback: webhookUrl(addresses, 'stream'),
    parameters: { token },
  },
  nextUrl === undefined ? { verb: 'hangup' } : { verb: 'redirect', url: nextUrl },
];
