import {
  GetLinkedWhatsAppBusinessAccountCommand,
  ListLinkedWhatsAppBusinessAccountsCommand,
  ListTagsForResourceCommand,
  PutWhatsAppBusinessAccountEventDestinationsCommand,
  SendWhatsAppMessageCommand,
  SocialMessagingClient,
} from '@aws-sdk/client-socialmessaging';
import { GRAPH_VERSION } from './graph-api.ts';
import { SendError, type SendFailure } from './send-error.ts';
import type { AwsWhatsApp, LinkedNumber } from './whatsapp-aws.ts';

/** By the error's name in the service's API. */
const FAILURES: Readonly<Record<string, SendFailure>> = {
  ThrottledRequestException: 'rate-limited',
  ThrottlingException: 'rate-limited',
  LimitExceededException: 'rate-limited',
  InternalServiceException: 'unavailable',
  DependencyException: 'unavailable',
  TimeoutError: 'unavailable',
  AccessDeniedException: 'credentials-refused',
  AccessDeniedByMetaException: 'credentials-refused',
};

/** AWS End User Messaging Social. */
export const socialMessagingWhatsApp = (
  client: SocialMessagingClient = new SocialMessagingClient({ maxAttempts: 2 }),
): AwsWhatsApp => ({
  send: async (originationPhoneNumberId, message) => {
    const body = Buffer.from(JSON.stringify(message));
    const command = new SendWhatsAppMessageCommand({
      originationPhoneNumberId,
      message: body,
      metaApiVersion: GRAPH_VERSION,
    });
    await client.send(command).catch((error: unknown) => {
      throw sendErrorOf(error);
    });
  },
  findNumber: async (metaPhoneNumberId) => {
    let nextToken: string | undefined;
    do {
      const page = await client.send(new ListLinkedWhatsAppBusinessAccountsCommand({ nextToken }));
      for (const { id } of page.linkedAccounts ?? []) {
        const found = await numberOf(client, id ?? '', metaPhoneNumberId);
        if (found !== undefined) return found;
      }
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return undefined;
  },
  publishTo: async ({ accountId, destinations }, eventDestinationArn) => {
    if (destinations.length > 0) return;
    const eventDestinations = [{ eventDestinationArn }];
    await client.send(new PutWhatsAppBusinessAccountEventDestinationsCommand({ id: accountId, eventDestinations }));
  },
});

const numberOf = async (
  client: SocialMessagingClient,
  id: string,
  metaPhoneNumberId: string,
): Promise<LinkedNumber | undefined> => {
  const { account } = await client.send(new GetLinkedWhatsAppBusinessAccountCommand({ id }));
  const number = account?.phoneNumbers?.find((one) => one.metaPhoneNumberId === metaPhoneNumberId);
  if (account === undefined || number === undefined) return undefined;
  const { tags = [] } = await client.send(new ListTagsForResourceCommand({ resourceArn: account.arn }));
  return {
    phoneNumberId: number.phoneNumberId ?? '',
    accountId: id,
    destinations: (account.eventDestinations ?? []).flatMap(({ eventDestinationArn }) => eventDestinationArn ?? []),
    tags: Object.fromEntries(tags.map(({ key, value }) => [key ?? '', value ?? ''])),
  };
};

const sendErrorOf = (error: unknown): SendError => {
  const name = error instanceof Error ? error.name : 'unknown';
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
  const failure = FAILURES[name] ?? (status >= 500 || status === 0 ? 'unavailable' : 'refused');
  return new SendError(failure, name, `AWS End User Messaging refused with ${name}.`, { cause: error });
};
