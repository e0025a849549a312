import * as z from 'zod';
import { ChannelListView, ChannelsAcceptedView } from '../channels/channel-requests.ts';
import { ConnectWebhookView } from '../connect/connect-requests.ts';
import { CustomerDetailView, CustomerListView, CustomerView } from '../customers/customer-view-schemas.ts';
import { ElizaWebhookView } from '../eliza/eliza-requests.ts';
import { ChannelCredentialsView, TwitterCrcView } from '../social/social-requests.ts';
import { PlacedCallView } from '../telephony/call-requests.ts';
import {
  BODY_PROBLEMS,
  IDEMPOTENCY_PROBLEMS,
  type OperationDocs,
  PROVIDER_PROBLEMS,
  WEBHOOK_PROBLEMS,
} from './documented-operation.ts';
import type { OperationId } from './operations.ts';

/** What people read about the ways customers come in: calls, channels, platforms, and what is known of them. */
export const CHANNEL_OPERATION_DOCS = {
  listCustomers: {
    summary: 'List the customers an agent knows, newest first',
    responses: { 200: { description: 'A page of customers.', schema: CustomerListView } },
    problems: ['agent-not-found', 'invalid-cursor'],
  },
  getCustomer: {
    summary: 'Read a customer and what was said on all channels',
    responses: { 200: { description: 'The customer, with a page of the conversation.', schema: CustomerDetailView } },
    problems: ['customer-not-found', 'invalid-cursor'],
  },
  updateCustomer: {
    summary: 'Change the name of a customer, or facts that agents are told',
    responses: { 200: { description: 'As it is now.', schema: CustomerView } },
    problems: [...BODY_PROBLEMS, 'customer-not-found'],
  },
  linkIdentity: {
    summary: 'Say that a number, or an account of a platform, is this customer’s',
    responses: { 200: { description: 'It is, or was already.', schema: CustomerView } },
    problems: [...BODY_PROBLEMS, 'customer-not-found', 'identity-taken', 'too-many-identities'],
  },
  eraseCustomer: {
    summary: 'Forget a customer: profile, identities and all that was said',
    responses: { 204: { description: 'Nothing is left; may be repeated until it answers so or finds nobody.' } },
    problems: ['customer-not-found'],
  },
  answerConnectWebhook: {
    summary: 'Ask an agent for a contact centre: what a customer says goes in, what the agent says comes out',
    responses: { 200: { description: 'What is said to the customer.', schema: ConnectWebhookView } },
    problems: [
      ...BODY_PROBLEMS,
      'agent-not-found',
      'agent-not-ready',
      'agent-stopped',
      'with-a-person',
      'session-busy',
      'agent-runtime-failed',
      'agent-unavailable',
      'agent-timeout',
      ...PROVIDER_PROBLEMS,
    ],
  },
  placeCall: {
    headers: ['Idempotency-Key'],
    summary: 'Let an agent call somebody',
    responses: { 202: { description: 'It rings; follow the call at its address.', schema: PlacedCallView } },
    problems: [
      ...BODY_PROBLEMS,
      ...IDEMPOTENCY_PROBLEMS,
      'agent-not-found',
      'agent-not-ready',
      'agent-paused',
      'agent-stopped',
      'agent-has-no-voice',
      'phone-number-not-found',
      'telephony-not-configured',
      'telephony-failed',
    ],
  },
  listChannels: {
    summary: 'The channels of an agent, each with its own status',
    responses: { 200: { description: 'Every channel it has, or had asked for.', schema: ChannelListView } },
    problems: ['agent-not-found'],
  },
  putChannels: {
    summary: 'Give an agent the channels of the list: add, change and remove',
    headers: ['If-Match'],
    responses: {
      200: { description: 'Nothing was to change.', schema: ChannelsAcceptedView },
      202: {
        description: 'A run deploys and removes them; the agent answers meanwhile.',
        schema: ChannelsAcceptedView,
      },
    },
    problems: [...BODY_PROBLEMS, 'agent-not-found', 'agent-busy', 'channel-busy', 'precondition-failed'],
  },
  retryChannel: {
    summary: 'Try a failed channel again, and no other',
    headers: ['If-Match'],
    responses: { 202: { description: 'A run deploys it.', schema: ChannelsAcceptedView } },
    problems: ['agent-not-found', 'channel-not-found', 'agent-busy', 'nothing-to-retry', 'precondition-failed'],
  },
  answerTwilioVoice: {
    summary: 'Webhook of Twilio: what shall happen with a call',
    responses: { 200: { description: 'TwiML.', contentType: 'text/xml', schema: z.string() } },
    problems: WEBHOOK_PROBLEMS,
  },
  answerTwilioStatus: {
    summary: 'Webhook of Twilio: how a call goes',
    responses: { 204: { description: 'Noted.' } },
    problems: WEBHOOK_PROBLEMS,
  },
  answerTwilioNext: {
    summary: 'Webhook of Twilio: how a call goes on after its media stream, or after a person’s phone has rung',
    responses: { 200: { description: 'TwiML.', contentType: 'text/xml', schema: z.string() } },
    problems: WEBHOOK_PROBLEMS,
  },
  answerTwilioStream: {
    summary: 'Webhook of Twilio: how a media stream goes',
    responses: { 204: { description: 'Noted.' } },
    problems: WEBHOOK_PROBLEMS,
  },
  putChannelCredentials: {
    summary: 'Entrust credentials of a platform: all of them are replaced',
    responses: {
      200: { description: 'Kept; what the platform is told to call.', schema: ChannelCredentialsView },
    },
    problems: [...BODY_PROBLEMS, 'unknown-platform'],
  },
  getChannelCredentials: {
    summary: 'Read which credentials of a platform you have entrusted',
    responses: { 200: { description: 'Of each secret the last four characters.', schema: ChannelCredentialsView } },
    problems: ['unknown-platform', 'channel-credentials-not-found'],
  },
  deleteChannelCredentials: {
    summary: 'Take credentials of a platform back, and its webhook with them',
    responses: { 204: { description: 'They are gone, or never were.' } },
    problems: ['unknown-platform'],
  },
  answerMetaHandshake: {
    summary: 'Webhook of Meta: whether the address is yours',
    responses: { 200: { description: 'The challenge.', contentType: 'text/plain', schema: z.string() } },
    problems: ['invalid-request', 'wrong-verify-token', 'webhook-not-found', 'service-unavailable'],
  },
  receiveMetaMessages: {
    summary: 'Webhook of Meta: messages of WhatsApp, Messenger and Instagram',
    responses: { 200: { description: 'Queued.' } },
    problems: [...WEBHOOK_PROBLEMS, 'malformed-json', 'invalid-encoding', 'webhook-not-found'],
  },
  answerTwitterCrc: {
    summary: 'Webhook of X: whether we have the secret',
    responses: { 200: { description: 'The answer to the challenge.', schema: TwitterCrcView } },
    problems: ['invalid-request', 'webhook-not-found', 'service-unavailable'],
  },
  receiveTwitterMessages: {
    summary: 'Webhook of X: direct messages',
    responses: { 200: { description: 'Queued.' } },
    problems: [...WEBHOOK_PROBLEMS, 'malformed-json', 'invalid-encoding', 'webhook-not-found'],
  },
  answerElizaWebhook: {
    summary: 'Bring an agent a message of a customer from a social platform',
    responses: { 200: { description: 'What the customer is to be sent.', schema: ElizaWebhookView } },
    problems: [
      ...BODY_PROBLEMS,
      'agent-not-found',
      'channel-not-found',
      'agent-not-ready',
      'session-busy',
      'agent-runtime-failed',
      'agent-unavailable',
      'agent-timeout',
      ...PROVIDER_PROBLEMS,
    ],
  },
} as const satisfies Partial<Record<OperationId, OperationDocs>>;
