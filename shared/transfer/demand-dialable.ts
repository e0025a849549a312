import { pointer } from '../http/pointer.ts';
import { refused } from '../kernel/problems.ts';
import type { PhoneNumberStore } from '../telephony/phone-number-store.ts';
import { mayDial } from './dial-policy.ts';

export interface DialableDeps {
  readonly numbers: Pick<PhoneNumberStore, 'find'>;
  /** Where the stage lets calls be passed on to. */
  readonly dialPrefixes: readonly string[];
}

/**
 * Throws `invalid-request` for a number that calls may not be passed on to: outside the stage's prefixes, dear, or
 * answered by an agent, which would pass the caller round in circles. Asked again when it is dialled.
 */
export const demandDialable = async (
  { numbers, dialPrefixes }: DialableDeps,
  phoneNumber: string,
  path: readonly string[],
): Promise<void> => {
  const refuse = (message: string) => refused([{ pointer: pointer(...path), message, code: 'invalid-request' }]);
  if (!mayDial(phoneNumber, dialPrefixes)) {
    throw refuse(`Calls are passed on to numbers that begin with ${dialPrefixes.join(', ')}, and to no dear ones.`);
  }
  if ((await numbers.find(phoneNumber))?.inboundAgentId !== undefined) {
    throw refuse('An agent answers this number: the caller would go round in circles.');
  }
};
