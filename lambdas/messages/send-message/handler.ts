import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';
import { messageDependencies } from '../../../shared/messages/message-dependencies.ts';
import { SendMessageEnv, sendMessage } from '../../../shared/messages/send-message.ts';

export const handler = httpLambda({ sendMessage: sendMessage(messageDependencies(parseEnv(SendMessageEnv))) });
