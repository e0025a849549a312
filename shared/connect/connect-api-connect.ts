import {
  AssociateBotCommand,
  AssociateLambdaFunctionCommand,
  AssociatePhoneNumberContactFlowCommand,
  ClaimPhoneNumberCommand,
  ConnectClient,
  CreateContactFlowCommand,
  CreateInstanceCommand,
  DeleteContactFlowCommand,
  DeleteInstanceCommand,
  DescribeInstanceCommand,
  DescribePhoneNumberCommand,
  DisassociatePhoneNumberContactFlowCommand,
  ImportPhoneNumberCommand,
  type PhoneNumberCountryCode,
  paginateListContactFlows,
  paginateListHoursOfOperations,
  paginateListPhoneNumbersV2,
  paginateListQueues,
  ReleasePhoneNumberCommand,
  SearchAvailablePhoneNumbersCommand,
  UpdateContactFlowContentCommand,
} from '@aws-sdk/client-connect';
import { ignoring, isNamed } from '../provisioning/aws-errors.ts';
import {
  type ClaimedNumber,
  type ConnectApi,
  ConnectRefusal,
  idOf,
  instanceIdOf,
  type WantedNumber,
} from './connect-api.ts';

const GONE = 'ResourceNotFoundException';
const PAGE_SIZE = 100;
/** Connect allows few requests a second (2 for most operations); the SDK waits longer between tries than by default. */
const client = () => new ConnectClient({ maxAttempts: 6, retryMode: 'adaptive' });

/** Amazon Connect by its SDK. */
export const connectApi = (connect: ConnectClient = client()): ConnectApi => ({
  ...instances(connect),
  ...flows(connect),
  ...numbers(connect),
});

const instances = (
  connect: ConnectClient,
): Pick<
  ConnectApi,
  'createInstance' | 'describeInstance' | 'deleteInstance' | 'defaultsOf' | 'associateLambda' | 'associateBot'
> => ({
  createInstance: async ({ alias, token, tags }) => {
    const command = new CreateInstanceCommand({
      ClientToken: token,
      IdentityManagementType: 'CONNECT_MANAGED',
      InstanceAlias: alias,
      InboundCallsEnabled: true,
      OutboundCallsEnabled: true,
      Tags: { ...tags },
    });
    const { Arn = '' } = await refusing(connect.send(command));
    return Arn;
  },
  describeInstance: async (instanceArn) => {
    const command = new DescribeInstanceCommand({ InstanceId: instanceIdOf(instanceArn) });
    const Instance = (await ignoring(GONE, connect.send(command)))?.Instance;
    if (Instance === undefined) return undefined;
    const message = Instance.StatusReason?.Message;
    return {
      status: INSTANCE_STATUSES[Instance.InstanceStatus ?? 'CREATION_IN_PROGRESS'],
      ...(message === undefined ? {} : { message }),
    };
  },
  deleteInstance: async (instanceArn, token) => {
    await ignoring(
      GONE,
      connect.send(new DeleteInstanceCommand({ InstanceId: instanceIdOf(instanceArn), ClientToken: token })),
    );
  },
  defaultsOf: defaultsOf(connect),
  associateLambda: async (instanceArn, FunctionArn) => {
    const command = new AssociateLambdaFunctionCommand({ InstanceId: instanceIdOf(instanceArn), FunctionArn });
    await refusing(unlessThere(connect.send(command)));
  },
  associateBot: async (instanceArn, AliasArn) => {
    const command = new AssociateBotCommand({ InstanceId: instanceIdOf(instanceArn), LexV2Bot: { AliasArn } });
    await refusing(unlessThere(connect.send(command)));
  },
});

const defaultsOf =
  (connect: ConnectClient): ConnectApi['defaultsOf'] =>
  async (instanceArn) => {
    const InstanceId = instanceIdOf(instanceArn);
    const hours: (string | undefined)[] = [];
    for await (const page of paginateListHoursOfOperations({ client: connect, pageSize: PAGE_SIZE }, { InstanceId })) {
      hours.push(...(page.HoursOfOperationSummaryList ?? []).map(({ Arn }) => Arn));
    }
    const queues: (string | undefined)[] = [];
    for await (const page of paginateListQueues(
      { client: connect, pageSize: PAGE_SIZE },
      { InstanceId, QueueTypes: ['STANDARD'] },
    )) {
      queues.push(...(page.QueueSummaryList ?? []).map(({ Arn }) => Arn));
    }
    const [hoursOfOperationArn, queueArn] = [hours[0], queues[0]];
    if (hoursOfOperationArn === undefined || queueArn === undefined) {
      throw new Error('The instance has no hours of operation or no queue yet.');
    }
    return { hoursOfOperationArn, queueArn };
  };

