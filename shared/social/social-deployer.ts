import { isConnectChannel, type SocialChannelType } from '../channels/channel.ts';
import { type ChannelDeployer, ChannelFailedError, type ChannelJob } from '../channels/channel-deployer.ts';
import { settingsOf } from '../channels/channel-settings.ts';
import type { ChannelStore } from '../channels/channel-store.ts';
import type { ElizaAgents } from '../eliza/eliza-deployer.ts';
import type { ProblemCode } from '../kernel/problems.ts';
import type { ChannelCredentialsStore } from './channel-credentials.ts';
import type { GraphApi } from './outbound/graph-api.ts';
import { SendError } from './outbound/send-error.ts';
import type { AwsWhatsApp } from './outbound/whatsapp-aws.ts';
import type { XApi } from './outbound/x-api.ts';
import { type PlatformLinks, platformLinks } from './platform-links.ts';

export interface SocialDeployerDeps {
  readonly accounts: Pick<ChannelStore, 'claimAccount' | 'releaseAccount'>;
  readonly credentials: Pick<ChannelCredentialsStore, 'find'>;
  readonly graph: GraphApi;
  readonly x: XApi;
  readonly awsWhatsApp: Omit<AwsWhatsApp, 'send'>;
  /** Where AWS End User Messaging Social publishes messages. */
  readonly whatsappTopicArn: string;
  readonly publicApiUrl: string;
  /** For agents whose words ElizaOS finds. */
  readonly eliza: ElizaAgents;
}

type SocialSettings = ReturnType<typeof settingsOf<'whatsapp'>>;

/**
 * Channels of social platforms. The account is proven first (credentials that the platform takes for this very account,
 * or a number of our own AWS account that is marked as the tenant's), then claimed, then the platform is told to call us
 * where its API can do that.
 */
export const socialDeployer = (deps: SocialDeployerDeps): ChannelDeployer => {
  const links = platformLinks(deps);
  return {
    deploy: (job) => orFailed(() => deploy(deps, links, job)),
    retire: (job) => retire(deps, links, job),
  };
};

const deploy = async (
  deps: SocialDeployerDeps,
  links: PlatformLinks,
  job: ChannelJob,
): Promise<{ status: 'active'; detail?: string }> => {
  const { agent, channel, keep } = job;
  const channelType = socialTypeOf(job);
  const { accountId, provider, replyEngine, responseTemplates } = readSettings(job, channelType);
  if (accountId === undefined) {
    throw failed('channel-account-missing', 'Name the account that answers: settings.accountId of this channel.');
  }
  const link = links(channelType, provider);
  const proven = await link.prove(agent.userId, accountId);
  const former = channel.resources.accountId;
  if (!(await deps.accounts.claimAccount({ channelType, accountId }, agent))) {
    throw failed('channel-account-taken', `Another agent answers the account ${accountId}.`);
  }
  await keep({ accountId, ...(proven.webhookUrl === undefined ? {} : { webhookUrl: proven.webhookUrl }) });
  if (former !== undefined && former !== accountId) {
    await deps.accounts.releaseAccount({ channelType, accountId: former }, agent);
  }
  if ((replyEngine ?? agent.replyEngine) === 'elizaos') {
    await keep({ elizaosAgentId: await deps.eliza.ensure(agent, channelType, { responseTemplates }) });
  }
  const detail = await proven.subscribe();
  return { status: 'active', ...(detail === undefined ? {} : { detail }) };
};

/** Claims go last: until then nobody else gets the account, and what is left outside is known. */
const retire = async (
  deps: SocialDeployerDeps,
  links: PlatformLinks,
  job: ChannelJob,
): Promise<{ status: 'pending' | 'done' }> => {
  const { agent, channel } = job;
  const channelType = socialTypeOf(job);
  const { accountId, elizaosAgentId } = channel.resources;
  if (elizaosAgentId !== undefined) {
    const { status } = await deps.eliza.remove(elizaosAgentId);
    if (status === 'pending') return { status };
  }
  if (accountId === undefined) return { status: 'done' };
  await links(channelType, readSettings(job, channelType).provider)
    .unsubscribe(agent.userId, accountId)
    .catch(unlessPassing);
  await deps.accounts.releaseAccount({ channelType, accountId }, agent);
  return { status: 'done' };
};

/** A platform that refuses, for a token that is dead or an account that is gone, calls nobody any more either. */
const unlessPassing = (error: unknown): void => {
  if (error instanceof SendError && error.failure !== 'unavailable' && error.failure !== 'rate-limited') return;
  throw error;
};

const socialTypeOf = ({ channel: { channelType } }: ChannelJob): SocialChannelType => {
  if (isConnectChannel(channelType)) throw new Error(`${channelType} is no channel of a social platform.`);
  return channelType;
};

const readSettings = ({ channel }: ChannelJob, channelType: SocialChannelType): SocialSettings => {
  const settings = settingsOf({ channelType, settings: channel.settings });
  return { provider: 'cloud-api', ...settings };
};

const orFailed = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SendError) || error.failure === 'unavailable' || error.failure === 'rate-limited')
      throw error;
    const code = error.failure === 'credentials-refused' ? 'channel-credentials-refused' : 'channel-refused';
    throw failed(code, `${error.message} Check the account and its token.`, error);
  }
};

const failed = (code: ProblemCode, message: string, cause?: unknown): ChannelFailedError =>
  new ChannelFailedError(code, message, { cause });
