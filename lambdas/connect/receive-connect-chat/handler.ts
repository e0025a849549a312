import { receiveConnectChatDependencies } from '../../../shared/connect/chat-dependencies.ts';
import { ReceiveConnectChatEnv, receiveConnectChat } from '../../../shared/connect/receive-connect-chat.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

export const handler = receiveConnectChat(receiveConnectChatDependencies(parseEnv(ReceiveConnectChatEnv)));
