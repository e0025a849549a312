import { createHash } from 'node:crypto';
import type { CustomersMessage, Said } from './customer.ts';
import type { SocialFault, SocialFaults } from './faults.ts';
import { type AccountOptions, accountHandle, type SocialAccountHandle } from './graph/meta-app.ts';
import { whatsappInbound, whatsappStatuses } from './graph/payloads.ts';
import type { WhatsAppMessages } from './graph/whatsapp-messages.ts';
import { newId, type SocialAccount, type SocialNetwork } from './network.ts';

export interface AwsWhatsAppLinks {
  /** Links a number (Meta's phone number id), as the console's embedded sign-up does. */
  readonly link: (phoneNumberId: string, options?: AccountOptions) => LinkedAccountHandle;
}

export interface LinkedAccountHandle extends SocialAccountHandle {
  /** AWS's id of the number: `phone-number-id-…`. */
  readonly awsPhoneNumberId: string;
  /** AWS's id of the business account: `waba-…`. */
  readonly awsAccountId: string;
}

/** How AWS End User Messaging Social reaches WhatsApp, and WhatsApp it. */
export interface WhatsAppExchange {
  readonly linked: () => readonly LinkedNumberRow[];
  /** Throws `GraphError`. */
  readonly send: (number: LinkedNumberRow, message: Readonly<Record<string, unknown>>) => object;
  /** What goes wrong with a message that is sent now. */
  readonly fault: (number: LinkedNumberRow) => SocialFault | undefined;
  /** Whom arriving entries are given; undefined without the service. Rejects when nobody takes them. */
  onEntry: ((number: LinkedNumberRow, entry: object) => Promise<void>) | undefined;
}

export interface LinkedNumberRow {
  readonly account: SocialAccount;
  readonly awsPhoneNumberId: string;
  readonly awsAccountId: string;
}

const hex = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

const rowOf = (account: SocialAccount): LinkedNumberRow => ({
  account,
  awsPhoneNumberId: `phone-number-id-${hex(account.accountId)}`,
  awsAccountId: `waba-${hex(account.businessAccountId ?? '')}`,
});

interface Parts {
  readonly network: SocialNetwork;
  readonly whatsapp: WhatsAppMessages;
  readonly faults: SocialFaults;
}

export function makeAwsLinks({ network, whatsapp, faults }: Parts): {
  readonly links: AwsWhatsAppLinks;
  readonly exchange: WhatsAppExchange;
} {
  const exchange: WhatsAppExchange = {
    linked: () =>
      network
        .accounts()
        .filter(({ isLinkedToAws }) => isLinkedToAws)
        .map(rowOf),
    fault: ({ account }) => faults.next(account),
    send: (number, sent) => {
      const { answer, message } = whatsapp.accept(number.account, sent);
      if (message) {
        const entry = whatsappStatuses(number.account, message.messageId, message.customerId, network.clock.now());
        // Told a moment later, as with the Cloud API.
        setImmediate(() => void exchange.onEntry?.(number, entry).catch(() => undefined));
      }
      return answer;
    },
    onEntry: undefined,
  };
  const send = async (message: CustomersMessage): Promise<Omit<Said, 'messageId'>> => {
    const account = network.account('whatsapp', message.address.accountId);
    const give = async (): Promise<number> => {
      if (account === undefined || exchange.onEntry === undefined) return 0;
      return exchange.onEntry(rowOf(account), whatsappInbound(account, message)).then(
        () => 200,
        () => 0,
      );
    };
    const status = await give();
    return { status, delivered: status === 200 ? Promise.resolve() : new Promise(() => undefined), repeat: give };
  };
  const link = (accountId: string, options: AccountOptions = {}): LinkedAccountHandle => {
    const known = network.account('whatsapp', accountId);
    const account = network.saveAccount({
      platform: 'whatsapp',
      accountId,
      appId: '',
      accessToken: known?.accessToken ?? newId.token('EAAW'),
      name: options.name ?? known?.name ?? `Business ${accountId}`,
      displayPhoneNumber:
        options.displayPhoneNumber ?? known?.displayPhoneNumber ?? `1555${accountId.slice(-7).padStart(7, '0')}`,
      businessAccountId: options.businessAccountId ?? known?.businessAccountId ?? newId.number(),
      isSubscribed: true,
      isTokenExpired: false,
      isLinkedToAws: true,
    });
    const { awsPhoneNumberId, awsAccountId } = rowOf(account);
    const handle = accountHandle(network, 'whatsapp', accountId, send);
    const own = { awsPhoneNumberId, awsAccountId } as LinkedAccountHandle;
    return Object.defineProperties(own, Object.getOwnPropertyDescriptors(handle));
  };
  return { links: { link }, exchange };
}
