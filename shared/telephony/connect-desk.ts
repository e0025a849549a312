import type { Agent } from '../agents/agent.ts';
import type { ChannelStore } from '../channels/channel-store.ts';
import { clientUuid } from '../connect/client-uuid.ts';
import type { AgentId, UserId } from '../kernel/ids.ts';
import { ProblemError, problem } from '../kernel/problems.ts';
import type {
  ConnectNumber,
  ConnectNumberDescription,
  ConnectNumbers,
  ConnectNumberType,
} from './connect-numbers-api.ts';
import { ClaimRefused, type FoundNumber, type NumberDesk } from './number-desk.ts';
import type { NumberType, PhoneNumber } from './phone-number.ts';

export interface ConnectDeskDeps {
  /** Undefined: the stage has no Amazon Connect. */
  readonly connect: ConnectNumbers | undefined;
  readonly instanceArn: string;
  readonly stage: string;
  readonly channels: Pick<ChannelStore, 'find' | 'claimAccount' | 'releaseAccount' | 'findAccount'>;
}

/** What Connect's numbers can do: those for messages are brought from elsewhere, by a channel. */
const VOICE = { voice: true, sms: false, mms: false };
const PLATFORM = 'oratio';

/** Numbers of the Connect instance that the stage's agents share. */
export const connectDesk = (deps: ConnectDeskDeps): NumberDesk => {
  const { stage } = deps;
  const instance = (): ConnectNumbers => deps.connect ?? noConnect();
  return {
    provider: 'connect',
    list: async () => {
      const { numbers, isWhole } = await explained(instance().list());
      return { numbers: numbers.map(foundNumber), isWhole };
    },
    find: async (phoneNumber) => {
      const listed = (await explained(instance().list())).numbers.find(isNumber(phoneNumber));
      return listed === undefined ? undefined : describe(instance(), stage, listed.PhoneNumberId);
    },
    describe: ({ providerId }) => describe(instance(), stage, providerId),
    search: async ({ country, type, areaCode, limit }) => {
      if (type === 'mobile') return [];
      const prefix = areaCode === undefined ? undefined : prefixOf(country, areaCode);
      const found = await explained(instance().search({ country, type: TYPES[type], prefix, limit }));
      return found.map(({ PhoneNumber }) => ({ phoneNumber: PhoneNumber, country, type, capabilities: VOICE }));
    },
    claim: (wanted) => claim(instance(), stage, wanted),
    release: async ({ providerId }) => {
      if (providerId === undefined) return;
      await explained(instance().disconnect(providerId));
      await explained(instance().release(providerId, clientUuid('release', providerId)));
    },
    demandAnswering: async (agent) => {
      await flowOf(deps, agent);
    },
    point: (number) => point(deps, instance(), number),
  };
};

const TYPES: Readonly<Record<Exclude<NumberType, 'mobile'>, ConnectNumberType>> = {
  local: 'DID',
  'toll-free': 'TOLL_FREE',
};
const OUR_TYPES: Readonly<Record<string, NumberType>> = { DID: 'local', TOLL_FREE: 'toll-free' };

/** Connect searches by the beginning of a number, the country's code with it: known here for the countries that have areas. */
const prefixOf = (country: string, areaCode: string): string | undefined => {
  const code = { US: '+1', CA: '+1', GB: '+44', DE: '+49', FR: '+33', AU: '+61' }[country];
  return code === undefined ? undefined : `${code}${areaCode.replace(/^0/, '')}`;
};

const describe = async (connect: ConnectNumbers, stage: string, id: string): Promise<FoundNumber | undefined> => {
  const described = await explained(connect.describe(id));
  if (described === undefined || described.PhoneNumberStatus?.Status === 'FAILED') return undefined;
  return { ...foundNumber(described), ...labelsOf(described, stage) };
};

const isNumber =
  (phoneNumber: string) =>
  ({ PhoneNumber }: ConnectNumber): boolean =>
    PhoneNumber === phoneNumber;

const foundNumber = ({
  PhoneNumber,
  PhoneNumberId,
  PhoneNumberCountryCode: country,
  PhoneNumberType = '',
}: ConnectNumber): FoundNumber => {
  const type = OUR_TYPES[PhoneNumberType];
  return {
    phoneNumber: PhoneNumber,
    providerId: PhoneNumberId,
    capabilities: VOICE,
    ...(country === undefined ? {} : { country }),
    ...(type === undefined ? {} : { type }),
  };
};

