import { SOCIAL_CHANNELS, type SocialChannelType } from '../channels/channel.ts';
import { ChannelFailedError } from '../channels/channel-deployer.ts';
import type { ConversationChannel } from '../customers/customer.ts';
import { problem } from '../kernel/problems.ts';
import type { ReplyEngine } from '../messages/reply-engine.ts';
import type { ElizaApi } from './eliza-api.ts';
import { elizaAgents } from './eliza-deployer.ts';
import { ElizaError, elizaProblem } from './eliza-error.ts';
import { elizaAgentId, elizaUserId } from './eliza-ids.ts';
import { elizaAnswer, elizaMessage, factsDigest, newestTold } from './eliza-message.ts';
import type { ElizaSession, ElizaSessionKey, ElizaSessionStore } from './eliza-session-store.ts';
import { templatesIn } from './response-templates.ts';

export interface ElizaReplyDependencies {
  readonly api: ElizaApi;
  readonly sessions: ElizaSessionStore;
}

type Request = Parameters<ReplyEngine['reply']>[0] & { readonly channel: SocialChannelType };

/**
 * ElizaOS finds the words, in a session of its own for each customer and channel. A session that the server has lost is
 * opened anew and told what was said; an agent that the server has lost (its database may go with its task) is made
 * again. A message whose fate is unknown is not sent a second time.
 */
export const elizaReplyEngine = (dependencies: ElizaReplyDependencies): ReplyEngine => ({
  reply: async (request) => {
    const { channel } = request;
    if (!isSocial(channel)) throw problem('agent-unavailable', 'ElizaOS answers in social channels only.');
    try {
      const text = await said(dependencies, { ...request, channel });
      if (text === '') throw problem('agent-runtime-failed', 'The ElizaOS agent chose to say nothing.');
      return elizaAnswer(text);
    } catch (error) {
      if (error instanceof ChannelFailedError) throw problem('agent-unavailable', error.message, { cause: error });
      throw elizaProblem(error);
    }
  },
});

/** Whether ElizaOS can answer there. */
export const isSocial = (channel: ConversationChannel | undefined): channel is SocialChannelType =>
  (SOCIAL_CHANNELS as readonly (string | undefined)[]).includes(channel);

const said = async ({ api, sessions }: ElizaReplyDependencies, request: Request): Promise<string> => {
  const key = keyOf(request);
  const known = await sessions.find(key);
  if (known !== undefined) {
    const text = await saidInKnown(api, request, known);
    if (text !== undefined) {
      await sessions.keep(key, told(request, known.elizaSessionId));
      return text;
    }
  }
  const elizaSessionId = await openedSession(api, request);
  const { text } = await api.say(elizaSessionId, elizaMessage({ ...request, session: undefined }));
  await sessions.keep(key, told(request, elizaSessionId));
  return text;
};

const keyOf = ({ agent, sessionId, channel }: Request): ElizaSessionKey => ({
  agentId: agent.agentId,
  sessionId,
  channel,
});

const told = ({ context }: Request, elizaSessionId: string): ElizaSession => ({
  elizaSessionId,
  toldUpToMs: newestTold(context),
  toldFacts: factsDigest(context),
});

/**
 * Undefined when the session is of no use any more: lost, expired, its agent does not run, or it says nothing there, as
 * after a customer got it to mute the conversation.
 */
const saidInKnown = async (api: ElizaApi, request: Request, session: ElizaSession): Promise<string | undefined> => {
  try {
    const { text } = await api.say(session.elizaSessionId, elizaMessage({ ...request, session }));
    return text === '' ? undefined : text;
  } catch (error) {
    if (!(error instanceof ElizaError)) throw error;
    if (error.kind === 'not-found' || error.kind === 'gone') return undefined;
    // The server answers 500 in a session whose agent is stopped: nobody has read the message then.
    if (error.kind === 'failed' && !(await isRunning(api, request))) return undefined;
    throw error;
  }
};

const isRunning = async (api: ElizaApi, { agent, channel }: Request): Promise<boolean> =>
  (await api.find(elizaAgentId(agent.agentId, channel)))?.status === 'active';

const openedSession = async (api: ElizaApi, request: Request): Promise<string> => {
  const { agent, channel, sessionId, context } = request;
  const session = { agentId: elizaAgentId(agent.agentId, channel), userId: elizaUserId(agent.agentId, sessionId) };
  const opened = await api.openSession(session);
  if (opened !== undefined) return opened.elizaSessionId;
  await elizaAgents({ api }).ensure(agent, channel, { responseTemplates: templatesIn(context) });
  const again = await api.openSession(session);
  if (again === undefined) throw new ElizaError('not-found', 404, undefined, 'The ElizaOS agent does not run.');
  return again.elizaSessionId;
};
