import { answerElizaWebhook } from '../../../shared/eliza/answer-eliza-webhook.ts';
import { AnswerElizaWebhookEnv } from '../../../shared/eliza/eliza-env.ts';
import { ELIZA_OPERATIONS } from '../../../shared/eliza/eliza-operations.ts';
import { answerElizaWebhookDependencies } from '../../../shared/eliza/eliza-webhook-dependencies.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

const deps = answerElizaWebhookDependencies(parseEnv(AnswerElizaWebhookEnv));
export const handler = httpLambda(ELIZA_OPERATIONS)({ answerElizaWebhook: answerElizaWebhook(deps) });
