import * as z from 'zod';
import type { Agent } from '../agents/agent.ts';
import { isResting } from '../agents/agent.ts';
import { agentPath } from '../agents/agent-views.ts';
import { wantedChannels } from '../agents/business-requests.ts';
import { requestedAgent } from '../agents/requested-agent.ts';
import { settle } from '../agents/settled.ts';
import { demandMatch } from '../http/etag.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer, ApiRequest } from '../http/request.ts';
import { text } from '../kernel/env.ts';
import { agentBusy, preconditionFailed, problem, raise } from '../kernel/problems.ts';
import { CHANNEL_TYPES, type Channel } from './channel.ts';
import { type ChannelRunDeps, startChannelRun } from './channel-run.ts';
import { channelView } from './channel-views.ts';
import { applyPlan, type ChannelsPlan, isNothing, planWanted } from './want-channels.ts';

export const ManageChannelsEnv = z.object({
  AGENTS_TABLE: text,
  CHANNELS_TABLE: text,
  PROVISION_STATE_MACHINE_ARN: text,
});

export type ManageChannelsDeps = ChannelRunDeps;

/** The channels of an agent, each with what became of it. */
export const listChannels =
  ({ agents, channels }: Pick<ManageChannelsDeps, 'agents' | 'channels'>) =>
  async (request: RequestOf<'listChannels'>): Promise<ApiAnswer> => {
    const agent = await requestedAgent({ agents }, request);
    return { status: 200, body: { channels: (await channels.list(agent)).map(channelView) } };
  };

/** Gives the agent the channels the body names: new ones are deployed, changed ones again, others taken away. */
export const putChannels =
  (deps: ManageChannelsDeps) =>
  async (request: RequestOf<'putChannels'>): Promise<ApiAnswer> => {
    const agent = await changeableAgent(deps, request);
    const plan = planWanted(await deps.channels.list(agent), wantedChannels(request.body.channels));
    if (isNothing(plan)) return answer(deps, request, 200, agent, 'Nothing to change');
    if (agent.status !== 'failed') return carryOut(deps, request, agent, plan);
    // Nothing serves, so nothing can be deployed: the retry of the agent brings its channels.
    await applyPlan(deps)(agent, agent.provisioning.run, plan);
    return answer(deps, request, 202, agent, 'The channels come with the next run: retry the agent');
  };

/** Tries one channel again that failed, or could not be released. The others are not touched. */
export const retryChannel =
  (deps: ManageChannelsDeps) =>
  async (request: RequestOf<'retryChannel'>): Promise<ApiAnswer> => {
    const channelType = CHANNEL_TYPES.find((type) => type === request.params.channelType);
    const agent = await changeableAgent(deps, request);
    const rows = await deps.channels.list(agent);
    const channel = rows.find((row) => row.channelType === channelType) ?? raise(noSuchChannel(request));
    if (agent.status === 'failed') throw agentBusy(agent.status, 'retry a channel');
    return carryOut(deps, request, agent, planRetry(channel));
  };

/** Throws `nothing-to-retry` unless the channel failed; one in no run at all was left behind by a run that broke. */
const planRetry = ({ channelType, status, settings }: Channel): ChannelsPlan => {
  if (status === 'active') throw problem('nothing-to-retry', `The channel ${channelType} is active.`);
  if (status === 'retiring') return { add: [], change: [], remove: [channelType] };
  return { add: [], change: [{ channelType, settings }], remove: [] };
};

const noSuchChannel = ({ params }: ApiRequest) =>
  problem(
    'channel-not-found',
    `The agent has no channel "${params.channelType}". Channels: ${CHANNEL_TYPES.join(', ')}.`,
  );

/** The agent, unless a run is under way: that one may have read the channels already. */
const changeableAgent = async (deps: ManageChannelsDeps, request: ApiRequest): Promise<Agent> => {
  const found = await requestedAgent(deps, request);
  demandMatch(request.headers['if-match'], found);
  const agent = await settle(deps)(found);
  if (!isResting(agent.status) && agent.status !== 'failed') throw agentBusy(agent.status, 'change channels');
  return agent;
};

const carryOut = async (
  deps: ManageChannelsDeps,
  request: ApiRequest,
  agent: Agent,
  plan: ChannelsPlan,
): Promise<ApiAnswer> => {
  const begun = await startChannelRun(deps)(agent, plan);
  if (!begun.written) {
    if (request.headers['if-match'] !== undefined) throw preconditionFailed();
    throw agentBusy(begun.current?.status ?? 'deleting', 'change channels');
  }
  return answer(
    deps,
    request,
    202,
    begun.agent,
    begun.agent.status === 'updating'
      ? 'The channels are being changed'
      : 'The run could not be started; send the same request again',
  );
};

const answer = async (
  { channels }: ManageChannelsDeps,
  request: ApiRequest,
  status: number,
  agent: Agent,
  message: string,
): Promise<ApiAnswer> => ({
  status,
  headers: { location: `${agentPath(request, agent.agentId)}/channels` },
  body: {
    agentId: agent.agentId,
    status: agent.status,
    message,
    channels: (await channels.list(agent)).map(channelView),
  },
});
