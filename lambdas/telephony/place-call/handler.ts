import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { PlaceCallEnv, placeCall } from '../../../shared/telephony/place-call.ts';
import { placeCallDependencies } from '../../../shared/telephony/telephony-dependencies.ts';
import { TELEPHONY_OPERATIONS } from '../../../shared/telephony/telephony-operations.ts';

export const handler = httpLambda(TELEPHONY_OPERATIONS)({
  placeCall: placeCall(placeCallDependencies(parseEnv(PlaceCallEnv))),
});
