import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { answerStatusWebhook } from '../../../shared/telephony/answer-call-status.ts';
import { AnswerTransferEnv, answerNextWebhook } from '../../../shared/telephony/answer-transfer.ts';
import { TELEPHONY_OPERATIONS } from '../../../shared/telephony/telephony-operations.ts';
import { answerTransferDependencies } from '../../../shared/telephony/transfer-dependencies.ts';

const deps = answerTransferDependencies(parseEnv(AnswerTransferEnv));
const [answerTwilioNext, answerTwilioStatus] = [answerNextWebhook(deps), answerStatusWebhook(deps)];
export const handler = httpLambda(TELEPHONY_OPERATIONS)({ answerTwilioNext, answerTwilioStatus });
