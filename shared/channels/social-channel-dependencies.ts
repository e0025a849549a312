import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import { elizaAgentsOf } from '../eliza/eliza-dependencies.ts';
import { leanFetch } from '../kernel/lean-fetch.ts';
import { systemClock } from '../kernel/real-dependencies.ts';
import { secretsManagerChannelCredentials } from '../social/channel-credentials-secrets-manager.ts';
import { graphApi } from '../social/outbound/graph-api.ts';
import { socialMessagingWhatsApp } from '../social/outbound/whatsapp-aws-socialmessaging.ts';
import { xApi } from '../social/outbound/x-api.ts';
import { socialDeployer } from '../social/social-deployer.ts';
import type { ChannelDeployer } from './channel-deployer.ts';
import type { SocialChannelEnv } from './channel-env.ts';
import { dynamoChannelStore } from './channels-dynamodb.ts';

/** WhatsApp, Instagram, Messenger and X. */
export const socialDeployerOf = (env: z.output<typeof SocialChannelEnv>): ChannelDeployer =>
  socialDeployer({
    accounts: dynamoChannelStore(env),
    credentials: secretsManagerChannelCredentials(env),
    graph: graphApi(env, leanFetch()),
    x: xApi({ X_API_URL: env.X_API_URL, fetch: leanFetch(), clock: systemClock, nonce: randomUUID }),
    awsWhatsApp: socialMessagingWhatsApp(),
    whatsappTopicArn: env.WHATSAPP_TOPIC_ARN,
    publicApiUrl: env.PUBLIC_API_URL,
    eliza: elizaAgentsOf(env),
  });
