import * as z from 'zod';
import { ApiKeyCreatedView, ApiKeyListView } from '../access/api-key-views.ts';
import { VoiceTicketView } from '../access/voice-ticket-schemas.ts';
import { AgentAcceptedView, AgentListView, AgentView } from '../agents/agent-view-schemas.ts';
import { CallListView, CallView } from '../calls/call-view-schemas.ts';
import type { ProblemCode } from '../kernel/problems.ts';
import { KnowledgeBaseListView, KnowledgeBaseView } from '../knowledge/knowledge-base-view-schemas.ts';
import { LIVE_OPERATION_DOCS } from '../live/live-operation-docs.ts';
import { MessageAnswerView } from '../messages/message-views.ts';
import { ProvisioningAcceptedView, ProvisioningView } from '../onboarding/onboarding-views.ts';
import { HealthView, VersionView } from '../service/service-views.ts';
import { VoiceSettingsView } from '../voice/settings/voice-settings-views.ts';
import { CHANNEL_OPERATION_DOCS } from './channel-operation-docs.ts';
import { CONTROL_OPERATION_DOCS } from './control-operation-docs.ts';
import {
  BODY_PROBLEMS,
  FILE_PROBLEMS,
  IDEMPOTENCY_PROBLEMS,
  type OperationDocs,
  PROVIDER_PROBLEMS,
} from './documented-operation.ts';
import { INSPECTION_OPERATION_DOCS } from './inspection-operation-docs.ts';
import { NUMBER_OPERATION_DOCS } from './number-operation-docs.ts';
import type { OperationId } from './operations.ts';
import { PROVIDER_OPERATION_DOCS } from './provider-operation-docs.ts';

export { COMMON_PROBLEMS, type DocumentedResponse, type OperationDocs } from './documented-operation.ts';

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
      ...PROVIDER_PROBLEMS,
    ],
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
    responses: {
      200: { description: 'As they are now; calls that go on take them up between turns.', schema: VoiceSettingsView },
    },
    problems: [...BODY_PROBLEMS, 'agent-not-found', 'agent-busy', 'precondition-failed', 'unsafe-address'],
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
  getCall: {
    summary: 'Read a call: what was said and done, how fast, and what it cost',
    responses: { 200: { description: 'The call; also while it goes on.', schema: CallView } },
    problems: ['call-not-found'],
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
  ...CHANNEL_OPERATION_DOCS,
  ...LIVE_OPERATION_DOCS,
  ...CONTROL_OPERATION_DOCS,
  ...NUMBER_OPERATION_DOCS,
  ...PROVIDER_OPERATION_DOCS,
  ...INSPECTION_OPERATION_DOCS,
} as const satisfies Record<OperationId, OperationDocs>;
