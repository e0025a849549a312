import { AnswerConnectWebhookEnv, answerConnectWebhook } from '../../../shared/connect/answer-connect-webhook.ts';
import { answerConnectWebhookDependencies } from '../../../shared/connect/connect-dependencies.ts';
import { CONNECT_OPERATIONS } from '../../../shared/connect/connect-operations.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

const deps = answerConnectWebhookDependencies(parseEnv(AnswerConnectWebhookEnv));
export const handler = httpLambda(CONNECT_OPERATIONS)({ answerConnectWebhook: answerConnectWebhook(deps) });
