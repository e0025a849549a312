import type { SocialChannelType } from '../channels/channel.ts';
import { ChannelFailedError } from '../channels/channel-deployer.ts';
import { type DescribedAgent, type ElizaCharacter, elizaCharacter } from './character.ts';
import type { ElizaAgent, ElizaApi } from './eliza-api.ts';
import { ElizaError } from './eliza-error.ts';

/** Settings of a channel that an ElizaOS agent is made of. */
export interface ElizaChannelSettings {
  readonly responseTemplates?: Readonly<Record<string, string>>;
}

/** The ElizaOS agents of our agents' channels, one each. Every step may be repeated. */
export interface ElizaAgents {
  /**
   * Makes, updates and starts the agent of a channel, whatever exists of it, and answers its id. Throws
   * `ChannelFailedError` where repeating cannot help, else `ElizaError`.
   */
  readonly ensure: (
    agent: DescribedAgent,
    channelType: SocialChannelType,
    settings?: ElizaChannelSettings,
  ) => Promise<string>;
  /** Stops and deletes it; one that is not there is gone. `pending`: ask again. Throws `ElizaError`. */
  readonly remove: (elizaosAgentId: string) => Promise<{ readonly status: 'pending' | 'done' }>;
}

/** ElizaOS agents by the server's REST API; `undefined` of a stage without a server. */
export const elizaAgents = ({ api }: { readonly api: Omit<ElizaApi, 'say'> | undefined }): ElizaAgents => ({
  ensure: async (agent, channelType, { responseTemplates = {} } = {}) => {
    const server = api ?? noServer();
    const character = elizaCharacter(agent, channelType, responseTemplates);
    const existing = (await server.find(character.id)) ?? (await created(server, character));
    demandOurs(existing, character);
    if (existing.settings.oratioDigest !== character.settings.oratioDigest) {
      const { id, ...change } = character;
      await server.update(id, change);
    }
    const isRunning = await server.start(character.id);
    if (!isRunning)
      throw new ElizaError('not-found', 404, undefined, 'The ElizaOS agent went away while it was started.');
    return character.id;
  },
  remove: async (elizaosAgentId) => {
    const server = api ?? noServer();
    // The server deletes in the background, too: only its absence says that it is over.
    if ((await server.find(elizaosAgentId)) === undefined) return { status: 'done' };
    await server.stop(elizaosAgentId);
    return { status: (await server.delete(elizaosAgentId)) === 'deleted' ? 'done' : 'pending' };
  },
});

/**
 * Creating answers 201 for an agent that exists, too, and drops what was sent: another id means that the server made it
 * of the name, ours may still hold an older character.
 */
const created = async (server: Omit<ElizaApi, 'say'>, character: ElizaCharacter): Promise<ElizaAgent> => {
  const { id } = await server.create(character).catch((error: unknown) => {
    if (error instanceof ElizaError && error.kind === 'refused') {
      throw new ChannelFailedError('elizaos-refused', 'ElizaOS does not take the character of this agent.', {
        cause: error,
      });
    }
    throw error;
  });
  if (id !== character.id) throw taken('The ElizaOS server gave the agent the id of another one with the same name.');
  const made = await server.find(id);
  if (made === undefined) throw new ElizaError('not-found', 404, undefined, 'The ElizaOS agent went away at once.');
  return made;
};

/** An id of ours with somebody else's agent is not overwritten. */
const demandOurs = ({ settings }: ElizaAgent, character: ElizaCharacter): void => {
  const { oratioAgentId, oratioChannel } = character.settings;
  if (settings.oratioAgentId === oratioAgentId && settings.oratioChannel === oratioChannel) return;
  throw taken('The ElizaOS server has an agent with this id that is not of this channel.');
};

const taken = (message: string): ChannelFailedError => new ChannelFailedError('elizaos-agent-taken', message);

const noServer = (): never => {
  throw new ChannelFailedError('elizaos-not-configured', 'This stage has no ElizaOS server (`elizaos` in cdk.json).');
};
