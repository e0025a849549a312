import { type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query';
import type { AnswerOf, OratioAnswer } from '../../../client/index.ts';
import type { AgentDetail } from '../agents/agent-types.ts';
import { isInMotion } from '../agents/lifecycle.ts';
import type { AgentMessage } from '../agents/live-agents.ts';
import { useClient } from '../shell/use-client.ts';
import { useFeed } from '../shell/use-feed.ts';

/** An agent with the ETag that its changes are made against. */
export interface ReadAgent {
  readonly agent: AgentDetail;
  readonly etag: string | undefined;
}

/** Files are ingested and channels come up without the feed saying so; and it may be away. */
const LOOK_AGAIN_MS = 3000;

const keyOf = (agentId: string) => ['agent', agentId] as const;

/** Pure: what is shown, after a message of the feed. Members it does not carry stay until they are read again. */
const withMessage = (agent: AgentDetail, message: AgentMessage): AgentDetail => ({
  ...agent,
  agentName: message.agentName,
  status: message.status,
  statusReason: message.statusReason,
  version: message.version,
  activeVersion: message.activeVersion,
  provisioning: {
    ...agent.provisioning,
    version: message.version,
    run: message.provisioning.run,
    status: message.provisioning.status,
    steps: message.provisioning.steps,
  },
});

/** An agent, kept up to date by the feed while it is shown. */
export function useAgent(agentId: string): UseQueryResult<ReadAgent> {
  const client = useClient();
  const queries = useQueryClient();
  useFeed(['agents'], (message) => {
    if (message.type !== 'agent' || message.agentId !== agentId) return;
    const known = queries.getQueryData<ReadAgent>(keyOf(agentId));
    if (known === undefined) return;
    queries.setQueryData<ReadAgent>(keyOf(agentId), { ...known, agent: withMessage(known.agent, message) });
    // The rest of it (files, channels, the ETag) has changed along with its status.
    if (known.agent.status !== message.status) void queries.invalidateQueries({ queryKey: keyOf(agentId) });
  });
  return useQuery({
    queryKey: keyOf(agentId),
    queryFn: async ({ signal }) => readOf(await client.call('getAgent', { path: { agentId }, signal })),
    refetchInterval: ({ state }) => (state.data && isFollowed(state.data.agent) ? LOOK_AGAIN_MS : false),
  });
}

const readOf = ({ data, etag }: OratioAnswer<AnswerOf<'getAgent'>>): ReadAgent => ({ agent: data, etag });

const isFollowed = ({ status, channels }: AgentDetail): boolean =>
  isInMotion(status) || channels.some((channel) => channel.status === 'provisioning' || channel.status === 'retiring');
