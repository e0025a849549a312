import * as z from 'zod';
import type { Agent } from '../agents/agent.ts';
import type { AgentStore } from '../agents/agent-store.ts';
import { requestedAgent } from '../agents/requested-agent.ts';
import { demandMatch, etagOf, isNotModified } from '../http/etag.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import type { Clock } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import { agentBusy, preconditionFailed, problem, refused } from '../kernel/problems.ts';
import type { LiveContextStore } from './control-store.ts';
import { agentContextView } from './control-views.ts';
import { type LiveContext, MAX_LIVE_CONTEXT_BYTES } from './live-context.ts';
import { mergePatch } from './merge-patch.ts';

export const ManageAgentContextEnv = z.object({
  AGENTS_TABLE: text,
  CALLS_TABLE: text,
  VOICE_SESSIONS_TABLE: text,
  WEBSOCKET_URL: text,
});

export interface ManageAgentContextDeps {
  readonly agents: Pick<AgentStore, 'find'>;
  readonly contexts: LiveContextStore;
  /** Tells the owners of the agent's calls to look at once. */
  readonly nudge: (agent: Pick<Agent, 'userId' | 'agentId'>, atMs: number) => Promise<void>;
  readonly clock: Clock;
}

type Put = RequestOf<'putAgentContext'>;
type Members = Pick<LiveContext, 'data' | 'notes' | 'specialInstructions'>;

const taggedAs = (live: LiveContext | undefined) => ({ revision: live?.version ?? 0 });

/** What the agent is told for now; its ETag is its version. */
export const getAgentContext =
  ({ agents }: Pick<ManageAgentContextDeps, 'agents'>) =>
  async (request: RequestOf<'getAgentContext'>): Promise<ApiAnswer> => {
    const { agentId, liveContext } = await requestedAgent({ agents }, request);
    const headers = { etag: etagOf(taggedAs(liveContext)) };
    if (isNotModified(request.headers['if-none-match'], taggedAs(liveContext))) return { status: 304, headers };
    return { status: 200, headers, body: agentContextView(agentId, liveContext) };
  };

/** Two edits at once without `If-Match` are laid one over the other: the second looks again. */
const ATTEMPTS = 3;

/** Tells the agent what holds for now; owners of calls that go on are told to look. */
export const putAgentContext =
  (deps: ManageAgentContextDeps) =>
  async (request: Put): Promise<ApiAnswer> => {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const agent = await requestedAgent(deps, request);
      demandMatch(request.headers['if-match'], taggedAs(agent.liveContext));
      if (agent.status === 'deleting') throw agentBusy(agent.status, 'change its context');
      const live = edited(agent, request, deps.clock.now());
      if (await deps.contexts.write(agent, live, agent.liveContext?.version ?? 0)) {
        await deps.nudge(agent, live.updatedAtMs);
        return { status: 200, headers: { etag: etagOf(taggedAs(live)) }, body: agentContextView(agent.agentId, live) };
      }
      if (request.headers['if-match'] !== undefined) throw preconditionFailed();
    }
    throw problem('request-in-progress', 'Others edit this context just now: repeat.', { retryAfterSeconds: 1 });
  };

const edited = ({ liveContext }: Agent, { body, headers }: Put, nowMs: number): LiveContext => {
  const isPatch = (headers['content-type'] ?? '').toLowerCase().startsWith('application/merge-patch+json');
  const members = mergePatch(isPatch ? membersOf(liveContext) : { data: {} }, body) as Partial<Members>;
  const { data = {}, notes = '', specialInstructions = '' } = members;
  const live = {
    version: (liveContext?.version ?? 0) + 1,
    data,
    ...(notes === '' ? {} : { notes }),
    ...(specialInstructions === '' ? {} : { specialInstructions }),
    updatedAtMs: nowMs,
  };
  if (Buffer.byteLength(JSON.stringify(live)) > MAX_LIVE_CONTEXT_BYTES) throw tooLarge();
  return live;
};

const membersOf = (live: LiveContext | undefined): Members => {
  const { data = {}, notes, specialInstructions } = live ?? {};
  return {
    data,
    ...(notes === undefined ? {} : { notes }),
    ...(specialInstructions === undefined ? {} : { specialInstructions }),
  };
};

const tooLarge = () =>
  refused([{ pointer: '', message: 'A context has at most 8 KB as JSON.', code: 'invalid-request' }]);
