import { randomUUID } from 'node:crypto';
import * as client from '@aws-sdk/client-socialmessaging';
import { defineSchemaService, type Handlers } from '../../core/schema-service.ts';
import { AwsError, type AwsService, type CloudContext, type KeyValueStore, type Need } from '../../core/service.ts';
import { jsonBody } from '../../social/api.ts';
import type { LinkedNumberRow, WhatsAppExchange } from '../../social/aws-links.ts';
import { GraphError } from '../../social/graph/graph-error.ts';
import type { EmbeddedSns } from '../sns/index.ts';

export interface SocialMessagingDependencies {
  readonly exchange: WhatsAppExchange;
  readonly sns: Pick<EmbeddedSns, 'admits' | 'publishAs'>;
}

/** What AWS keeps of a linked business account. */
interface AccountSettings {
  readonly eventDestinations: readonly EventDestination[];
  readonly tags: Readonly<Record<string, string>>;
}

interface EventDestination {
  readonly eventDestinationArn: string;
  readonly roleArn?: string;
}

const SERVICE = 'social-messaging.amazonaws.com';

/** AWS End User Messaging Social: WhatsApp by SDK calls, and what arrives there by SNS. Accounts are linked by `cloud.social.aws`. */
export function makeSocialMessaging(context: CloudContext, dependencies: SocialMessagingDependencies): AwsService {
  const accounts = new LinkedAccounts(context, dependencies.exchange);
  dependencies.exchange.onEntry = (number, entry) => publishEntry(context, dependencies, accounts, number, entry);
  return defineSchemaService({
    name: 'socialmessaging',
    signingName: 'social-messaging',
    client,
    needs: (operation, input) => needsOf(operation, input, accounts),
    operations: { ...accountOperations(dependencies, accounts), ...messageOperations(dependencies, accounts) },
  });
}

/** Linked numbers and business accounts under AWS's names. */
class LinkedAccounts {
  readonly #store: KeyValueStore;
  readonly #exchange: WhatsAppExchange;
  readonly #arn: string;

  constructor({ store, region, accountId }: CloudContext, exchange: WhatsAppExchange) {
    this.#store = store('socialmessaging');
    this.#exchange = exchange;
    this.#arn = `arn:aws:social-messaging:${region}:${accountId}`;
  }

  accountArn = (awsAccountId: string): string => `${this.#arn}:waba/${awsAccountId.replace('waba-', '')}`;

  numberArn = (awsPhoneNumberId: string): string =>
    `${this.#arn}:phone-number-id/${awsPhoneNumberId.replace('phone-number-id-', '')}`;

