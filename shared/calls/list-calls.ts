import * as z from 'zod';
import { type CursorScope, openCursor, sealCursor } from '../http/cursor.ts';
import type { CursorKey } from '../http/cursor-key.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import type { Clock } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import { asOf } from './as-of.ts';
import { type Call, CallId } from './call.ts';
import type { CallPage, CallQuery, CallStore } from './call-store.ts';
import { callSummaryView } from './call-views.ts';
import { searchedWords } from './search/call-words.ts';

export const ListCallsEnv = z.object({ CALLS_TABLE: text, CURSOR_SECRET_ARN: text });

export interface ListCallsDeps {
  readonly calls: Pick<CallStore, 'list'>;
  readonly cursorKey: CursorKey;
  readonly clock: Clock;
}

type Request = RequestOf<'listCalls'>;

/** Pages looked through for one page of calls that a filter leaves. */
const MOST_READS = 5;

/** A page of the caller's calls, newest first. An agent that is not his has no calls for him. */
export const listCalls =
  ({ calls, cursorKey, clock }: ListCallsDeps) =>
  async (request: Request): Promise<ApiAnswer> => {
    const { agentId, status, channel, direction, from, to, q, limit, cursor } = request.query;
    const scope = scopeOf(request);
    const after = cursor === undefined ? undefined : CallId.parse(openCursor(await cursorKey.read(), scope, cursor));
    const page = await filledPage(calls, {
      userId: request.userId,
      limit,
      ...(agentId === undefined ? {} : { agentId }),
      ...(status === undefined ? {} : { status }),
      ...(channel === undefined ? {} : { channel }),
      ...(direction === undefined ? {} : { direction }),
      ...(from === undefined ? {} : { fromMs: from }),
      ...(to === undefined ? {} : { toMs: to }),
      ...(q === undefined ? {} : { words: searchedWords(q) }),
      ...(after === undefined ? {} : { after }),
    });
    const nextCursor = page.last === undefined ? null : sealCursor(await cursorKey.read(), scope, page.last);
    const shown = page.calls.map((call) => asOf(call, clock.now()));
    // A page may be shorter than asked for: a call whose end nobody wrote down is listed where its row still is.
    const asked = shown.filter((call) => status === undefined || call.status === status);
    return { status: 200, body: { calls: asked.map(callSummaryView), nextCursor } };
  };

/** Reads on while calls that were not asked for fill the pages. */
const filledPage = async (calls: ListCallsDeps['calls'], query: CallQuery): Promise<CallPage> => {
  const found: Call[] = [];
  let after = query.after;
  for (let read = 1; ; read += 1) {
    const page = await calls.list({ ...query, ...(after === undefined ? {} : { after }) });
    found.push(...page.calls);
    const last = found[query.limit - 1]?.callId;
    if (last !== undefined && (page.last !== undefined || found.length > query.limit)) {
      return { calls: found.slice(0, query.limit), last };
    }
    if (page.last === undefined) return { calls: found };
    if (read >= MOST_READS) return { calls: found, last: page.last };
    after = page.last;
  }
};

const scopeOf = ({ userId, query: { limit: _limit, cursor: _cursor, ...filter } }: Request): CursorScope => ({
  userId,
  operation: 'listCalls',
  filter: JSON.stringify(filter),
});
