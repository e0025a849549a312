import type { ApiAnswer } from '../api.ts';
import type { SocialFaults } from '../faults.ts';
import type { SocialAccount, SocialNetwork } from '../network.ts';
import { expiredToken, type GraphError, temporarilyUnavailable } from './graph-error.ts';
import { tooManyCalls } from './messenger-messages.ts';
import { throughputReached } from './whatsapp-messages.ts';

interface Faulty {
  /** What is answered in place of doing anything. */
  readonly answer?: ApiAnswer;
  /** It is done, but nobody hears of it. */
  readonly isLost?: boolean;
}

/** What the fault that is loaded for this account makes of a message. Waits where it is to be slow. */
export async function faultyAnswer(
  { faults, network }: { readonly faults: SocialFaults; readonly network: SocialNetwork },
  account: SocialAccount,
): Promise<Faulty> {
  const fault = faults.next(account);
  switch (fault?.kind) {
    case 'slow':
      await network.clock.sleep(fault.delayMs ?? 0);
      return {};
    case 'lost-answer':
      return { isLost: true };
    case 'no-answer':
      return { answer: { status: 500, body: {}, isLost: true } };
    case 'token-expired':
      return refused(expiredToken(network.clock.now()));
    case 'server-error':
      return refused(temporarilyUnavailable());
    case 'rate-limited':
      return refused(account.platform === 'whatsapp' ? throughputReached() : tooManyCalls());
    default:
      return {};
  }
}

const refused = ({ answer }: GraphError): Faulty => ({ answer });
