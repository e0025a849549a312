import type * as z from 'zod';
import { customerMemoryOf } from '../customers/customer-dependencies.ts';
import { dynamoCustomerStore } from '../customers/customers-dynamodb.ts';
import { jsonLog } from '../kernel/log.ts';
import { systemClock } from '../kernel/real-dependencies.ts';
import { platformApis } from '../social/answer-customer-dependencies.ts';
import { secretsManagerChannelCredentials } from '../social/channel-credentials-secrets-manager.ts';
import { sqsMessageQueue } from '../social/message-queue-sqs.ts';
import { REPLY_LIMITS, type ReplySender, socialSenders } from '../social/outbound/senders.ts';
import { splitText } from '../social/outbound/split-text.ts';
import { socialMessagingWhatsApp } from '../social/outbound/whatsapp-aws-socialmessaging.ts';
import { dynamoContactStore } from './contacts-dynamodb.ts';
import { handBack } from './human-handoff.ts';
import type { ReceiveConnectChatDeps, ReceiveConnectChatEnv } from './receive-connect-chat.ts';

/** What chats of Amazon Connect say to us. */
export const receiveConnectChatDependencies = (env: z.output<typeof ReceiveConnectChatEnv>): ReceiveConnectChatDeps => {
  const contacts = dynamoContactStore(env);
  const credentials = secretsManagerChannelCredentials(env);
  const senders = socialSenders({ ...platformApis(env), credentials, awsWhatsApp: socialMessagingWhatsApp() });
  return {
    contacts,
    queue: sqsMessageQueue(env),
    memory: customerMemoryOf(env),
    deliver: async ({ userId, route }, text) => {
      if (route.kind === 'connect') return;
      const send = senders[route.kind] as ReplySender;
      for (const part of splitText(text, REPLY_LIMITS[route.kind].text)) await send({ userId, route, text: part });
    },
    handBack: handBack({ contacts, customers: dynamoCustomerStore(env), clock: systemClock }),
    clock: systemClock,
    log: jsonLog,
  };
};
