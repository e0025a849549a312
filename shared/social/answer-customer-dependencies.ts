import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import { dynamoChannelStore } from '../channels/channels-dynamodb.ts';
import { humanHandoff } from '../connect/human-handoff-dependencies.ts';
import { summariesOf } from '../customers/summary-dependencies.ts';
import { replyEngineOf } from '../eliza/eliza-dependencies.ts';
import { leanFetch } from '../kernel/lean-fetch.ts';
import { jsonLog } from '../kernel/log.ts';
import { systemClock } from '../kernel/real-dependencies.ts';
import { answerCustomer } from '../messages/answer-customer.ts';
import { customerMessagesDependencies } from '../messages/customer-message-dependencies.ts';
import type { AnswerCustomerMessageEnv, PlatformHosts } from './answer-customer-env.ts';
import type { AnswerCustomerMessageDeps } from './answer-customer-message.ts';
import { socialEngineFor } from './attachment-reply.ts';
import { secretsManagerChannelCredentials } from './channel-credentials-secrets-manager.ts';
import { sqsMessageQueue } from './message-queue-sqs.ts';
import { type GraphApi, graphApi } from './outbound/graph-api.ts';
import { socialSenders } from './outbound/senders.ts';
import { socialMessagingWhatsApp } from './outbound/whatsapp-aws-socialmessaging.ts';
import { type XApi, xApi } from './outbound/x-api.ts';
import { dynamoSentParts } from './sent-parts-dynamodb.ts';

/** What answering customers' messages needs. */
export const answerCustomerMessageDependencies = (
  env: z.output<typeof AnswerCustomerMessageEnv>,
): AnswerCustomerMessageDeps => {
  const channels = dynamoChannelStore(env);
  const answering = customerMessagesDependencies(env, socialEngineFor(channels, replyEngineOf(env)));
  const deps = { ...answering, afterwards: summariesOf(env) };
  const awsWhatsApp = socialMessagingWhatsApp();
  const { connect, ...people } = humanHandoff(env);
  const platforms = socialSenders({
    ...platformApis(env),
    credentials: secretsManagerChannelCredentials(env),
    awsWhatsApp,
  });
  return {
    messages: answerCustomer(deps),
    memory: deps.memory,
    channels,
    queue: sqsMessageQueue(env),
    ...people,
    senders: connect === undefined ? platforms : { ...platforms, connect },
    sentParts: dynamoSentParts(env, systemClock),
    clock: systemClock,
    log: jsonLog,
  };
};

/** The platforms' APIs at their hosts. */
export const platformApis = (env: z.output<typeof PlatformHosts>): { readonly graph: GraphApi; readonly x: XApi } => {
  const fetch = leanFetch();
  return { graph: graphApi(env, fetch), x: xApi({ ...env, fetch, clock: systemClock, nonce: () => randomUUID() }) };
};
