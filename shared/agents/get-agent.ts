import * as z from 'zod';
import type { ChannelStore } from '../channels/channel-store.ts';
import { etagOf, isNotModified } from '../http/etag.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import type { Clock } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import type { KnowledgeBaseStore } from '../knowledge/knowledge-base-store.ts';
import type { AgentStore } from './agent-store.ts';
import { agentView } from './agent-views.ts';
import { requestedAgent } from './requested-agent.ts';
import { asOf } from './settled.ts';

export const GetAgentEnv = z.object({ AGENTS_TABLE: text, KNOWLEDGE_BASES_TABLE: text, CHANNELS_TABLE: text });

export interface GetAgentDeps {
  readonly agents: Pick<AgentStore, 'find'>;
  readonly knowledge: Pick<KnowledgeBaseStore, 'find'>;
  readonly channels: Pick<ChannelStore, 'list'>;
  readonly clock: Clock;
}

/** An agent with its knowledge base, its channels and the progress of its newest run. */
export const getAgent =
  ({ agents, knowledge, channels, clock }: GetAgentDeps) =>
  async (request: RequestOf<'getAgent'>): Promise<ApiAnswer> => {
    const stored = await requestedAgent({ agents }, request);
    const agent = asOf(stored, clock.now());
    const [base, rows] = await Promise.all([knowledge.find(agent.knowledgeBaseId), channels.list(agent)]);
    const headers = { etag: etagOf(agent) };
    // A run that stalled looks different without a write.
    if (agent === stored && !isInMotion(agent.status) && isNotModified(request.headers['if-none-match'], agent)) {
      return { status: 304, headers };
    }
    return { status: 200, headers, body: agentView(agent, { knowledge: base, channels: rows }, request) };
  };

/** While a run is under way the knowledge base changes without the agent's row. */
const isInMotion = (status: string): boolean => status === 'creating' || status === 'updating';
