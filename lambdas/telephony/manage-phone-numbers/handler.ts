import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import * as numbers from '../../../shared/telephony/manage-phone-numbers.ts';
import { phoneNumberDependencies } from '../../../shared/telephony/telephony-dependencies.ts';

const deps = phoneNumberDependencies(parseEnv(numbers.ManagePhoneNumbersEnv));
const [assignPhoneNumber, freePhoneNumber] = [numbers.assignPhoneNumber(deps), numbers.freePhoneNumber(deps)];
export const handler = httpLambda({
  assignPhoneNumber,
  freePhoneNumber,
  listPhoneNumbers: numbers.listPhoneNumbers(deps),
});