const flows = (connect: ConnectClient): Pick<ConnectApi, 'ensureFlow' | 'updateFlow' | 'deleteFlow'> => {
  const updateFlow: ConnectApi['updateFlow'] = async (contactFlowArn, flow) => {
    const command = new UpdateContactFlowContentCommand({
      InstanceId: instanceIdOf(contactFlowArn),
      ContactFlowId: idOf(contactFlowArn),
      Content: JSON.stringify(flow),
    });
    return (await ignoring(GONE, refusing(connect.send(command)))) !== undefined;
  };
  return {
    updateFlow,
    ensureFlow: async (instanceArn, { name, description, flow, tags }) => {
      const InstanceId = instanceIdOf(instanceArn);
      const wanted = { InstanceId, Name: name, Description: description, Type: 'CONTACT_FLOW' as const };
      try {
        const command = new CreateContactFlowCommand({ ...wanted, Content: JSON.stringify(flow), Tags: { ...tags } });
        const { ContactFlowArn = '' } = await refusing(connect.send(command));
        return ContactFlowArn;
      } catch (error) {
        if (!isNamed(error, 'DuplicateResourceException')) throw error;
        const existing = await findFlow(connect, InstanceId, name);
        if (existing === undefined || !(await updateFlow(existing, flow))) throw error;
        return existing;
      }
    },
    deleteFlow: async (contactFlowArn) => {
      const target = { InstanceId: instanceIdOf(contactFlowArn), ContactFlowId: idOf(contactFlowArn) };
      await ignoring(GONE, connect.send(new DeleteContactFlowCommand(target)));
    },
  };
};

const findFlow = async (connect: ConnectClient, InstanceId: string, name: string): Promise<string | undefined> => {
  const query = { InstanceId, ContactFlowTypes: ['CONTACT_FLOW' as const] };
  for await (const page of paginateListContactFlows({ client: connect, pageSize: PAGE_SIZE }, query)) {
    const found = page.ContactFlowSummaryList?.find(({ Name }) => Name === name);
    if (found?.Arn !== undefined) return found.Arn;
  }
  return undefined;
};

/** Candidates of one search; each may be taken by somebody else before we ask for it. */
const CANDIDATES = 5;

const numbers = (
  connect: ConnectClient,
): Pick<
  ConnectApi,
  | 'searchNumbers'
  | 'claimNumber'
  | 'importNumber'
  | 'describeNumber'
  | 'findNumber'
  | 'connectNumber'
  | 'disconnectNumber'
  | 'releaseNumber'
> => ({
  searchNumbers: async ({ instanceArn, countryCode, phoneNumberType }) => {
    const command = new SearchAvailablePhoneNumbersCommand({
      TargetArn: instanceArn,
      PhoneNumberCountryCode: countryCode as PhoneNumberCountryCode,
      PhoneNumberType: phoneNumberType,
      MaxResults: CANDIDATES,
    });
    const { AvailableNumbersList = [] } = await refusing(connect.send(command));
    return AvailableNumbersList.flatMap(({ PhoneNumber }) => (PhoneNumber === undefined ? [] : [PhoneNumber]));
  },
  claimNumber: async ({ phoneNumber, ...wanted }) => {
    try {
      const command = new ClaimPhoneNumberCommand({
        PhoneNumber: phoneNumber,
        TargetArn: wanted.instanceArn,
        ...labelled(wanted),
      });
      return (await refusing(connect.send(command))).PhoneNumberId;
    } catch (error) {
      if (isNamed(error, GONE, 'IdempotencyException') || isTaken(error)) return undefined;
      throw error;
    }
  },
  importNumber: async ({ sourceArn, ...wanted }) => {
    const InstanceId = instanceIdOf(wanted.instanceArn);
    const command = new ImportPhoneNumberCommand({ InstanceId, SourcePhoneNumberArn: sourceArn, ...labelled(wanted) });
    const { PhoneNumberId = '' } = await refusing(connect.send(command), GONE);
    return PhoneNumberId;
  },
  describeNumber: (phoneNumberId) => describeNumber(connect, phoneNumberId),
  findNumber: async (TargetArn, phoneNumber) => {
    const query = { TargetArn, PhoneNumberPrefix: phoneNumber };
    for await (const page of paginateListPhoneNumbersV2({ client: connect, pageSize: PAGE_SIZE }, query)) {
      const found = page.ListPhoneNumbersSummaryList?.find(({ PhoneNumber }) => PhoneNumber === phoneNumber);
      if (found?.PhoneNumberId !== undefined) return found.PhoneNumberId;
    }
    return undefined;
  },
  connectNumber: async (PhoneNumberId, contactFlowArn) => {
    const target = { InstanceId: instanceIdOf(contactFlowArn), ContactFlowId: idOf(contactFlowArn) };
    await refusing(connect.send(new AssociatePhoneNumberContactFlowCommand({ PhoneNumberId, ...target })));
  },
  disconnectNumber: async (PhoneNumberId, instanceArn) => {
    const InstanceId = instanceIdOf(instanceArn);
    await ignoring(GONE, connect.send(new DisassociatePhoneNumberContactFlowCommand({ PhoneNumberId, InstanceId })));
  },
  releaseNumber: async (PhoneNumberId, ClientToken) => {
    await ignoring(GONE, connect.send(new ReleasePhoneNumberCommand({ PhoneNumberId, ClientToken })));
  },
});