  /** First number of each account. */
  all(): LinkedNumberRow[] {
    const byAccount = new Map(this.#exchange.linked().map((row) => [row.awsAccountId, row]));
    return [...byAccount.values()];
  }

  numbersOf(awsAccountId: string): readonly LinkedNumberRow[] {
    return this.#exchange.linked().filter((row) => row.awsAccountId === awsAccountId);
  }

  /** By id or ARN. Throws `ResourceNotFoundException`. */
  account(idOrArn = ''): LinkedNumberRow {
    const found = this.all().find(({ awsAccountId: id }) => idOrArn === id || idOrArn === this.accountArn(id));
    return found ?? missing(idOrArn);
  }

  number(idOrArn = ''): LinkedNumberRow {
    const found = this.#exchange
      .linked()
      .find(({ awsPhoneNumberId: id }) => idOrArn === id || idOrArn === this.numberArn(id));
    return found ?? missing(idOrArn);
  }

  settings(awsAccountId: string): AccountSettings {
    return this.#store.get<AccountSettings>(awsAccountId) ?? { eventDestinations: [], tags: {} };
  }

  change(awsAccountId: string, changes: Partial<AccountSettings>): void {
    this.#store.put(awsAccountId, { ...this.settings(awsAccountId), ...changes });
  }
}

const missing = (what: string): never => {
  throw new AwsError('ResourceNotFoundException', `${what} was not found.`, 404);
};

interface Addressed {
  readonly id?: string;
  readonly originationPhoneNumberId?: string;
  readonly resourceArn?: string;
}

function needsOf(operation: string, input: Addressed, accounts: LinkedAccounts): Need[] {
  const action = `social-messaging:${operation}`;
  const { id, originationPhoneNumberId: number, resourceArn } = input;
  if (resourceArn !== undefined) return [{ action, resource: resourceArn }];
  const named = number ?? id;
  if (named === undefined) return [{ action, resource: '*' }];
  if (named.startsWith('arn:')) return [{ action, resource: named }];
  const isNumber = named.startsWith('phone-number-id-');
  return [{ action, resource: isNumber ? accounts.numberArn(named) : accounts.accountArn(named) }];
}

function accountOperations({ sns }: SocialMessagingDependencies, accounts: LinkedAccounts): Handlers<typeof client> {
  const summary = ({ account, awsAccountId: id }: LinkedNumberRow) => ({
    arn: accounts.accountArn(id),
    id,
    wabaId: account.businessAccountId,
    registrationStatus: 'COMPLETE' as const,
    linkDate: new Date(0),
    wabaName: account.name,
    eventDestinations: [...accounts.settings(id).eventDestinations],
  });
  const numberSummary = ({ account, awsPhoneNumberId }: LinkedNumberRow) => ({
    arn: accounts.numberArn(awsPhoneNumberId),
    phoneNumber: `+${account.displayPhoneNumber}`,
    phoneNumberId: awsPhoneNumberId,
    metaPhoneNumberId: account.accountId,
    displayPhoneNumberName: account.name,
    displayPhoneNumber: account.displayPhoneNumber,
    qualityRating: 'GREEN',
  });
  return {
    ListLinkedWhatsAppBusinessAccounts: () => ({ linkedAccounts: accounts.all().map(summary) }),
    GetLinkedWhatsAppBusinessAccount: ({ id }) => {
      const row = accounts.account(id);
      const phoneNumbers = accounts.numbersOf(row.awsAccountId).map(numberSummary);
      return { account: { ...summary(row), phoneNumbers } };
    },
    GetLinkedWhatsAppBusinessAccountPhoneNumber: ({ id }) => {
      const row = accounts.number(id);
      return { phoneNumber: numberSummary(row), linkedWhatsAppBusinessAccountId: row.awsAccountId };
    },
    PutWhatsAppBusinessAccountEventDestinations: ({ id, eventDestinations = [] }) => {
      const { awsAccountId } = accounts.account(id);
      if (eventDestinations.length > 1) throw invalid('An account has one event destination.');
      const destinations = eventDestinations.map(({ eventDestinationArn = '', roleArn }) => {
        const caller = { service: SERVICE, sourceArn: accounts.accountArn(awsAccountId) };
        // Without a role the topic itself must let the service in.
        if (roleArn === undefined && !sns.admits(eventDestinationArn, caller)) {
          throw invalid(`${SERVICE} may not publish to ${eventDestinationArn}.`);
        }
        return { eventDestinationArn, ...(roleArn === undefined ? {} : { roleArn }) };
      });
      accounts.change(awsAccountId, { eventDestinations: destinations });
      return {};
    },
    ListTagsForResource: ({ resourceArn }) => {
      const { tags } = accounts.settings(accounts.account(resourceArn).awsAccountId);
      return { statusCode: 200, tags: Object.entries(tags).map(([key, value]) => ({ key, value })) };
    },
    TagResource: ({ resourceArn, tags = [] }) => {
      const { awsAccountId } = accounts.account(resourceArn);
      const added = tags.map(({ key = '', value = '' }) => [key, value]);
      const merged = { ...accounts.settings(awsAccountId).tags, ...Object.fromEntries(added) };
      accounts.change(awsAccountId, { tags: merged });
      return { statusCode: 200 };
    },
  };
}

function messageOperations(
  { exchange }: SocialMessagingDependencies,
  accounts: LinkedAccounts,
): Handlers<typeof client> {
  return {
    SendWhatsAppMessage: ({ originationPhoneNumberId, message, metaApiVersion }) => {
      const number = accounts.number(originationPhoneNumberId);
      if (!/^v\d+\.\d+$/.test(metaApiVersion ?? '')) throw invalid('metaApiVersion must be like v24.0.');
      const sent = jsonBody(message ?? new Uint8Array());
      if (sent === undefined) throw invalid('The message is not a JSON object.');
      const fault = exchange.fault(number)?.kind;
      if (fault === 'rate-limited') throw new AwsError('ThrottledRequestException', 'Rate exceeded.', 429);
      if (fault === 'token-expired') throw new AwsError('AccessDeniedByMetaException', 'Access denied by Meta.', 403);
      if (fault === 'server-error') throw new AwsError('InternalServiceException', 'Internal error.', 500);
      try {
        const { messages } = exchange.send(number, sent) as { messages?: readonly { readonly id: string }[] };
        const messageId = messages?.[0]?.id;
        return messageId === undefined ? {} : { messageId };
      } catch (error) {
        throw error instanceof GraphError ? refusalOf(error) : error;
      }
    },
  };
}

const invalid = (message: string): AwsError => new AwsError('InvalidParametersException', message, 400);

const refusalOf = ({ status, message }: GraphError): AwsError =>
  status === 429 ? new AwsError('ThrottledRequestException', message, 429) : invalid(message);

/** Gives an entry of WhatsApp's webhook to the account's topic, as a string within the message. Throws when it is refused. */
async function publishEntry(
  context: CloudContext,
  { sns }: SocialMessagingDependencies,
  accounts: LinkedAccounts,
  { account, awsAccountId, awsPhoneNumberId }: LinkedNumberRow,
  entry: object,
): Promise<void> {
  const arn = accounts.accountArn(awsAccountId);
  const message = JSON.stringify({
    context: {
      MetaWabaIds: [{ wabaId: account.businessAccountId, arn }],
      MetaPhoneNumberIds: [{ metaPhoneNumberId: account.accountId, arn: accounts.numberArn(awsPhoneNumberId) }],
    },
    whatsAppWebhookEntry: JSON.stringify(entry),
    aws_account_id: context.accountId,
    message_timestamp: new Date(context.clock.now()).toISOString(),
    messageId: randomUUID(),
  });
  const { eventDestinations } = accounts.settings(awsAccountId);
  if (eventDestinations.length === 0) throw new Error(`${arn} has no event destination.`);
  for (const { eventDestinationArn: topicArn, roleArn } of eventDestinations) {
    if (roleArn === undefined) await sns.publishAs({ service: SERVICE, sourceArn: arn }, { topicArn, message });
    else await publishWithRole(context, roleArn, topicArn, message);
  }
}

async function publishWithRole(
  { endpointUrl, region, credentialsOfRole }: CloudContext,
  roleArn: string,
  TopicArn: string,
  Message: string,
): Promise<void> {
  const { SNSClient, PublishCommand } = await import('@aws-sdk/client-sns');
  const credentials = await credentialsOfRole(roleArn, 'social-messaging');
  await new SNSClient({ endpoint: endpointUrl(), region, credentials }).send(new PublishCommand({ TopicArn, Message }));
}
