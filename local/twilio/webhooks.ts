import { type Fields, signatureOf, type TwilioAccount } from './account.ts';

/** Twilio waits no longer for a webhook. */
const TIMEOUT_MS = 15_000;

/** Answer of a webhook. */
export interface WebhookAnswer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** Sends a form to the application, signed for exactly this address. Throws what the network says. */
export async function callWebhook(account: TwilioAccount, url: string, fields: Fields): Promise<WebhookAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      'user-agent': 'TwilioProxy/1.1',
      'x-twilio-signature': signatureOf(account, url, fields),
      'i-twilio-idempotency-token': crypto.randomUUID(),
    },
    body: new URLSearchParams(fields).toString(),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  return { status: response.status, type: response.headers.get('content-type') ?? '', text: await response.text() };
}
