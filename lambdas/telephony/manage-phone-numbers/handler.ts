import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { ManagePhoneNumbersEnv } from '../../../shared/telephony/manage-phone-numbers.ts';
import { numberUseCases } from '../../../shared/telephony/number-use-cases.ts';
import { phoneNumberDependencies } from '../../../shared/telephony/telephony-dependencies.ts';
import { TELEPHONY_OPERATIONS } from '../../../shared/telephony/telephony-operations.ts';

const useCases = numberUseCases(phoneNumberDependencies(parseEnv(ManagePhoneNumbersEnv)));
export const handler = httpLambda(TELEPHONY_OPERATIONS)(useCases);
