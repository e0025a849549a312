import * as z from 'zod';
import { ApiKeyCreatedView, ApiKeyListView } from '../access/api-key-views.ts';
import { VoiceTicketView } from '../access/voice-ticket-schemas.ts';
import { AgentAcceptedView, AgentListView, AgentView } from '../agents/agent-view-schemas.ts';
import { CallListView, CallView } from '../calls/call-view-schemas.ts';
import { ChannelListView, ChannelsAcceptedView } from '../channels/channel-requests.ts';
import { ConnectWebhookView } from '../connect/connect-requests.ts';
import { CustomerDetailView, CustomerListView, CustomerView } from '../customers/customer-view-schemas.ts';
import { ElizaWebhookView } from '../eliza/eliza-requests.ts';
import type { ProblemCode } from '../kernel/problems.ts';
import { KnowledgeBaseListView, KnowledgeBaseView } from '../knowledge/knowledge-base-view-schemas.ts';
import { MessageAnswerView } from '../messages/answer-schemas.ts';
import { ProvisioningAcceptedView, ProvisioningView } from '../onboarding/onboarding-views.ts';
import { HealthView, VersionView } from '../service/service-views.ts';
import { ChannelCredentialsView, TwitterCrcView } from '../social/social-requests.ts';
import { PlacedCallView } from '../telephony/call-requests.ts';
import { PhoneNumberListView, PhoneNumberView } from '../telephony/phone-number-requests.ts';
import { VoiceSettingsView } from '../voice/settings/voice-settings-views.ts';
import type { OperationId } from './operations.ts';

export interface DocumentedResponse {
  readonly description: string;
  readonly contentType?: string;
  readonly schema?: z.ZodType;
}

/** Any operation that asks who you are may answer these. */
export const COMMON_PROBLEMS: readonly ProblemCode[] = [
  'invalid-request',
  'unauthenticated',
  'insufficient-scope',
  'too-many-requests',
  'internal-error',
  'service-unavailable',
];

const BODY_PROBLEMS = [
  'malformed-json',
  'malformed-multipart',
  'invalid-encoding',
  'body-too-large',
  'unsupported-media-type',
] as const satisfies readonly ProblemCode[];

const FILE_PROBLEMS = [
  'sop-empty',
  'sop-too-long',
  'invalid-file-path',
  'duplicate-file-path',
  'unsupported-file-type',
  'file-empty',
  'file-too-large',
  'file-content-mismatch',
  'too-many-files',
  'description-without-file',
  'file-without-description',
  'descriptions-too-long',
] as const satisfies readonly ProblemCode[];

const IDEMPOTENCY_PROBLEMS = [
  'request-in-progress',
  'idempotency-key-reused',
] as const satisfies readonly ProblemCode[];

const WEBHOOK_PROBLEMS = [
  'invalid-request',
  'invalid-signature',
  'unsupported-media-type',
  'body-too-large',
  'internal-error',
  'service-unavailable',
] as const satisfies readonly ProblemCode[];

const CHANGE_PROBLEMS = [
  ...BODY_PROBLEMS,
  ...FILE_PROBLEMS,
  ...IDEMPOTENCY_PROBLEMS,
  'agent-not-found',
  'agent-busy',
  'precondition-failed',
] as const satisfies readonly ProblemCode[];

const accepted = (description: string) => ({ description, schema: AgentAcceptedView });

const CHANGED = {
  200: accepted('Changed at once; no new version was needed.'),
  202: accepted('A new version is being built; the one before serves until then.'),
};

const CONTROLLED = { 200: accepted('It is so now, or was so already. An update under way goes on and ends there.') };

const LIFECYCLE_PROBLEMS = [
  'agent-not-found',
  'agent-busy',
  'lifecycle-not-allowed',
  'precondition-failed',
] as const satisfies readonly ProblemCode[];

export interface OperationDocs {
  readonly summary: string;
  /** Request headers with a meaning of their own. */
  readonly headers?: readonly ('Idempotency-Key' | 'If-Match' | 'If-None-Match')[];
  readonly responses: Readonly<Record<number, DocumentedResponse>>;
  /** Problems of its own; every operation may also answer the common ones. */
  readonly problems: readonly ProblemCode[];
}

