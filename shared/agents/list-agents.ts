import * as z from 'zod';
import { type CursorScope, openCursor, sealCursor } from '../http/cursor.ts';
import type { CursorKey } from '../http/cursor-key.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import { text } from '../kernel/env.ts';
import { AgentId } from '../kernel/ids.ts';
import type { AgentStore } from './agent-store.ts';
import { summaryView } from './agent-views.ts';

export const ListAgentsEnv = z.object({ AGENTS_TABLE: text, CURSOR_SECRET_ARN: text });

export interface ListAgentsDeps {
  readonly agents: Pick<AgentStore, 'list'>;
  readonly cursorKey: CursorKey;
}

type Request = RequestOf<'listAgents'>;

/** A page of the caller's agents, newest first. `skip` reads what it skips: at most 1,000 rows of the index. */
export const listAgents =
  ({ agents, cursorKey }: ListAgentsDeps) =>
  async (request: Request): Promise<ApiAnswer> => {
    const { status, limit, cursor, skip = 0 } = request.query;
    const after =
      cursor === undefined ? undefined : AgentId.parse(openCursor(await cursorKey.read(), scopeOf(request), cursor));
    const page = await agents.list({
      userId: request.userId,
      limit: limit + skip,
      ...(status === undefined ? {} : { status }),
      ...(after === undefined ? {} : { after }),
    });
    const nextCursor = page.last === undefined ? null : sealCursor(await cursorKey.read(), scopeOf(request), page.last);
    return {
      status: 200,
      body: { agents: page.agents.slice(skip).map((agent) => summaryView(agent, request)), nextCursor },
    };
  };

const scopeOf = ({ userId, query }: Request): CursorScope => ({
  userId,
  operation: 'listAgents',
  filter: query.status ?? '',
});
