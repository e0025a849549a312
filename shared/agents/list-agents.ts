import * as z from 'zod';
import { type CursorScope, openCursor, sealCursor } from '../http/cursor.ts';
import type { CursorKey } from '../http/cursor-key.ts';
import { filledPage, type Part } from '../http/filled-page.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import { text } from '../kernel/env.ts';
import { AgentId } from '../kernel/ids.ts';
import { type AgentReach, type AgentReaches, NO_REACH } from './agent-reach.ts';
import type { AgentStore, AgentSummary } from './agent-store.ts';
import { listedView } from './agent-views.ts';

export const ListAgentsEnv = z.object({
  AGENTS_TABLE: text,
  CHANNELS_TABLE: text,
  PHONE_NUMBERS_TABLE: text,
  CURSOR_SECRET_ARN: text,
});

export interface ListAgentsDeps {
  readonly agents: Pick<AgentStore, 'list'>;
  readonly reaches: AgentReaches;
  readonly cursorKey: CursorKey;
}

type Request = RequestOf<'listAgents'>;

interface Listed {
  readonly agent: AgentSummary;
  readonly reach: AgentReach;
}

/** Agents looked through at once where the listing is narrowed by what no index knows. */
const LOOKED_THROUGH = 100;

/** A page of the caller's agents, newest first. `skip` reads what it skips: at most 1,000 rows of the index. */
export const listAgents =
  (deps: ListAgentsDeps) =>
  async (request: Request): Promise<ApiAnswer> => {
    const { limit, cursor, skip = 0 } = request.query;
    const key = () => deps.cursorKey.read();
    const page = await filledPage<Listed, AgentId>({
      read: (after) => readPart(deps, request, after),
      idOf: ({ agent }) => agent.agentId,
      after: cursor === undefined ? undefined : AgentId.parse(openCursor(await key(), scopeOf(request), cursor)),
      limit: limit + skip,
    });
    const nextCursor = page.last === undefined ? null : sealCursor(await key(), scopeOf(request), page.last);
    const agents = page.items.slice(skip).map(({ agent, reach }) => listedView(agent, reach, request));
    return { status: 200, body: { agents, nextCursor } };
  };

const readPart = async (
  { agents, reaches }: ListAgentsDeps,
  { userId, query }: Request,
  after: AgentId | undefined,
): Promise<Part<Listed, AgentId>> => {
  const { status, channel, agentType, limit, skip = 0 } = query;
  const isNarrowed = channel !== undefined || agentType !== undefined;
  const page = await agents.list({
    userId,
    limit: isNarrowed ? Math.max(LOOKED_THROUGH, limit + skip) : limit + skip,
    ...(status === undefined ? {} : { status }),
    ...(after === undefined ? {} : { after }),
  });
  const ofType = page.agents.filter((agent) => agentType === undefined || agent.agentType === agentType);
  const found = await reaches.of(
    userId,
    ofType.map(({ agentId }) => agentId),
  );
  const items = ofType
    .map((agent) => ({ agent, reach: found.get(agent.agentId) ?? NO_REACH }))
    .filter(({ reach }) => channel === undefined || reach.channels.some(({ channelType }) => channelType === channel));
  return { items, ...(page.last === undefined ? {} : { last: page.last }) };
};

const scopeOf = ({ userId, query: { status, channel, agentType } }: Request): CursorScope => ({
  userId,
  operation: 'listAgents',
  // Cursors of before say a status alone.
  filter:
    channel === undefined && agentType === undefined
      ? (status ?? '')
      : JSON.stringify([status ?? null, channel ?? null, agentType ?? null]),
});
