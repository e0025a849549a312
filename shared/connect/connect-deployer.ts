import type { Agent } from '../agents/agent.ts';
import { type ChannelResources, type ConnectChannelType, isConnectChannel } from '../channels/channel.ts';
import { type ChannelDeployer, ChannelFailedError, type ChannelJob } from '../channels/channel-deployer.ts';
import { settingsOf } from '../channels/channel-settings.ts';
import type { ChannelStore } from '../channels/channel-store.ts';
import { clientUuid } from './client-uuid.ts';
import { type ConnectApi, ConnectRefusal, type ConnectTags } from './connect-api.ts';
import { claimedNumber, ownNumberId } from './connect-numbers.ts';
import { chatFlow, type FlowPlan, voiceFlow } from './flow/contact-flows.ts';
import type { Flow } from './flow/flow-language.ts';
import { topicsOf } from './flow/topics.ts';
import { flowProblems } from './flow/validate-flow.ts';

/** The instance that agents share, with what stands in it for them. */
export interface SharedInstance {
  readonly instanceArn: string;
  readonly hoursOfOperationArn: string;
  readonly queueArn: string;
}

export interface ConnectDeployerDeps {
  readonly connect: ConnectApi;
  readonly accounts: Pick<ChannelStore, 'claimAccount' | 'releaseAccount'>;
  /** Undefined: the stage has no Amazon Connect. */
  readonly shared: SharedInstance | undefined;
  /** ARN of `answer-contact`. */
  readonly functionArn: string;
  readonly lexBotAliasArn?: string;
  /** `oratio-{stage}`: names begin with it. */
  readonly prefix: string;
  readonly stage: string;
}

/** A channel of Amazon Connect while it is brought into being or taken away. */
export interface ConnectJob extends ChannelJob {
  readonly channelType: ConnectChannelType;
  readonly tags: ConnectTags & { readonly agentId: string };
}

/**
 * Brings telephone numbers, SMS and chats of Amazon Connect to an agent, and takes them away. Each thing is kept in the
 * channel's row before the next is made; what is there already is used again.
 */
export const connectDeployer = (deps: ConnectDeployerDeps): ChannelDeployer => ({
  deploy: (job) => explained(() => deploy(deps, connectJob(deps, job))),
  retire: (job) => retire(deps, connectJob(deps, job)),
});

const connectJob = ({ stage }: ConnectDeployerDeps, job: ChannelJob): ConnectJob => {
  const { agent, channel } = job;
  if (!isConnectChannel(channel.channelType))
    throw new Error(`${channel.channelType} is no channel of Amazon Connect.`);
  const tags = {
    userId: agent.userId,
    agentId: agent.agentId,
    platform: 'oratio',
    environment: stage,
    resourceType: 'channel',
    channelType: channel.channelType,
  };
  return { ...job, channelType: channel.channelType, tags };
};

const deploy = async (deps: ConnectDeployerDeps, job: ConnectJob): ReturnType<ChannelDeployer['deploy']> => {
  const home = await homeOf(deps, job);
  if (home === undefined) return { status: 'pending', detail: 'Amazon Connect is making the instance.' };
  await deps.connect.associateLambda(home.instanceArn, deps.functionArn);
  if (deps.lexBotAliasArn !== undefined) await deps.connect.associateBot(home.instanceArn, deps.lexBotAliasArn);
  const contactFlowArn = await ensureFlow(deps, job, home);
  if (job.channelType === 'chat') {
    await claimAccount(deps, job, job.agent.agentId);
    return { status: 'active' };
  }
  const number = await claimedNumber(deps.connect, job, home.instanceArn);
  if (number === undefined) return { status: 'pending', detail: 'Amazon Connect is claiming the number.' };
  await claimAccount(deps, job, number.phoneNumber);
  await deps.connect.connectNumber(number.phoneNumberId, contactFlowArn);
  return { status: 'active' };
};

/** The shared instance, or the agent's own once it is there. */
const homeOf = async (deps: ConnectDeployerDeps, job: ConnectJob): Promise<SharedInstance | undefined> => {
  const { shared, connect, prefix } = deps;
  if (shared === undefined) {
    throw new ChannelFailedError(
      'connect-not-configured',
      'This stage has no Amazon Connect. Set `connect` in its configuration.',
    );
  }
  const { resources } = job.channel;
  const queueArn = queueOf(job);
  if (!isDedicated(job)) {
    await job.keep({ connectInstanceArn: shared.instanceArn, isDedicatedInstance: false });
    return { ...shared, ...queueArn };
  }
  const { agentId } = job.agent;
  const own = resources.isDedicatedInstance === true ? resources.connectInstanceArn : undefined;
  const wanted = { alias: instanceAlias(prefix, agentId), token: clientUuid('instance', agentId), tags: job.tags };
  // The token makes a second request the same instance.
  const instanceArn = own ?? (await connect.createInstance(wanted));
  if (own === undefined) await job.keep({ connectInstanceArn: instanceArn, isDedicatedInstance: true });
  const instance = await connect.describeInstance(instanceArn);
  if (instance?.status === 'failed') {
    throw new ChannelFailedError(
      'connect-refused',
      `Amazon Connect could not make the instance: ${instance.message ?? 'it does not say why'}.`,
    );
  }
  if (instance?.status !== 'active') return undefined;
  return { instanceArn, ...(await connect.defaultsOf(instanceArn)), ...queueArn };
};

/**
 * The name of an agent's own instance, the same every time. Connect allows 45 characters (API reference, CreateInstance),
 * and none that any account has taken; a prefix has 19 at most.
 */
