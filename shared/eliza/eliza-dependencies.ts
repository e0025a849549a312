import type * as z from 'zod';
import { dynamoChannelFinder } from '../channels/channels-dynamodb.ts';
import { leanFetch } from '../kernel/lean-fetch.ts';
import { systemClock } from '../kernel/real-dependencies.ts';
import { agentCoreRuntimes } from '../messages/agent-runtime-agentcore.ts';
import type { ReplyEngine } from '../messages/reply-engine.ts';
import { agentCoreReplyEngine } from '../messages/reply-engine-agentcore.ts';
import { agentMindsOf } from '../providers/agent-mind-dependencies.ts';
import { chosenReplyEngine } from './chosen-reply-engine.ts';
import { type ElizaApi, elizaApi } from './eliza-api.ts';
import { type ElizaAgents, elizaAgents } from './eliza-deployer.ts';
import type { ElizaServerEnv, ReplyEngineEnv } from './eliza-env.ts';
import { elizaReplyEngine } from './eliza-reply-engine.ts';
import { elizaTokenOf } from './eliza-secret-secrets-manager.ts';
import { dynamoElizaSessionStore } from './eliza-sessions-dynamodb.ts';

const apiOf = ({ ELIZA_API_URL: baseUrl, ELIZA_SECRET_NAME }: z.output<typeof ElizaServerEnv>): ElizaApi | undefined =>
  baseUrl === '' ? undefined : elizaApi({ baseUrl, token: elizaTokenOf(ELIZA_SECRET_NAME), fetch: leanFetch() });

/** The ElizaOS agents of a stage, for whoever deploys and retires channels. */
export const elizaAgentsOf = (env: z.output<typeof ElizaServerEnv>): ElizaAgents => elizaAgents({ api: apiOf(env) });

/** Whoever finds the words for an agent on a channel. */
export const replyEngineOf = (env: z.output<typeof ReplyEngineEnv>): ReplyEngine => {
  const api = apiOf(env);
  const sessions = dynamoElizaSessionStore(env, systemClock);
  return chosenReplyEngine({
    agentcore: agentCoreReplyEngine({ runtimes: agentCoreRuntimes(), minds: agentMindsOf(env) }),
    elizaos: api && elizaReplyEngine({ api, sessions }),
    channels: dynamoChannelFinder(env),
  });
};
