import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import * as phone from '../../../shared/telephony/answer-phone-call.ts';
import { answerPhoneCallDependencies } from '../../../shared/telephony/telephony-dependencies.ts';
import { TELEPHONY_OPERATIONS } from '../../../shared/telephony/telephony-operations.ts';

const deps = answerPhoneCallDependencies(parseEnv(phone.AnswerPhoneCallEnv));
const answerTwilioVoice = phone.answerVoiceWebhook(deps);
const answerTwilioStream = phone.answerStreamWebhook(deps);
export const handler = httpLambda(TELEPHONY_OPERATIONS)({ answerTwilioVoice, answerTwilioStream });
