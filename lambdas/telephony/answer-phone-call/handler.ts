import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import * as phone from '../../../shared/telephony/answer-phone-call.ts';
import { answerPhoneCallDependencies } from '../../../shared/telephony/telephony-dependencies.ts';

const deps = answerPhoneCallDependencies(parseEnv(phone.AnswerPhoneCallEnv));
const [answerTwilioVoice, answerTwilioStatus] = [phone.answerVoiceWebhook(deps), phone.answerStatusWebhook(deps)];
const answerTwilioStream = phone.answerStreamWebhook(deps);
export const handler = httpLambda({ answerTwilioVoice, answerTwilioStatus, answerTwilioStream });
