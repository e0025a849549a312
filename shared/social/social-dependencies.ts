import type * as z from 'zod';
import { dynamoChannelStore } from '../channels/channels-dynamodb.ts';
import { jsonLog } from '../kernel/log.ts';
import { randomIds, systemClock } from '../kernel/real-dependencies.ts';
import { secretsManagerChannelCredentials } from './channel-credentials-secrets-manager.ts';
import type { ManageChannelCredentialsDeps, ManageChannelCredentialsEnv } from './manage-channel-credentials.ts';
import { sqsMessageQueue } from './message-queue-sqs.ts';
import type { ReceiveAwsWhatsappDeps, ReceiveAwsWhatsappEnv } from './receive-aws-whatsapp.ts';
import type { ReceiveSocialMessageDeps, ReceiveSocialMessageEnv } from './receive-social-message.ts';

/** What keeping credentials needs. */
export const channelCredentialsDependencies = (
  env: z.output<typeof ManageChannelCredentialsEnv>,
): ManageChannelCredentialsDeps => ({
  credentials: secretsManagerChannelCredentials(env),
  webhooks: dynamoChannelStore(env),
  publicApiUrl: env.PUBLIC_API_URL,
  clock: systemClock,
  ids: randomIds,
});

/** What the webhooks of platforms need. */
export const receiveSocialMessageDependencies = (
  env: z.output<typeof ReceiveSocialMessageEnv>,
): ReceiveSocialMessageDeps => {
  const channels = dynamoChannelStore(env);
  return {
    accounts: channels,
    webhooks: channels,
    credentials: secretsManagerChannelCredentials(env),
    queue: sqsMessageQueue(env),
    clock: systemClock,
    log: jsonLog,
  };
};

/** What WhatsApp by AWS needs. */
export const receiveAwsWhatsappDependencies = (
  env: z.output<typeof ReceiveAwsWhatsappEnv>,
): ReceiveAwsWhatsappDeps => ({
  accounts: dynamoChannelStore(env),
  queue: sqsMessageQueue(env),
  clock: systemClock,
  log: jsonLog,
});
