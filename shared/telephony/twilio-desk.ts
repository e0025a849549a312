import { problem } from '../kernel/problems.ts';
import { ClaimRefused, type FoundNumber, type NumberDesk } from './number-desk.ts';
import type { NumberCapabilities, NumberType } from './phone-number.ts';
import { fromProvider, noTelephony } from './provider.ts';
import { demandVoice } from './speaking-agent.ts';
import { TwilioError } from './twilio-account.ts';
import type { TwilioNumber, TwilioNumberKind, TwilioNumbers } from './twilio-numbers.ts';
import { type WebhookAddresses, webhookUrl } from './webhook-addresses.ts';

export interface TwilioDeskDeps {
  /** Undefined: the stage has no account. */
  readonly twilio: TwilioNumbers | undefined;
  readonly addresses: Pick<WebhookAddresses, 'apiUrl'>;
}

/** Numbers of the stage's Twilio account. */
export const twilioDesk = ({ twilio, addresses }: TwilioDeskDeps): NumberDesk => {
  const account = (): TwilioNumbers => twilio ?? noTelephony();
  const voiceUrl = webhookUrl(addresses, 'voice');
  const found = foundNumber(voiceUrl);
  return {
    provider: 'twilio',
    list: async () => {
      const { numbers, isWhole } = await fromProvider(account().listNumbers());
      return { numbers: numbers.map(found), isWhole };
    },
    find: async (phoneNumber) => {
      const number = await fromProvider(account().findNumber(phoneNumber));
      return number && found(number);
    },
    describe: async (listed) => listed,
    search: async ({ type, ...wanted }) => {
      const offers = await fromProvider(account().searchNumbers({ ...wanted, kind: KINDS[type] }));
      return offers.map(({ phone_number: phoneNumber, iso_country: country, locality, region, capabilities }) => ({
        phoneNumber,
        country,
        type,
        ...(locality ? { locality } : {}),
        ...(region ? { region } : {}),
        capabilities: capable(capabilities?.voice, capabilities?.SMS, capabilities?.MMS),
      }));
    },
    claim: async ({ phoneNumber, claimId }) => {
      const bought = await fromProvider(account().buyNumber(phoneNumber, labelOf(claimId)).catch(refusedForGood));
      const number = bought ?? (await fromProvider(account().findNumber(phoneNumber)));
      const claimed = number && found(number);
      // The account may have had it before: then nobody claimed it.
      return claimed?.claimId === claimId ? claimed : undefined;
    },
    release: async ({ providerId }) => {
      if (providerId !== undefined) await fromProvider(account().releaseNumber(providerId));
    },
    demandAnswering: async (agent) => {
      demandVoice(agent);
    },
    point: async ({ providerId, inboundAgentId }) => {
      if (providerId === undefined) return;
      const isAnswered = inboundAgentId !== undefined;
      const statusUrl = isAnswered ? webhookUrl(addresses, 'status') : '';
      await fromProvider(account().pointNumber(providerId, { voiceUrl: isAnswered ? voiceUrl : '', statusUrl }));
    },
  };
};

const KINDS: Readonly<Record<NumberType, TwilioNumberKind>> = {
  local: 'Local',
  'toll-free': 'TollFree',
  mobile: 'Mobile',
};

/** The name a claimed number has in Twilio's console: it tells whose claim it was when the answer got lost. */
const labelOf = (claimId: string): string => `oratio ${claimId}`;
const LABEL = /^oratio ([\w-]+)$/;

/** Toll-free prefixes of the North American Numbering Plan; of other numbers Twilio does not say what they are. */
const TOLL_FREE = /^\+18(?:00|33|44|55|66|77|88)/;

const foundNumber =
  (voiceUrl: string) =>
  ({
    sid,
    phone_number: phoneNumber,
    friendly_name: name,
    voice_url: told,
    capabilities,
  }: TwilioNumber): FoundNumber => {
    const claimId = LABEL.exec(name ?? '')?.[1];
    return {
      phoneNumber,
      providerId: sid,
      capabilities: capable(capabilities?.voice ?? true, capabilities?.sms, capabilities?.mms),
      isPointed: told === voiceUrl,
      ...(TOLL_FREE.test(phoneNumber) ? { type: 'toll-free' as const } : {}),
      ...(claimId === undefined ? {} : { claimId }),
    };
  };

const capable = (voice = false, sms = false, mms = false): NumberCapabilities => ({ voice, sms, mms });

/** What Twilio refuses by its own rules (an address that is missing, no money) it did not do. */
const refusedForGood = (error: unknown): never => {
  const isForGood = error instanceof TwilioError && error.status >= 400 && error.status < 500 && error.status !== 429;
  if (!isForGood) throw error;
  throw new ClaimRefused(problem('telephony-failed', `Twilio refused: ${error.message}`, { cause: error }));
};
