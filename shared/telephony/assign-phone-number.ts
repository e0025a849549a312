import type { Agent } from '../agents/agent.ts';
import { requestedAgent } from '../agents/requested-agent.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import { nowSeconds } from '../kernel/clock.ts';
import { type ProblemError, problem, refused } from '../kernel/problems.ts';
import { type ManagePhoneNumbersDeps, requestedNumber } from './manage-phone-numbers.ts';
import { NOBODY, type PhoneNumber } from './phone-number.ts';
import { phoneNumberView } from './phone-number-view.ts';
import { settleNumber } from './settle-number.ts';

type Deps = Pick<ManagePhoneNumbersDeps, 'agents' | 'numbers' | 'desks' | 'clock'>;
type AssignRequest = Pick<RequestOf<'assignPhoneNumber'>, 'userId' | 'params' | 'body'>;
type FreeRequest = Pick<RequestOf<'freePhoneNumber'>, 'userId' | 'params' | 'query'>;

/**
 * Lets an agent answer a number, or call from it. The row comes first, then the provider is told; a request that dies
 * between the two is finished by its repetition, or by the next sync.
 */
export const assignPhoneNumber =
  (deps: Deps) =>
  async ({ userId, params, body }: AssignRequest): Promise<ApiAnswer> => {
    const phoneNumber = requestedNumber(params.phoneNumber);
    const agent = await requestedAgent(deps, { userId, params: { agentId: body.agentId } });
    const number = (await deps.numbers.find(phoneNumber)) ?? (await adopted(deps, phoneNumber));
    const assigned =
      body.direction === 'outbound' ? await callFrom(deps, agent, number) : await answer(deps, agent, number, body);
    return { status: 200, body: phoneNumberView(assigned, userId) };
  };

/** A number of the telephone account that no sync has seen. */
const adopted = async ({ numbers, desks }: Deps, phoneNumber: string): Promise<PhoneNumber> => {
  const found = await desks.twilio.find(phoneNumber);
  if (found === undefined) {
    throw problem('phone-number-not-found', `The stage's telephone account has no number ${phoneNumber}.`);
  }
  const { providerId, capabilities, type } = found;
  const number: PhoneNumber = {
    phoneNumber,
    userId: NOBODY,
    provider: 'twilio',
    providerId,
    origin: 'stage',
    capabilities,
    ...(type === undefined ? {} : { type }),
    outboundAgentIds: [],
    revision: 0,
  };
  return (await numbers.add(number)) ? number : ((await numbers.find(phoneNumber)) ?? number);
};

const answer = async (
  deps: Deps,
  { userId, agentId, ...agent }: Agent,
  { phoneNumber, provider }: PhoneNumber,
  { replaces }: AssignRequest['body'],
): Promise<PhoneNumber> => {
  await deps.desks[provider].demandAnswering({ userId, agentId, ...agent });
  const assignedAt = nowSeconds(deps.clock);
  const wanted = { phoneNumber, userId, agentId, replaces: replaces?.toLowerCase(), assignedAt };
  const assigned = await deps.numbers.assign(wanted);
  if (assigned === undefined) throw refusalOf(await deps.numbers.find(phoneNumber), { phoneNumber, userId });
  const settled = await settleNumber(deps, assigned);
  if (settled?.inboundAgentId === agentId) return settled;
  throw problem('phone-number-taken', 'The number was assigned anew, or freed, meanwhile.');
};

const callFrom = async (
  { numbers }: Deps,
  { userId, agentId }: Agent,
  { phoneNumber, provider }: PhoneNumber,
): Promise<PhoneNumber> => {
  if (provider !== 'twilio') {
    const message = 'Agents call from numbers of Twilio only.';
    throw refused([{ pointer: '/direction', message, code: 'invalid-request' }]);
  }
  const assigned = await numbers.assignOutbound({ phoneNumber, userId, agentId });
  if (assigned === undefined) throw refusalOf(await numbers.find(phoneNumber), { phoneNumber, userId });
  return assigned;
};

/** Why a number could not be had. */
const refusalOf = (
  number: PhoneNumber | undefined,
  { phoneNumber, userId }: Pick<PhoneNumber, 'phoneNumber' | 'userId'>,
): ProblemError => {
  if (number === undefined) return problem('phone-number-not-found', `There is no number ${phoneNumber} any more.`);
  if (number.userId !== userId && number.userId !== NOBODY) {
    return problem('phone-number-taken', 'Somebody else uses this number.');
  }
  if (number.origin === 'channel') return inChannel();
  if (number.pending === 'claiming' || number.pending === 'releasing') {
    return problem('phone-number-busy', `The number is "${number.pending}". Repeat the request, or sync the numbers.`, {
      retryAfterSeconds: 5,
    });
  }
  const { inboundAgentId } = number;
  return problem(
    'phone-number-taken',
    inboundAgentId === undefined
      ? 'The number was just freed. Repeat the request.'
      : `Your agent ${inboundAgentId} answers this number. To give it to another one, name that agent as \`replaces\`.`,
  );
};

const inChannel = (): ProblemError =>
  problem('phone-number-in-channel', 'A channel of an agent brought this number: change the channels of the agent.');

/** Ends an assignment. A second time it is not there. */
export const freePhoneNumber =
  (deps: Pick<Deps, 'numbers' | 'desks'>) =>
  async ({ userId, params, query }: FreeRequest): Promise<ApiAnswer> => {
    const phoneNumber = requestedNumber(params.phoneNumber);
    const number = await deps.numbers.find(phoneNumber);
    if (number?.userId !== userId) throw notAssigned(phoneNumber);
    if (number.origin === 'channel') throw inChannel();
    await (query.direction === 'outbound' ? stopCalling(deps, number, query) : stopAnswering(deps, number, query));
    // A number of the stage that no agent has any more is anybody's.
    await deps.numbers.leave(number);
    return { status: 204 };
  };

const stopCalling = async (
  { numbers }: Pick<Deps, 'numbers'>,
  { phoneNumber, userId, outboundAgentIds }: PhoneNumber,
  { agentId }: FreeRequest['query'],
): Promise<void> => {
  if (agentId === undefined) {
    throw refused([{ pointer: '/query/agentId', message: 'Say which agent.', code: 'invalid-request' }]);
  }
  const id = agentId.toLowerCase();
  if (!outboundAgentIds.includes(id)) throw notAssigned(phoneNumber);
  await numbers.freeOutbound({ phoneNumber, userId, agentId: id });
};

const stopAnswering = async (
  deps: Pick<Deps, 'numbers' | 'desks'>,
  number: PhoneNumber,
  query: FreeRequest['query'],
): Promise<void> => {
  const { phoneNumber, userId, inboundAgentId, pending } = number;
  const agentId = query.agentId?.toLowerCase() ?? inboundAgentId;
  // The provider was not told when it was freed before.
  if (inboundAgentId === undefined && pending === 'pointing') {
    await settleNumber(deps, number);
    return;
  }
  const freed = agentId === undefined ? undefined : await deps.numbers.free({ phoneNumber, userId, agentId });
  if (freed === undefined) throw notAssigned(phoneNumber);
  await settleNumber(deps, freed);
};

const notAssigned = (phoneNumber: string): ProblemError =>
  problem('phone-number-not-found', `None of your agents has ${phoneNumber} so.`);