const labelled = ({ description, tags, token }: WantedNumber) => ({
  PhoneNumberDescription: description,
  Tags: { ...tags },
  ClientToken: token,
});

const describeNumber = async (connect: ConnectClient, PhoneNumberId: string): Promise<ClaimedNumber | undefined> => {
  const answer = await ignoring(GONE, connect.send(new DescribePhoneNumberCommand({ PhoneNumberId })));
  const found = answer?.ClaimedPhoneNumberSummary;
  if (found === undefined) return undefined;
  return {
    status: NUMBER_STATUSES[found.PhoneNumberStatus?.Status ?? 'IN_PROGRESS'],
    phoneNumber: found.PhoneNumber ?? '',
    instanceArn: found.TargetArn ?? '',
    tags: found.Tags ?? {},
    ...(found.PhoneNumberCountryCode === undefined ? {} : { countryCode: found.PhoneNumberCountryCode }),
    ...(found.PhoneNumberType === undefined ? {} : { phoneNumberType: found.PhoneNumberType }),
    ...(found.SourcePhoneNumberArn === undefined ? {} : { sourceArn: found.SourcePhoneNumberArn }),
    ...(found.PhoneNumberStatus?.Message === undefined ? {} : { message: found.PhoneNumberStatus.Message }),
  };
};

const INSTANCE_STATUSES = { ACTIVE: 'active', CREATION_IN_PROGRESS: 'in-progress', CREATION_FAILED: 'failed' } as const;
const NUMBER_STATUSES = { CLAIMED: 'claimed', IN_PROGRESS: 'in-progress', FAILED: 'failed' } as const;

const unlessThere = async (answer: Promise<unknown>): Promise<unknown> => {
  try {
    return await answer;
  } catch (error) {
    if (isNamed(error, 'ResourceConflictException', 'DuplicateResourceException')) return undefined;
    throw error;
  }
};

const QUOTAS = ['LimitExceededException', 'ServiceQuotaExceededException'];
const REFUSALS = ['InvalidParameterException', 'InvalidRequestException', 'AccessDeniedException'];

/** Turns what asking again cannot mend into a `ConnectRefusal`; throttling and failures of the service stay as they are. */
const refusing = async <Answer>(answer: Promise<Answer>, ...alsoRefused: readonly string[]): Promise<Answer> => {
  try {
    return await answer;
  } catch (error) {
    if (isNamed(error, 'InvalidContactFlowException'))
      throw new ConnectRefusal('flow-rejected', problemsOf(error), error);
    if (isNamed(error, ...QUOTAS)) throw new ConnectRefusal('quota', error.message, error);
    if (isNamed(error, ...REFUSALS, ...alsoRefused)) throw new ConnectRefusal('refused', error.message, error);
    throw error;
  }
};

const problemsOf = (error: Error & { readonly problems?: readonly { readonly message?: string }[] }): string => {
  const problems = (error.problems ?? []).flatMap(({ message }) => (message === undefined ? [] : [message]));
  return problems.length === 0 ? error.message : problems.join(' ');
};

/** Connect says so by an invalid parameter when a number went to somebody else between the search and the claim. */
const isTaken = (error: unknown): boolean =>
  error instanceof ConnectRefusal &&
  error.reason === 'refused' &&
  /not available|already claimed|no longer/i.test(error.message);
