import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { messageDependencies } from '../../../shared/messages/message-dependencies.ts';
import { MESSAGE_OPERATIONS } from '../../../shared/messages/message-operations.ts';
import { SendMessageEnv, sendMessage } from '../../../shared/messages/send-message.ts';

export const handler = httpLambda(MESSAGE_OPERATIONS)({
  sendMessage: sendMessage(messageDependencies(parseEnv(SendMessageEnv))),
});
