import type { ApiRequest } from '../http/request.ts';
import { problem } from '../kernel/problems.ts';
import type { TwilioAccount } from './twilio-account.ts';
import { isSignedByTwilio } from './twilio-signature.ts';
import { type WebhookAddresses, webhookUrl } from './webhook-addresses.ts';

type Fields = Readonly<Record<string, string | readonly string[]>>;

/**
 * Throws `invalid-signature` unless Twilio signed this webhook: the public address we gave it, its query as it came,
 * and every field of the form. A stage without a telephone provider takes none.
 */
export const demandTwilio = async (
  {
    account,
    addresses,
  }: {
    readonly account: (() => Promise<TwilioAccount>) | undefined;
    readonly addresses: Pick<WebhookAddresses, 'apiUrl'>;
  },
  webhook: Parameters<typeof webhookUrl>[1],
  { headers, body, rawQuery }: Pick<ApiRequest, 'headers' | 'rawQuery'> & { readonly body: unknown },
): Promise<void> => {
  const address = webhookUrl(addresses, webhook);
  const url = rawQuery === '' ? address : `${address}?${rawQuery}`;
  const signature = headers['x-twilio-signature'];
  const { authToken } = account === undefined ? refuse() : await account();
  if (!isSignedByTwilio(authToken, signature, url, body as Fields)) refuse();
};

const refuse = (): never => {
  throw problem('invalid-signature', 'The request is not signed by the telephone provider for this very address.');
};
