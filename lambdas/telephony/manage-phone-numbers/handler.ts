import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import * as numbers from '../../../shared/telephony/manage-phone-numbers.ts';
import { phoneNumberDependencies } from '../../../shared/telephony/telephony-dependencies.ts';
import { TELEPHONY_OPERATIONS } from '../../../shared/telephony/telephony-operations.ts';

const deps = phoneNumberDependencies(parseEnv(numbers.ManagePhoneNumbersEnv));
const [assignPhoneNumber, freePhoneNumber] = [numbers.assignPhoneNumber(deps), numbers.freePhoneNumber(deps)];
const listPhoneNumbers = numbers.listPhoneNumbers(deps);
export const handler = httpLambda(TELEPHONY_OPERATIONS)({ assignPhoneNumber, freePhoneNumber, listPhoneNumbers });