/** What people read about each operation. Apart from the table of operations: no Lambda needs it to run. */
export const OPERATION_DOCS = {
  createAgent: {
    headers: ['Idempotency-Key'],
    summary: 'Create an agent from an SOP, or from a character, with files and channels',
    responses: { 202: accepted('Stored; provisioning has begun or awaits uploads.') },
    problems: [...BODY_PROBLEMS, ...FILE_PROBLEMS, ...IDEMPOTENCY_PROBLEMS],
  },
  listAgents: {
    summary: 'List your agents, newest first',
    responses: { 200: { description: 'A page of agents.', schema: AgentListView } },
    problems: ['invalid-cursor'],
  },
  getAgent: {
    headers: ['If-None-Match'],
    summary: 'Read an agent, its knowledge base and the progress of its newest run',
    responses: {
      200: { description: 'The agent; its ETag changes with every write.', schema: AgentView },
      304: { description: 'The copy you have is still good.' },
    },
    problems: ['agent-not-found'],
  },
  updateAgent: {
    headers: ['If-Match', 'Idempotency-Key'],
    summary: 'Change parts of an agent',
    responses: CHANGED,
    problems: CHANGE_PROBLEMS,
  },
  replaceAgent: {
    headers: ['If-Match', 'Idempotency-Key'],
    summary: 'Replace an agent: files that are not described any more are removed; or change `name` and `status` alone',
    responses: CHANGED,
    problems: [...CHANGE_PROBLEMS, 'lifecycle-not-allowed'],
  },
  deleteAgent: {
    headers: ['If-Match'],
    summary: 'Take an agent down with everything that belongs to it',
    responses: { 202: accepted('Teardown has begun; repeating is harmless.') },
    problems: ['agent-not-found', 'precondition-failed'],
  },
  retryAgent: {
    summary: 'Resume a failed run from its first step not done',
    responses: { 202: accepted('Resumed; files that never arrived have new forms.') },
    problems: ['agent-not-found', 'nothing-to-retry', 'agent-busy'],
  },
  startAgent: {
    headers: ['If-Match'],
    summary: 'Let a stopped agent answer again',
    responses: CONTROLLED,
    problems: LIFECYCLE_PROBLEMS,
  },
  stopAgent: {
    headers: ['If-Match'],
    summary: 'Stop an agent: it does not answer, on no channel, until it is started',
    responses: CONTROLLED,
    problems: LIFECYCLE_PROBLEMS,
  },
  pauseAgent: {
    headers: ['If-Match'],
    summary: 'Pause an agent: customers are told its notice until it is resumed',
    responses: CONTROLLED,
    problems: LIFECYCLE_PROBLEMS,
  },
  resumeAgent: {
    headers: ['If-Match'],
    summary: 'Let a paused agent answer again',
    responses: CONTROLLED,
    problems: LIFECYCLE_PROBLEMS,
  },
  provisionAgent: {
    headers: ['Idempotency-Key'],
    summary: 'Create an agent on many channels, as the multi-channel engine documents it',
    responses: { 202: { description: 'Provisioning has begun; ask after it.', schema: ProvisioningAcceptedView } },
    problems: [...BODY_PROBLEMS, ...IDEMPOTENCY_PROBLEMS, 'sop-empty', 'sop-too-long', 'vendor-mismatch'],
  },
  getProvisioning: {
    summary: 'How far a provisioning is, channel by channel',
    responses: { 200: { description: 'The agent with its channels, as they are now.', schema: ProvisioningView } },
    problems: ['provisioning-not-found'],
  },
  sendMessage: {
    summary: 'Ask an agent in text',
    responses: { 200: { description: 'Its answer, with sources and tools.', schema: MessageAnswerView } },
    problems: [
      ...BODY_PROBLEMS,
      'agent-not-found',
      'agent-not-ready',
      'agent-stopped',
      'session-busy',
      'agent-runtime-failed',
      'agent-unavailable',
      'agent-timeout',
    ],
  },
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
  listKnowledgeBases: {
    summary: 'List your knowledge bases, newest first',
    responses: { 200: { description: 'A page of knowledge bases.', schema: KnowledgeBaseListView } },
    problems: ['invalid-cursor'],
  },
  getKnowledgeBase: {
    summary: 'Read a knowledge base with the state of ingestion of each file',
    responses: { 200: { description: 'The knowledge base.', schema: KnowledgeBaseView } },
    problems: ['knowledge-base-not-found'],
  },
  createApiKey: {
    summary: 'Make an API key of an agent',
    responses: { 201: { description: 'The key: shown this once.', schema: ApiKeyCreatedView } },
    problems: [...BODY_PROBLEMS, 'agent-not-found', 'agent-busy', 'too-many-api-keys'],
  },
  listApiKeys: {
    summary: 'List the API keys of an agent, newest first',
    responses: { 200: { description: 'A page of keys, without the keys themselves.', schema: ApiKeyListView } },
    problems: ['agent-not-found', 'invalid-cursor'],
  },
  deleteApiKey: {
    summary: 'Delete an API key: it is refused from then on',
    responses: { 204: { description: 'It is gone, or never was.' } },
    problems: ['agent-not-found'],
  },
  getVoiceSettings: {
    headers: ['If-None-Match'],
    summary: 'Read how an agent speaks',
    responses: {
      200: {
        description: 'All settings, defaults included; of keys the last four characters.',
        schema: VoiceSettingsView,
      },
      304: { description: 'The copy you have is still good.' },
    },
    problems: ['agent-not-found'],
  },
  putVoiceSettings: {
    headers: ['If-Match'],
    summary: 'Say how an agent speaks: what is absent gets its default',
    responses: { 200: { description: 'As they are now; calls that go on keep theirs.', schema: VoiceSettingsView } },
    problems: [...BODY_PROBLEMS, 'agent-not-found', 'agent-busy', 'precondition-failed'],
  },
  createVoiceTicket: {
    summary: 'Get a way in for one call',
    responses: { 201: { description: 'A ticket, and where to connect with it.', schema: VoiceTicketView } },
    problems: [
      ...BODY_PROBLEMS,
      'agent-not-found',
      'agent-not-ready',
      'agent-paused',
      'agent-stopped',
      'agent-has-no-voice',
      'direct-not-offered',
      'call-not-found',
      'lines-busy',
    ],
  },
  listCalls: {
    summary: 'List your calls, newest first',
    responses: { 200: { description: 'A page of calls.', schema: CallListView } },
    problems: ['invalid-cursor'],
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
  getCall: {
    summary: 'Read a call: what was said and done, how fast, and what it cost',
    responses: { 200: { description: 'The call; also while it goes on.', schema: CallView } },
    problems: ['call-not-found'],
  },
  listPhoneNumbers: {
    summary: 'List the numbers your agents answer',
    responses: { 200: { description: 'A page of numbers.', schema: PhoneNumberListView } },
    problems: ['invalid-cursor'],
  },
  assignPhoneNumber: {
    summary: 'Let an agent answer a number of the telephone account',
    responses: { 200: { description: 'Calls to it reach the agent from now on.', schema: PhoneNumberView } },
    problems: [
      ...BODY_PROBLEMS,
      'agent-not-found',
      'agent-not-ready',
      'agent-has-no-voice',
      'phone-number-not-found',
      'phone-number-taken',
      'telephony-not-configured',
      'telephony-failed',
    ],
  },
  freePhoneNumber: {
    summary: 'Let nobody answer a number any more',
    responses: { 204: { description: 'It is free.' } },
    problems: ['phone-number-not-found', 'telephony-not-configured', 'telephony-failed'],
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
    ],
  },
  getHealth: {
    summary: 'Whether the service answers',
    responses: { 200: { description: 'It does.', schema: HealthView } },
    problems: [],
  },
  getVersion: {
    summary: 'Which commit runs here',
    responses: { 200: { description: 'Stage and commit.', schema: VersionView } },
    problems: [],
  },
  getOpenApi: {
    summary: 'This description',
    responses: { 200: { description: 'An OpenAPI 3.1 document.', schema: z.record(z.string(), z.unknown()) } },
    problems: [],
  },
  getAsyncApi: {
    summary: 'Description of the WebSocket API that calls are held over',
    responses: { 200: { description: 'An AsyncAPI 3.0 document.', schema: z.record(z.string(), z.unknown()) } },
    problems: [],
  },
  getDocs: {
    summary: 'This description for people',
    responses: { 200: { description: 'A page.', contentType: 'text/html', schema: z.string() } },
    problems: [],
  },
  getDocsAsset: {
    summary: 'Script of the page for people, and the page about the WebSocket API',
    responses: {
      200: { description: 'The script, compressed, or the page.', contentType: 'text/', schema: z.string() },
    },
    problems: ['not-found'],
  },
  getTalk: {
    summary: 'A page to talk to an agent from a browser',
    responses: {
      200: {
        description: 'A page; it is opened as `/talk?agent={agentId}#key={API key}`.',
        contentType: 'text/html',
        schema: z.string(),
      },
    },
    problems: [],
  },
  getTalkAsset: {
    summary: 'Scripts and style of the talk page',
    responses: { 200: { description: 'A script or the style.', contentType: 'text/', schema: z.string() } },
    problems: ['not-found'],
  },
} as const satisfies Record<OperationId, OperationDocs>;
