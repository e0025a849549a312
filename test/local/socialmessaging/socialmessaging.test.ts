import {
  GetLinkedWhatsAppBusinessAccountCommand,
  ListLinkedWhatsAppBusinessAccountsCommand,
  ListTagsForResourceCommand,
  PutWhatsAppBusinessAccountEventDestinationsCommand,
  SendWhatsAppMessageCommand,
  SocialMessagingClient,
  TagResourceCommand,
} from '@aws-sdk/client-socialmessaging';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeSns } from '../../../local/services/sns/index.ts';
import { makeSocialMessaging } from '../../../local/services/socialmessaging/index.ts';
import { makeSocial, type SocialPlatforms } from '../../../local/social/index.ts';
import { type Embedded, startEmbedded } from '../support/embedded.ts';

const ANNA = '491701234567';
const ARN = 'arn:aws:social-messaging:us-east-1:111122223333';

let cloud: Embedded;
let social: SocialPlatforms;
let client: SocialMessagingClient;
let queued: { readonly Message: string }[];
beforeEach(async () => {
  queued = [];
  cloud = await startEmbedded((context) => {
    social = makeSocial({ store: context.store, clock: context.clock });
    const sendMessage = async (_arn: string, body: string) => void queued.push(JSON.parse(body) as { Message: string });
    const sns = makeSns(context, { queues: { sendMessage } });
    return { sns, socialMessaging: makeSocialMessaging(context, { exchange: social.exchange, sns }) };
  });
  client = new SocialMessagingClient({ ...cloud.aws, maxAttempts: 1 });
});
afterEach(() => cloud.stop());

const link = () =>
  social.aws.link('106540352242922', { businessAccountId: '102290129340398', displayPhoneNumber: '15550783881' });

/** A topic whose policy lets the service in, with a queue behind it. */
const topic = async (name: string, isOpen: boolean) => {
  const { ref: TopicArn } = await cloud.declare('AWS::SNS::Topic', name, { TopicName: name });
  const Principal = { Service: 'social-messaging.amazonaws.com' };
  const Statement = isOpen ? [{ Effect: 'Allow', Principal, Action: 'sns:Publish', Resource: TopicArn }] : [];
  await cloud.declare('AWS::SNS::TopicPolicy', `${name}Policy`, { Topics: [TopicArn], PolicyDocument: { Statement } });
  const Endpoint = 'arn:aws:sqs:us-east-1:111122223333:inbox';
  await cloud.declare('AWS::SNS::Subscription', `${name}Inbox`, { TopicArn, Protocol: 'sqs', Endpoint });
  return TopicArn;
};

test('a linked number tells its topic what customers write, an entry in a string in the message, and sends replies', async () => {
  const number = link();
  const open = await topic('open', true);
  const put = (eventDestinationArn: string) =>
    client.send(
      new PutWhatsAppBusinessAccountEventDestinationsCommand({
        id: number.awsAccountId,
        eventDestinations: [{ eventDestinationArn }],
      }),
    );
  const anna = number.customer(ANNA, 'Anna');
  const untold = await anna.say('Nobody listens');
  await expect(put(await topic('closed', false))).rejects.toMatchObject({ name: 'InvalidParametersException' });
  await put(open);
  const said = await anna.say('Where is my order?');
  const { messageId } = await client.send(
    new SendWhatsAppMessageCommand({
      originationPhoneNumberId: number.awsPhoneNumberId,
      metaApiVersion: 'v24.0',
      message: Buffer.from(
        JSON.stringify({ messaging_product: 'whatsapp', to: ANNA, type: 'text', text: { body: 'On its way.' } }),
      ),
    }),
  );
  const [received] = await anna.inbox();
  await expect.poll(() => queued.length).toBe(2);
  const { whatsAppWebhookEntry, ...told } = JSON.parse(queued[0]?.Message ?? '{}') as Record<string, string>;
  const accountArn = `${ARN}:waba/${number.awsAccountId.slice(5)}`;
  expect({
    untold: untold.status,
    status: said.status,
    told,
    entry: JSON.parse(whatsAppWebhookEntry ?? '{}') as object,
    received: [received?.messageId, received?.text],
  }).toEqual({
    untold: 0,
    status: 200,
    told: {
      context: {
        MetaWabaIds: [{ wabaId: '102290129340398', arn: accountArn }],
        MetaPhoneNumberIds: [
          {
            metaPhoneNumberId: '106540352242922',
            arn: `${ARN}:phone-number-id/${number.awsPhoneNumberId.slice('phone-number-id-'.length)}`,
          },
        ],
      },
      aws_account_id: '111122223333',
      message_timestamp: expect.any(String),
      messageId: expect.any(String),
    },
    entry: {
      id: '102290129340398',
      changes: [expect.objectContaining({ field: 'messages' })],
    },
    received: [messageId, 'On its way.'],
  });
});

test('linked accounts are found with their numbers, destinations and tags', async () => {
  const number = link();
  const { linkedAccounts } = await client.send(new ListLinkedWhatsAppBusinessAccountsCommand({}));
  const [found] = linkedAccounts ?? [];
  await client.send(new TagResourceCommand({ resourceArn: found?.arn, tags: [{ key: 'userId', value: 'anna' }] }));
  const { tags } = await client.send(new ListTagsForResourceCommand({ resourceArn: found?.arn }));
  const { account } = await client.send(new GetLinkedWhatsAppBusinessAccountCommand({ id: found?.id }));
  expect({ id: found?.id, tags, numbers: account?.phoneNumbers, destinations: account?.eventDestinations }).toEqual({
    id: number.awsAccountId,
    tags: [{ key: 'userId', value: 'anna' }],
    numbers: [
      {
        arn: `${ARN}:phone-number-id/${number.awsPhoneNumberId.slice('phone-number-id-'.length)}`,
        phoneNumber: '+15550783881',
        phoneNumberId: number.awsPhoneNumberId,
        metaPhoneNumberId: '106540352242922',
        displayPhoneNumberName: 'Business 106540352242922',
        displayPhoneNumber: '15550783881',
        qualityRating: 'GREEN',
      },
    ],
    destinations: [],
  });
});

test('what WhatsApp refuses is refused under the names of AWS', async () => {
  const number = link();
  const send = (originationPhoneNumberId: string, message: object) =>
    client.send(
      new SendWhatsAppMessageCommand({
        originationPhoneNumberId,
        metaApiVersion: 'v24.0',
        message: Buffer.from(JSON.stringify(message)),
      }),
    );
  const text = { messaging_product: 'whatsapp', to: ANNA, type: 'text', text: { body: 'Hello' } };
  const anna = number.customer(ANNA);
  await expect(send('phone-number-id-0', text)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await expect(send(number.awsPhoneNumberId, text)).rejects.toMatchObject({
    name: 'InvalidParametersException',
    message: '(#131047) Re-engagement message',
  });
  await anna.say('Hello');
  social.faults.load([{ kind: 'rate-limited' }, { kind: 'token-expired' }]);
  await expect(send(number.awsPhoneNumberId, text)).rejects.toMatchObject({ name: 'ThrottledRequestException' });
  await expect(send(number.awsPhoneNumberId, text)).rejects.toMatchObject({ name: 'AccessDeniedByMetaException' });
  expect(await send(number.awsPhoneNumberId, text)).toMatchObject({ messageId: expect.stringContaining('wamid.') });
});