export const instanceAlias = (prefix: string, agentId: string): string =>
  `${prefix}-${clientUuid('alias', agentId).replaceAll('-', '').slice(0, 24)}`;

const isDedicated = ({ channel }: Pick<ConnectJob, 'channel'>): boolean =>
  channel.channelType === 'voice' && settingsOf({ ...channel, channelType: 'voice' }).dedicatedInstance;

const queueOf = ({ channel, channelType }: ConnectJob): { readonly queueArn?: string } => {
  const { queueArn } = settingsOf({ ...channel, channelType });
  return queueArn === undefined ? {} : { queueArn };
};

const ensureFlow = async (
  { connect, ...deps }: ConnectDeployerDeps,
  job: ConnectJob,
  home: SharedInstance,
): Promise<string> => {
  const { agent, channel, channelType } = job;
  const flow = flowOf(deps, agent, channelType, home);
  const problems = flowProblems(flow);
  if (problems.length > 0) {
    throw new ChannelFailedError(
      'contact-flow-rejected',
      problems.map(({ path, message }) => `${path}: ${message}`).join(' '),
    );
  }
  const existing = channel.resources.contactFlowArn;
  const isHere = existing?.startsWith(`${home.instanceArn}/`) === true;
  if (existing !== undefined && isHere && (await connect.updateFlow(existing, flow))) return existing;
  const name = flowName(deps.prefix, agent.agentId, channelType);
  const description = `${agent.agentName} (${channelType})`.slice(0, 500);
  const contactFlowArn = await connect.ensureFlow(home.instanceArn, { name, description, flow, tags: job.tags });
  await job.keep({ contactFlowArn });
  return contactFlowArn;
};

const flowName = (prefix: string, agentId: string, channelType: string): string =>
  `${prefix}-${agentId}-${channelType}`;

const flowOf = (
  { functionArn, lexBotAliasArn }: Pick<ConnectDeployerDeps, 'functionArn' | 'lexBotAliasArn'>,
  agent: Agent,
  channelType: ConnectChannelType,
  { hoursOfOperationArn, queueArn }: SharedInstance,
): Flow => {
  const plan: FlowPlan = {
    businessName: agent.character?.businessName ?? agent.agentName,
    topics: topicsOf(agent.sop),
    lambdaArn: functionArn,
    hoursOfOperationArn,
    queueArn,
    ...(lexBotAliasArn === undefined ? {} : { lexBotAliasArn }),
  };
  return channelType === 'voice'
    ? voiceFlow(plan)
    : chatFlow({ ...plan, account: channelType === 'chat' ? agent.agentId : '' });
};

const claimAccount = async (
  { accounts }: ConnectDeployerDeps,
  { agent, channelType }: ConnectJob,
  accountId: string,
): Promise<void> => {
  if (await accounts.claimAccount({ channelType, accountId }, agent)) return;
  throw new ChannelFailedError(
    'phone-number-taken',
    `Another agent answers ${accountId}. Take it from that agent first.`,
  );
};

const retire = async (
  { connect, accounts }: ConnectDeployerDeps,
  job: ConnectJob,
): ReturnType<ChannelDeployer['retire']> => {
  const { agent, channel, channelType } = job;
  const { resources } = channel;
  const phoneNumberId = await numberToRelease(connect, job);
  if (phoneNumberId !== undefined && resources.connectInstanceArn !== undefined) {
    await connect.disconnectNumber(phoneNumberId, resources.connectInstanceArn);
    await connect.releaseNumber(phoneNumberId, clientUuid('release', phoneNumberId));
  }
  const accountId = channelType === 'chat' ? agent.agentId : resources.phoneNumber;
  if (accountId !== undefined) await accounts.releaseAccount({ channelType, accountId }, agent);
  if (resources.contactFlowArn !== undefined) await connect.deleteFlow(resources.contactFlowArn);
  return retireInstance(connect, resources);
};

/** The number that the row names, if it is this agent's: a claim may have come through that the row does not know of. */
const numberToRelease = async (
  connect: ConnectApi,
  { channel: { resources }, tags }: ConnectJob,
): Promise<string | undefined> => {
  const { phoneNumberId, phoneNumber, connectInstanceArn } = resources;
  if (phoneNumber === undefined || connectInstanceArn === undefined) return phoneNumberId;
  return phoneNumberId ?? ownNumberId(connect, connectInstanceArn, phoneNumber, tags.agentId);
};

const retireInstance = async (
  connect: ConnectApi,
  { connectInstanceArn, isDedicatedInstance }: ChannelResources,
): ReturnType<ChannelDeployer['retire']> => {
  if (connectInstanceArn === undefined || isDedicatedInstance !== true) return { status: 'done' };
  if ((await connect.describeInstance(connectInstanceArn)) === undefined) return { status: 'done' };
  await connect.deleteInstance(connectInstanceArn, clientUuid('delete', connectInstanceArn));
  return { status: 'pending' };
};

const CODES = {
  quota: [
    'connect-quota-exceeded',
    'The quota of Amazon Connect is used up. Ask AWS for more, or retire another channel, then retry',
  ],
  'flow-rejected': ['contact-flow-rejected', 'Amazon Connect does not take the flow'],
  refused: ['connect-refused', 'Amazon Connect refused'],
} as const;

/** What Connect refuses for good fails the channel in words somebody can act on; all else is tried again. */
const explained = async <Answer>(act: () => Promise<Answer>): Promise<Answer> => {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof ConnectRefusal)) throw error;
    const [code, words] = CODES[error.reason];
    throw new ChannelFailedError(code, `${words}: ${error.message}`, { cause: error });
  }
};
