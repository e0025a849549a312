import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { ManagePhoneNumbersEnv } from '../../../shared/telephony/manage-phone-numbers.ts';
import { phoneNumberDependencies } from '../../../shared/telephony/number-dependencies.ts';
import { NUMBER_OPERATIONS } from '../../../shared/telephony/number-operations.ts';
import { numberUseCases } from '../../../shared/telephony/number-use-cases.ts';

const useCases = numberUseCases(phoneNumberDependencies(parseEnv(ManagePhoneNumbersEnv)));
export const handler = httpLambda(NUMBER_OPERATIONS)(useCases);
