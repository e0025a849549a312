import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import { type ProblemError, problem } from '../kernel/problems.ts';
import { type ManagePhoneNumbersDeps, requestedNumber } from './manage-phone-numbers.ts';
import { type PhoneNumber, statusOfNumber } from './phone-number.ts';
import { settleNumber } from './settle-number.ts';

type Deps = Pick<ManagePhoneNumbersDeps, 'numbers' | 'desks'>;

/** Gives a claimed number back. Refused while an agent has it; one that is broken off is finished by its repetition. */
export const releasePhoneNumber =
  (deps: Deps) =>
  async ({ userId, params }: Pick<RequestOf<'releasePhoneNumber'>, 'userId' | 'params'>): Promise<ApiAnswer> => {
    const phoneNumber = requestedNumber(params.phoneNumber);
    const number = await deps.numbers.find(phoneNumber);
    if (number?.userId !== userId) throw problem('phone-number-not-found', `${phoneNumber} is none of your numbers.`);
    // Freed before, and the provider was not told.
    if (number.pending === 'pointing' && number.inboundAgentId === undefined) await settleNumber(deps, number);
    const leaving = await deps.numbers.release(number);
    if (leaving === undefined) throw refusalOf((await deps.numbers.find(phoneNumber)) ?? number);
    await handBack(deps, leaving);
    return { status: 204 };
  };

/** Gives back a number whose row says that it is on its way. */
export const handBack = async ({ numbers, desks }: Deps, number: PhoneNumber): Promise<void> => {
  await desks[number.provider].release(number);
  await numbers.remove(number);
};

const refusalOf = (number: PhoneNumber): ProblemError => {
  if (number.origin === 'channel') {
    return problem(
      'phone-number-in-channel',
      'A channel of an agent brought this number: change the channels of the agent.',
    );
  }
  if (number.pending === 'claiming') {
    return problem('phone-number-busy', 'The number is still being claimed.', { retryAfterSeconds: 5 });
  }
  if (statusOfNumber(number) !== 'available') {
    return problem('phone-number-assigned', 'Agents answer it or call from it: end its assignments first.');
  }
  return problem(
    'phone-number-not-found',
    'The number belongs to the stage: its operator gives it back, not a tenant.',
  );
};
