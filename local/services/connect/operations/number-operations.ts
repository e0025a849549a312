import { createHash } from 'node:crypto';
import type { ClaimedPhoneNumberSummary, PhoneNumberCountryCode, PhoneNumberType } from '@aws-sdk/client-connect';
import { newId, page } from '../connect-store.ts';
import { invalidParameter, invalidRequest, notFound, required } from '../errors.ts';
import { isCool, numbersOf, originOf } from '../number-stock.ts';
import type { StoredInstance, StoredNumber, Tags } from '../records.ts';
import type { ConnectHandlers, ConnectParts } from './parts.ts';

/** Searching, claiming, importing, moving, wiring and releasing numbers. */
export const numberOperations = (parts: ConnectParts): ConnectHandlers => {
  const { store } = parts;
  return {
    SearchAvailablePhoneNumbers: (input) => {
      targetOf(parts, input);
      const numbers = available(parts, input.PhoneNumberCountryCode, input.PhoneNumberType, input.PhoneNumberPrefix);
      const { items, NextToken } = page(numbers, { ...input, MaxResults: input.MaxResults ?? 10 }, 10);
      return { AvailableNumbersList: items, NextToken };
    },
    ClaimPhoneNumber: (input) =>
      answerOf(
        parts,
        store.once(claimRequest(input), () => claim(parts, input).id),
      ),
    ImportPhoneNumber: (input) =>
      answerOf(
        parts,
        store.once(importRequest(input), () => importNumber(parts, input).id),
      ),
    DescribePhoneNumber: ({ PhoneNumberId }) => ({
      ClaimedPhoneNumberSummary: describe(parts, store.requireNumber(PhoneNumberId)),
    }),
    ListPhoneNumbersV2: (input) => {
      const { items, NextToken } = page(listed(parts, input), input, 1000);
      const summaries = items.map((number) => {
        const { PhoneNumberStatus: _, Tags: __, ...summary } = describe(parts, number);
        return summary;
      });
      return { ListPhoneNumbersSummaryList: summaries, NextToken };
    },
    UpdatePhoneNumber: (input) => {
      const number = store.requireNumber(input.PhoneNumberId);
      const target = targetOf(parts, input);
      // The flow stays behind: it belongs to the other instance.
      const moved = { ...number, flowId: undefined, targetArn: target.arn, instanceId: target.id };
      return { PhoneNumberId: store.putNumber(moved).id, PhoneNumberArn: number.arn };
    },
    AssociatePhoneNumberContactFlow: ({ PhoneNumberId, InstanceId, ContactFlowId }) => {
      const number = claimed(parts, store.requireNumber(PhoneNumberId));
      const flow = store.flows.require(required(InstanceId, 'InstanceId'), ContactFlowId);
      if (number.instanceId !== flow.instanceId) throw notFound('phone number');
      if (flow.type !== 'CONTACT_FLOW') throw invalidParameter('Only an inbound contact flow can answer a number.');
      store.putNumber({ ...number, flowId: flow.id });
      return {};
    },
    DisassociatePhoneNumberContactFlow: ({ PhoneNumberId }) => {
      store.putNumber({ ...store.requireNumber(PhoneNumberId), flowId: undefined });
      return {};
    },
    ReleasePhoneNumber: ({ PhoneNumberId }) => {
      const number = store.requireNumber(PhoneNumberId);
      store.removeNumber(number);
      store.records.put(`released/${number.phoneNumber}`, parts.context.clock.now());
      return {};
    },
  };
};

interface ClaimInput {
  readonly PhoneNumber?: string | undefined;
  readonly PhoneNumberDescription?: string | undefined;
  readonly TargetArn?: string | undefined;
  readonly InstanceId?: string | undefined;
  readonly Tags?: Tags | undefined;
  readonly ClientToken?: string | undefined;
}

