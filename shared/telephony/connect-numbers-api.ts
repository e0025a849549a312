import * as z from 'zod';
import { instanceIdOf } from '../connect/connect-api.ts';
import { lambdaAwsContext } from '../kernel/aws-context.ts';
import { type AwsContext, awsRequest, uriEncoded } from '../kernel/aws-request.ts';

const Summary = z.object({
  PhoneNumberId: z.string(),
  PhoneNumber: z.string(),
  PhoneNumberCountryCode: z.string().optional(),
  PhoneNumberType: z.string().optional(),
});
/** A number of the instance, as Connect lists it. */
export type ConnectNumber = z.output<typeof Summary>;

const Description = z.object({
  ClaimedPhoneNumberSummary: Summary.extend({
    TargetArn: z.string().optional(),
    Tags: z.record(z.string(), z.string()).optional(),
    PhoneNumberStatus: z.object({ Status: z.string().optional(), Message: z.string().optional() }).optional(),
  }),
});
export type ConnectNumberDescription = z.output<typeof Description>['ClaimedPhoneNumberSummary'];

const List = z.object({
  ListPhoneNumbersSummaryList: z.array(Summary).default([]),
  NextToken: z.string().optional(),
});
const Available = z.object({
  AvailableNumbersList: z
    .array(
      z.object({ PhoneNumber: z.string(), PhoneNumberCountryCode: z.string(), PhoneNumberType: z.string().optional() }),
    )
    .default([]),
});
const Claimed = z.object({ PhoneNumberId: z.string() });

export type ConnectNumberType = 'DID' | 'TOLL_FREE';

/** Numbers of the stage's Connect instance. Removing is idempotent. All throw what Connect answers. */
export interface ConnectNumbers {
  readonly list: () => Promise<{ readonly numbers: readonly ConnectNumber[]; readonly isWhole: boolean }>;
  readonly describe: (phoneNumberId: string) => Promise<ConnectNumberDescription | undefined>;
  readonly search: (wanted: {
    readonly country: string;
    readonly type: ConnectNumberType;
    readonly prefix?: string | undefined;
    readonly limit: number;
  }) => Promise<readonly z.output<typeof Available>['AvailableNumbersList'][number][]>;
  /** Connect's id of the number; undefined when somebody else was faster. The same token gives the same number. */
  readonly claim: (wanted: {
    readonly phoneNumber: string;
    readonly token: string;
    readonly description: string;
    readonly tags: Readonly<Record<string, string>>;
  }) => Promise<string | undefined>;
  readonly release: (phoneNumberId: string, token: string) => Promise<void>;
  readonly connect: (phoneNumberId: string, contactFlowArn: string) => Promise<void>;
  readonly disconnect: (phoneNumberId: string) => Promise<void>;
}

/** ListPhoneNumbersV2 gives 1,000 at most (API reference). */
const PAGE_SIZE = 1000;
const MOST_PAGES = 10;
/** An instance has 5 numbers unless AWS gave it more; claims beyond are told of later. */
const TAKEN = /not available|already claimed|no longer/i;
const GONE = 'ResourceNotFoundException';

/**
 * Amazon Connect's REST API, signed by hand: its SDK's client is larger than the budget of an API function's bundle.
 * Connect allows few requests a second; what is throttled is repeated.
 */
export const connectNumbers = (instanceArn: string, context: AwsContext = lambdaAwsContext()): ConnectNumbers => {
  const ask = asking(context);
  const path = (phoneNumberId: string, rest = ''): string => `/phone-number/${uriEncoded(phoneNumberId)}${rest}`;
  const InstanceId = instanceIdOf(instanceArn);
  return {
    list: async () => {
      const numbers: ConnectNumber[] = [];
      let NextToken: string | undefined;
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const body = { TargetArn: instanceArn, MaxResults: PAGE_SIZE, NextToken };
        const answer = List.parse(await ask('POST', '/phone-number/list', body));
        numbers.push(...answer.ListPhoneNumbersSummaryList);
        NextToken = answer.NextToken;
        if (NextToken === undefined) return { numbers, isWhole: true };
      }
      return { numbers, isWhole: false };
    },
    describe: async (phoneNumberId) => {
      const answer = await unlessGone(ask('GET', path(phoneNumberId)));
      return answer === undefined ? undefined : Description.parse(answer).ClaimedPhoneNumberSummary;
    },
    search: async ({ country, type, prefix, limit }) => {
      const answer = await ask('POST', '/phone-number/search-available', {
        TargetArn: instanceArn,
        PhoneNumberCountryCode: country,
        PhoneNumberType: type,
        MaxResults: Math.min(limit, 10),
        ...(prefix === undefined ? {} : { PhoneNumberPrefix: prefix }),
      });
      return Available.parse(answer).AvailableNumbersList;
    },
    claim: async ({ phoneNumber, token, description, tags }) => {
      try {
        const wanted = { TargetArn: instanceArn, PhoneNumber: phoneNumber, PhoneNumberDescription: description };
        const answer = await ask('POST', '/phone-number/claim', { ...wanted, Tags: tags, ClientToken: token });
        return Claimed.parse(answer).PhoneNumberId;
      } catch (error) {
        if (error instanceof Error && (error.name === GONE || TAKEN.test(error.message))) return undefined;
        throw error;
      }
    },
    release: async (phoneNumberId, token) => {
      await unlessGone(ask('DELETE', `${path(phoneNumberId)}?clientToken=${uriEncoded(token)}`));
    },
    connect: async (phoneNumberId, contactFlowArn) => {
      const ContactFlowId = contactFlowArn.slice(contactFlowArn.lastIndexOf('/') + 1);
      await ask('PUT', path(phoneNumberId, '/contact-flow'), { InstanceId, ContactFlowId });
    },
    disconnect: async (phoneNumberId) => {
      await unlessGone(ask('DELETE', path(phoneNumberId, `/contact-flow?instanceId=${uriEncoded(InstanceId)}`)));
    },
  };
};

/** One request, its answer as JSON; an empty one is `{}`. */
const asking =
  (context: AwsContext) =>
  async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<unknown> => {
    const response = await awsRequest(context, {
      service: 'connect',
      method,
      url: `${context.endpointUrl ?? `https://connect.${context.region}.amazonaws.com`}${path}`,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) }),
    });
    const text = await response.text();
    return text === '' ? {} : (JSON.parse(text) as unknown);
  };

const unlessGone = async (answer: Promise<unknown>): Promise<unknown> => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && error.name === GONE) return undefined;
    throw error;
  }
};
