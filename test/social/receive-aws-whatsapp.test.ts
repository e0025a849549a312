import type { SNSEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import type { QueuedMessage } from '../../shared/social/queued-message.ts';
import { type ReceiveAwsWhatsappDeps, receiveAwsWhatsapp } from '../../shared/social/receive-aws-whatsapp.ts';
import { NOON_MS, PHONE_NUMBER_ID, whatsappEntry } from './support/platform-payloads.ts';
import { AGENT, ANN } from './support/webhooks.ts';

const ARN = 'arn:aws:social-messaging:us-east-1:111122223333:phone-number-id/976c72a700aa';

const start = ({ isAnswered = true } = {}) => {
  const queued: QueuedMessage[] = [];
  const deps: ReceiveAwsWhatsappDeps = {
    accounts: { findAccount: async () => (isAnswered ? { userId: ANN, agentId: AGENT } : undefined) },
    queue: { enqueue: async (messages) => void queued.push(...messages) },
    clock: { now: () => NOON_MS },
    log: () => undefined,
  };
  const notify = (message: unknown) =>
    receiveAwsWhatsapp(deps)({ Records: [{ Sns: { Message: JSON.stringify(message) } }] } as unknown as SNSEvent);
  return { queued, notify };
};

const notification = (entry: unknown) => ({
  context: {
    MetaWabaIds: [{ wabaId: '102290129340398', arn: 'arn:aws:social-messaging:us-east-1:111122223333:waba/1' }],
    MetaPhoneNumberIds: [{ metaPhoneNumberId: PHONE_NUMBER_ID, arn: ARN }],
  },
  whatsAppWebhookEntry: JSON.stringify(entry),
  aws_account_id: '111122223333',
  message_timestamp: '2026-11-21T12:00:00.000Z',
  messageId: '3f2a',
});

test('a WhatsApp message that comes by AWS is read out of its two wrappings and goes back by AWS', async () => {
  const { queued, notify } = start();
  await notify(notification(whatsappEntry([{ id: 'wamid.1', text: { body: 'Are you open?' } }])));
  expect(queued.map(({ message: { text, messageId, userId }, route }) => ({ text, messageId, userId, route }))).toEqual(
    [
      {
        text: 'Are you open?',
        messageId: 'wamid.1',
        userId: ANN,
        route: { kind: 'whatsapp-aws', accountId: PHONE_NUMBER_ID, originationId: ARN, to: '16315551234' },
      },
    ],
  );
});

test('states of our own messages and numbers that no agent answers are ignored', async () => {
  const known = start();
  await known.notify(
    notification(whatsappEntry([], { messages: undefined, statuses: [{ id: 'wamid.2', status: 'read' }] })),
  );
  const unknown = start({ isAnswered: false });
  await unknown.notify(notification(whatsappEntry([{ id: 'wamid.1', text: { body: 'Hi' } }])));
  expect([known.queued, unknown.queued]).toEqual([[], []]);
});

test('what cannot be read is thrown, so that it ends among the dead letters instead of nowhere', async () => {
  const { notify } = start();
  await expect(notify({ whatsAppWebhookEntry: '{}' })).rejects.toThrow();
  await expect(notify({ ...notification({}), whatsAppWebhookEntry: 'not json' })).rejects.toThrow();
});