const claimRequest = (input: ClaimInput) => ({
  operation: 'ClaimPhoneNumber',
  token: input.ClientToken,
  input: {
    number: input.PhoneNumber,
    target: input.TargetArn ?? input.InstanceId,
    description: input.PhoneNumberDescription,
  },
});

const answerOf = ({ store }: ConnectParts, id: string) => ({
  PhoneNumberId: id,
  PhoneNumberArn: store.requireNumber(id).arn,
});

/** The instance a number goes to. Throws `InvalidParameterException` and `ResourceNotFoundException`. */
function targetOf(
  { store, context }: ConnectParts,
  { TargetArn, InstanceId }: { TargetArn?: string | undefined; InstanceId?: string | undefined },
): StoredInstance {
  if ((TargetArn === undefined) === (InstanceId === undefined)) {
    throw invalidParameter('Either TargetArn or InstanceId is required, not both.');
  }
  const instance = store.requireInstance(TargetArn ?? InstanceId);
  if (context.clock.now() < instance.activeAtMs) throw invalidParameter('The instance is not active yet.');
  return instance;
}

function available({ store, context }: ConnectParts, countryCode = '', type = '', prefix = '') {
  const held = new Set(store.numbers().map(({ phoneNumber }) => phoneNumber));
  return numbersOf(countryCode, type)
    .filter((number) => !held.has(number) && number.startsWith(prefix))
    .filter((number) => isCool(store.records.get(`released/${number}`), context.clock.now()))
    .map((PhoneNumber) => ({
      PhoneNumber,
      PhoneNumberCountryCode: countryCode as PhoneNumberCountryCode,
      PhoneNumberType: type as PhoneNumberType,
    }));
}

/** Takes a number for an instance. Over the instance's quota the claim fails later, as its status says. */
function claim(parts: ConnectParts, input: ClaimInput): StoredNumber {
  const phoneNumber = required(input.PhoneNumber, 'PhoneNumber');
  if (!/^\+[1-9]\d{1,14}$/.test(phoneNumber)) throw invalidParameter('PhoneNumber must be in E.164 form.');
  const target = targetOf(parts, input);
  const origin = originOf(phoneNumber);
  const free =
    origin && available(parts, origin.countryCode, origin.type).some((one) => one.PhoneNumber === phoneNumber);
  if (origin === undefined || !free) throw notFound('phone number');
  return hold(parts, target, {
    phoneNumber,
    ...origin,
    description: input.PhoneNumberDescription,
    tags: input.Tags ?? {},
  });
}

/** Takes the first free number of a country and type. Throws `ResourceNotFoundException` where there is none. */
export function claimAny(
  parts: ConnectParts,
  wanted: Omit<ClaimInput, 'PhoneNumber'> & {
    readonly countryCode: string;
    readonly type: string;
    readonly prefix: string;
  },
): StoredNumber {
  const [first] = available(parts, wanted.countryCode, wanted.type, wanted.prefix);
  if (first === undefined) throw notFound('phone number');
  return claim(parts, { ...wanted, PhoneNumber: first.PhoneNumber });
}

type Taken = Pick<StoredNumber, 'phoneNumber' | 'countryCode' | 'type' | 'description' | 'tags' | 'sourceArn'>;

function hold({ store, context, limits, latencies }: ConnectParts, target: StoredInstance, taken: Taken): StoredNumber {
  const ofTarget = store
    .numbers()
    .filter(({ instanceId, failure }) => instanceId === target.id && failure === undefined);
  const id = newId();
  return store.putNumber({
    ...taken,
    id,
    arn: store.arn(`phone-number/${id}`),
    targetArn: target.arn,
    instanceId: target.id,
    readyAtMs: context.clock.now() + latencies.phoneNumberMs,
    ...(ofTarget.length >= limits.phoneNumbers
      ? { failure: 'Service quota exceeded: the instance has reached its limit of phone numbers.' }
      : {}),
  });
}