/** Whose a number is by its tags, which channels and claims give it. */
const labelsOf = (
  { Tags = {}, PhoneNumberStatus }: ConnectNumberDescription,
  stage: string,
): Pick<FoundNumber, 'owner' | 'claimId' | 'isInProgress'> => {
  const { userId, agentId, platform, environment, claimId } = Tags;
  const isInProgress = PhoneNumberStatus?.Status === 'IN_PROGRESS' ? { isInProgress: true } : {};
  // Another stage may share the instance: what is its is nobody's here, and nobody's to take.
  const holder = platform === PLATFORM && environment !== stage ? `${environment}#` : userId;
  if (holder === undefined) return isInProgress;
  return {
    ...isInProgress,
    owner: { userId: holder, ...(agentId === undefined ? {} : { agentId }) },
    ...(claimId === undefined ? {} : { claimId }),
  };
};

const claim = async (
  connect: ConnectNumbers,
  stage: string,
  { phoneNumber, userId, claimId }: Parameters<NumberDesk['claim']>[0],
): Promise<FoundNumber | undefined> => {
  const tags = { userId, claimId, platform: PLATFORM, environment: stage, resourceType: 'phone-number' };
  const wanted = { phoneNumber, tags, token: clientUuid('claim', claimId, phoneNumber), description: 'Oratio' };
  const phoneNumberId = await explained(connect.claim(wanted)).catch((error: unknown) => {
    throw error instanceof ProblemError ? new ClaimRefused(error) : error;
  });
  const described = phoneNumberId === undefined ? undefined : await explained(connect.describe(phoneNumberId));
  if (described === undefined) return undefined;
  const { PhoneNumberStatus: { Status, Message = 'it does not say why' } = {} } = described;
  if (Status !== 'FAILED') return { ...foundNumber(described), ...labelsOf(described, stage) };
  await explained(connect.release(described.PhoneNumberId, clientUuid('release', described.PhoneNumberId)));
  const code = /quota|limit/i.test(Message) ? 'connect-quota-exceeded' : 'connect-refused';
  throw new ClaimRefused(problem(code, `Amazon Connect could not claim the number: ${Message}.`));
};

/** The flow by which an agent answers; throws `channel-not-found`. */
const flowOf = async (
  { channels, instanceArn }: ConnectDeskDeps,
  { userId, agentId }: Pick<Agent, 'userId' | 'agentId'>,
): Promise<string> => {
  const channel = await channels.find({ userId, agentId, channelType: 'voice' });
  const flow = channel?.status === 'active' ? channel.resources.contactFlowArn : undefined;
  if (flow?.startsWith(`${instanceArn}/`)) return flow;
  throw problem(
    'channel-not-found',
    'An agent answers numbers of Amazon Connect by its channel `voice` in the instance that agents share: give it that channel first.',
  );
};

/** Who answers is told by the account of the number, which flows ask for; then the number is led to the agent's flow. */
const point = async (deps: ConnectDeskDeps, connect: ConnectNumbers, number: PhoneNumber): Promise<void> => {
  const { phoneNumber, providerId, inboundAgentId } = number;
  if (providerId === undefined) return;
  const account = { channelType: 'voice' as const, accountId: phoneNumber };
  const holder = await deps.channels.findAccount(account);
  // The number's row decides: whoever else is in its account was there before.
  if (holder !== undefined && holder.agentId !== inboundAgentId) await deps.channels.releaseAccount(account, holder);
  if (inboundAgentId === undefined) {
    await explained(connect.disconnect(providerId));
    return;
  }
  const agent = { userId: number.userId as UserId, agentId: inboundAgentId as AgentId };
  const flow = await flowOf(deps, agent);
  await deps.channels.claimAccount(account, agent);
  await explained(connect.connect(providerId, flow));
};

/** Throws `connect-not-configured`. */
const noConnect = (): never => {
  throw problem(
    'connect-not-configured',
    'This stage has no Amazon Connect: set `connect` in cdk.json (docs/deploy.md).',
  );
};

const REFUSALS = [
  'InvalidParameterException',
  'InvalidRequestException',
  'AccessDeniedException',
  'IdempotencyException',
];
const QUOTAS = ['LimitExceededException', 'ServiceQuotaExceededException'];

/** What Connect refuses for good, in words somebody can act on; all else (throttling) is the caller's to repeat. */
const explained = async <Answer>(asked: Promise<Answer>): Promise<Answer> => {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ProblemError || !(error instanceof Error)) throw error;
    if (QUOTAS.includes(error.name)) {
      throw problem('connect-quota-exceeded', `A quota of Amazon Connect is used up: ${error.message}`, {
        cause: error,
      });
    }
    if (!REFUSALS.includes(error.name)) throw error;
    throw problem('connect-refused', `Amazon Connect refused: ${error.message}`, { cause: error });
  }
};
