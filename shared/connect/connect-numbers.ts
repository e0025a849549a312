import { ChannelFailedError } from '../channels/channel-deployer.ts';
import { settingsOf } from '../channels/channel-settings.ts';
import { clientUuid } from './client-uuid.ts';
import type { ClaimedNumber, ConnectApi } from './connect-api.ts';
import type { ConnectJob } from './connect-deployer.ts';

export interface OwnNumber {
  readonly phoneNumberId: string;
  /** E.164. */
  readonly phoneNumber: string;
}

/**
 * The number of a channel once it is the agent's: claimed for a telephone, brought from AWS End User Messaging for SMS.
 * Undefined while Connect is at work. Throws `ChannelFailedError` when none can be had.
 */
export const claimedNumber = async (
  connect: ConnectApi,
  job: ConnectJob,
  instanceArn: string,
): Promise<OwnNumber | undefined> => {
  const { phoneNumberId } = job.channel.resources;
  const existing = phoneNumberId === undefined ? undefined : await connect.describeNumber(phoneNumberId);
  if (phoneNumberId !== undefined && existing !== undefined) {
    if (existing.status === 'in-progress') return undefined;
    const isReady = existing.status === 'claimed' && isWanted(job, existing, instanceArn);
    if (isReady) return settled(job, phoneNumberId, existing);
    await connect.disconnectNumber(phoneNumberId, existing.instanceArn);
    await connect.releaseNumber(phoneNumberId, clientUuid('release', phoneNumberId));
    if (existing.status === 'failed') throw notClaimed(existing);
  }
  const claimed = await (job.channelType === 'sms' ? imported : fromConnect)(
    connect,
    job,
    instanceArn,
    existing?.phoneNumber,
  );
  await job.keep({ phoneNumberId: claimed });
  const number = await connect.describeNumber(claimed);
  return number?.status === 'claimed' ? settled(job, claimed, number) : undefined;
};

const settled = async (job: ConnectJob, phoneNumberId: string, { phoneNumber }: ClaimedNumber): Promise<OwnNumber> => {
  await job.keep({ phoneNumber });
  return { phoneNumberId, phoneNumber };
};

/** Connect takes a claim over its quota and says so only afterwards. */
const notClaimed = ({ message = 'it does not say why' }: ClaimedNumber): ChannelFailedError =>
  /quota|limit/i.test(message)
    ? new ChannelFailedError(
        'connect-quota-exceeded',
        `Amazon Connect has no room for another number: ${message} Ask AWS for more, or retire another channel, then retry.`,
      )
    : new ChannelFailedError('connect-refused', `Amazon Connect could not claim the number: ${message}.`);

/** Connect's id of a number, if it was claimed for this agent. */
export const ownNumberId = async (
  connect: ConnectApi,
  instanceArn: string,
  phoneNumber: string,
  agentId: string,
): Promise<string | undefined> => {
  const found = await connect.findNumber(instanceArn, phoneNumber);
  const number = found === undefined ? undefined : await connect.describeNumber(found);
  return number?.tags.agentId === agentId ? found : undefined;
};

type Claim = (
  connect: ConnectApi,
  job: ConnectJob,
  instanceArn: string,
  released: string | undefined,
) => Promise<string>;

/** Whether a number is what its channel's settings ask for: they may have changed since. */
const isWanted = ({ channel, channelType }: ConnectJob, number: ClaimedNumber, instanceArn: string): boolean => {
  if (number.instanceArn !== instanceArn) return false;
  if (channelType === 'sms') return number.sourceArn === settingsOf({ ...channel, channelType }).phoneNumberArn;
  if (channelType === 'chat') return true;
  const { countryCode, phoneNumberType } = settingsOf({ ...channel, channelType });
  return (
    (number.countryCode ?? countryCode) === countryCode &&
    (number.phoneNumberType ?? phoneNumberType) === phoneNumberType
  );
};

const imported: Claim = async (connect, job, instanceArn) => {
  const { phoneNumberArn } = settingsOf({ ...job.channel, channelType: 'sms' });
  if (phoneNumberArn === undefined) {
    throw new ChannelFailedError(
      'sms-number-required',
      'Request a number for messages in AWS End User Messaging, wait until it is registered, and give its ARN as `phoneNumberArn` of the channel.',
    );
  }
  return connect.importNumber({ ...wantedOf(job, instanceArn, phoneNumberArn), sourceArn: phoneNumberArn });
};

/** The number that an earlier attempt had chosen, or the first of a search that nobody else takes meanwhile. */
const fromConnect: Claim = async (connect, job, instanceArn, released) => {
  const { channel } = job;
  const { countryCode, phoneNumberType } = settingsOf({ ...channel, channelType: 'voice' });
  const { phoneNumber } = channel.resources;
  const chosen = phoneNumber === undefined || phoneNumber === released ? undefined : phoneNumber;
  const own = chosen === undefined ? undefined : await ownNumberId(connect, instanceArn, chosen, job.agent.agentId);
  const earlier = own ?? (chosen === undefined ? undefined : await claim(connect, job, instanceArn, chosen));
  if (earlier !== undefined) return earlier;
  const found = await connect.searchNumbers({ instanceArn, countryCode, phoneNumberType });
  for (const candidate of found.filter((number) => number !== released)) {
    // Known before it is claimed: a claim whose answer is lost is found again by this number and its token.
    await job.keep({ phoneNumber: candidate });
    const phoneNumberId = await claim(connect, job, instanceArn, candidate);
    if (phoneNumberId !== undefined) return phoneNumberId;
  }
  throw new ChannelFailedError(
    'no-number-available',
    `Amazon Connect has no ${phoneNumberType} number in ${countryCode} at the moment. Choose another country or type, or retry later.`,
  );
};

const claim = (connect: ConnectApi, job: ConnectJob, instanceArn: string, phoneNumber: string) =>
  connect.claimNumber({ ...wantedOf(job, instanceArn, phoneNumber), phoneNumber });

const wantedOf = ({ agent, channel, channelType, tags }: ConnectJob, instanceArn: string, number: string) => ({
  instanceArn,
  // A run of its own: what a run before has released is not given out again by its token.
  token: clientUuid('number', instanceArn, agent.agentId, channelType, String(channel.run), number),
  description: `${agent.agentName} (${channelType})`.slice(0, 500),
  tags,
});
