import { settingsOf } from '../channels/channel-settings.ts';
import type { ChannelStore } from '../channels/channel-store.ts';
import { problem } from '../kernel/problems.ts';
import type { ReplyEngine, ReplyEngineName } from '../messages/reply-engine.ts';
import { isSocial } from './eliza-reply-engine.ts';
import { withTemplates } from './response-templates.ts';

export interface ChosenEngineDependencies {
  readonly agentcore: ReplyEngine;
  /** Undefined in a stage without an ElizaOS server. */
  readonly elizaos: ReplyEngine | undefined;
  readonly channels: Pick<ChannelStore, 'find'>;
}

/**
 * The engine that the channel's settings name, else the agent's, else AgentCore; it is told the words that the channel
 * prefers. What is not a social channel is always AgentCore's.
 */
export const chosenReplyEngine = ({ agentcore, elizaos, channels }: ChosenEngineDependencies): ReplyEngine => ({
  reply: async (request) => {
    const { agent, channel } = request;
    if (!isSocial(channel)) return agentcore.reply(request);
    const row = await channels.find({ userId: agent.userId, agentId: agent.agentId, channelType: channel });
    const settings = row === undefined ? undefined : settingsOf({ channelType: channel, settings: row.settings });
    const engine: ReplyEngineName = settings?.replyEngine ?? agent.replyEngine ?? 'agentcore';
    const chosen = engine === 'elizaos' ? (elizaos ?? noServer()) : agentcore;
    return chosen.reply({ ...request, context: withTemplates(request.context, settings?.responseTemplates ?? {}) });
  },
});

const noServer = (): never => {
  throw problem('agent-unavailable', 'The agent answers by ElizaOS, and this stage has no ElizaOS server.');
};
