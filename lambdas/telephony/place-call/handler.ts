import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { PlaceCallEnv, placeCall } from '../../../shared/telephony/place-call.ts';
import { placeCallDependencies } from '../../../shared/telephony/telephony-dependencies.ts';

export const handler = httpLambda({ placeCall: placeCall(placeCallDependencies(parseEnv(PlaceCallEnv))) });
