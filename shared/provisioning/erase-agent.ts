import * as z from 'zod';
import type { ApiKeyStore } from '../access/api-key-store.ts';
import type { CallStore } from '../calls/call-store.ts';
import type { CustomerStore } from '../customers/customer-store.ts';
import { text } from '../kernel/env.ts';
import { FEED_ENV } from '../live/feed-env.ts';
import type { ConversationStore } from '../messages/conversation-store.ts';
import type { StatisticsStore } from '../statistics/statistics-store.ts';
import type { PhoneNumberStore } from '../telephony/phone-number-store.ts';
import type { ProviderKeys } from '../voice/settings/provider-keys.ts';
import { freeNumbers } from './free-numbers.ts';
import type { Objects } from './objects.ts';
import { provisioningTask, RETIREMENT, type TaskDeps, type TaskHandler } from './provisioning-task.ts';
import { agentPrefix } from './resource-names.ts';
import { TaskInput, type TaskOutput } from './task-contract.ts';

export const EraseAgentEnv = z.object({
  ...FEED_ENV,
  AGENTS_TABLE: text,
  KNOWLEDGE_BASES_TABLE: text,
  CONVERSATIONS_TABLE: text,
  CUSTOMERS_TABLE: text,
  CALLS_TABLE: text,
  API_KEYS_TABLE: text,
  PHONE_NUMBERS_TABLE: text,
  STATISTICS_TABLE: text,
  CODE_BUCKET: text,
  KNOWLEDGE_BUCKET: text,
  RECORDINGS_BUCKET: text,
  RESOURCE_PREFIX: text,
});

export interface EraseAgentDeps extends TaskDeps {
  readonly conversations: Pick<ConversationStore, 'forget'>;
  readonly customers: Pick<CustomerStore, 'forget'>;
  readonly calls: Pick<CallStore, 'forget'>;
  readonly apiKeys: Pick<ApiKeyStore, 'forget'>;
  readonly phoneNumbers: Pick<PhoneNumberStore, 'list' | 'free' | 'freeOutbound' | 'settle' | 'leave' | 'remove'>;
  readonly statistics: Pick<StatisticsStore, 'forget'>;
  readonly providerKeys: Pick<ProviderKeys, 'forget'>;
  readonly code: Objects;
  readonly files: Objects;
  readonly recordings: Pick<Objects, 'erase'>;
}

/** Sessions, customers or calls erased between two looks at what is left. */
const SESSIONS_AT_ONCE = 100;

type Output = TaskOutput<'EraseAgent'>;

/**
 * Removes who may come in and what they left: keys, numbers, calls, recordings, customers, conversations, its own statistics (the tenant's stay); then the generated code
 * and what was uploaded late, then both rows: the last thing that names the agent goes last. What a run of this function did not get to, its retry finds still there.
 */
export const eraseAgent = (deps: EraseAgentDeps): TaskHandler<Output> =>
  provisioningTask({ step: 'EraseAgent', input: TaskInput, ...RETIREMENT }, deps, async ({ agent }) => {
    await deps.apiKeys.forget(agent);
    await freeNumbers(deps.phoneNumbers, agent);
    await deps.providerKeys.forget(agent);
    await Promise.all([deps.code, deps.files, deps.recordings].map((objects) => objects.erase(agentPrefix(agent))));
    for (let all = false; !all; ) all = await deps.calls.forget(agent, SESSIONS_AT_ONCE);
    for (let all = false; !all; ) all = await deps.statistics.forget(agent, SESSIONS_AT_ONCE);
    for (let all = false; !all; ) all = await deps.customers.forget(agent, SESSIONS_AT_ONCE);
    for (let all = false; !all; ) all = await deps.conversations.forget(agent, SESSIONS_AT_ONCE);
    await deps.agents.remove(agent, agent.knowledgeBaseId);
    return { output: { status: 'done' }, progress: 'recorded' };
  });