interface ImportInput {
  readonly InstanceId?: string | undefined;
  readonly SourcePhoneNumberArn?: string | undefined;
  readonly PhoneNumberDescription?: string | undefined;
  readonly Tags?: Tags | undefined;
  readonly ClientToken?: string | undefined;
}

const importRequest = (input: ImportInput) => ({
  operation: 'ImportPhoneNumber',
  token: input.ClientToken,
  input: { instance: input.InstanceId, source: input.SourcePhoneNumberArn },
});

const SOURCE = /^arn:aws:(sms-voice|social-messaging):[a-z0-9-]+:\d{12}:phone-number(-id)?\/[\w-]+$/;

/** A number of End User Messaging (text messages, WhatsApp); which digits it has is decided by its ARN here. */
function importNumber(parts: ConnectParts, input: ImportInput): StoredNumber {
  const source = required(input.SourcePhoneNumberArn, 'SourcePhoneNumberArn');
  if (!SOURCE.test(source)) throw invalidParameter('SourcePhoneNumberArn is not valid.');
  const target = targetOf(parts, { InstanceId: input.InstanceId });
  if (parts.store.numbers().some(({ sourceArn }) => sourceArn === source)) {
    throw invalidRequest('The phone number is imported already.');
  }
  const digits = createHash('sha256').update(source).digest().readUInt16BE(0) % 100;
  const phoneNumber = `+1425555${String(100 + digits).padStart(4, '0')}`;
  const taken = { phoneNumber, countryCode: 'US', type: 'DID', description: input.PhoneNumberDescription };
  return hold(parts, target, { ...taken, tags: input.Tags ?? {}, sourceArn: source });
}

const statusOf = ({ readyAtMs, failure }: StoredNumber, nowMs: number) => {
  if (nowMs < readyAtMs) return { Status: 'IN_PROGRESS' as const };
  return failure === undefined ? { Status: 'CLAIMED' as const } : { Status: 'FAILED' as const, Message: failure };
};

/** Throws `InvalidParameterException` for one that is not (yet). */
function claimed({ context }: ConnectParts, number: StoredNumber): StoredNumber {
  if (statusOf(number, context.clock.now()).Status === 'CLAIMED') return number;
  throw invalidParameter('The phone number is not claimed.');
}

interface ListInput {
  readonly TargetArn?: string | undefined;
  readonly InstanceId?: string | undefined;
  readonly PhoneNumberCountryCodes?: readonly string[] | undefined;
  readonly PhoneNumberTypes?: readonly string[] | undefined;
  readonly PhoneNumberPrefix?: string | undefined;
}

function listed({ store }: ConnectParts, input: ListInput): StoredNumber[] {
  const id = input.TargetArn ?? input.InstanceId;
  const instance = id === undefined ? undefined : store.requireInstance(id);
  return store
    .numbers()
    .filter(({ instanceId }) => instance === undefined || instanceId === instance.id)
    .filter(({ countryCode }) => input.PhoneNumberCountryCodes?.includes(countryCode) ?? true)
    .filter(({ type }) => input.PhoneNumberTypes?.includes(type) ?? true)
    .filter(({ phoneNumber }) => phoneNumber.startsWith(input.PhoneNumberPrefix ?? ''));
}

const describe = ({ context }: ConnectParts, number: StoredNumber): ClaimedPhoneNumberSummary => ({
  PhoneNumberId: number.id,
  PhoneNumberArn: number.arn,
  PhoneNumber: number.phoneNumber,
  PhoneNumberCountryCode: number.countryCode as PhoneNumberCountryCode,
  PhoneNumberType: number.type as PhoneNumberType,
  PhoneNumberDescription: number.description,
  TargetArn: number.targetArn,
  InstanceId: number.instanceId,
  Tags: { ...number.tags },
  PhoneNumberStatus: statusOf(number, context.clock.now()),
  SourcePhoneNumberArn: number.sourceArn,
});
