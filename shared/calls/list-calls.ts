import * as z from 'zod';
import { type CursorScope, openCursor, sealCursor } from '../http/cursor.ts';
import type { CursorKey } from '../http/cursor-key.ts';
import { filledPage } from '../http/filled-page.ts';
import type { RequestOf } from '../http/http-lambda.ts';
import type { ApiAnswer } from '../http/request.ts';
import type { Clock } from '../kernel/clock.ts';
import { text } from '../kernel/env.ts';
import { asOf } from './as-of.ts';
import { type Call, CallId } from './call.ts';
import type { CallStore } from './call-store.ts';
import { callSummaryView } from './call-views.ts';
import { searchedWords } from './search/call-words.ts';

export const ListCallsEnv = z.object({ CALLS_TABLE: text, CURSOR_SECRET_ARN: text });

export interface ListCallsDeps {
  readonly calls: Pick<CallStore, 'list'>;
  readonly cursorKey: CursorKey;
  readonly clock: Clock;
}

type Request = RequestOf<'listCalls'>;

/** A page of the caller's calls, newest first. An agent that is not his has no calls for him. */
export const listCalls =
  ({ calls, cursorKey, clock }: ListCallsDeps) =>
  async (request: Request): Promise<ApiAnswer> => {
    const { agentId, status, channel, direction, from, to, q, limit, cursor } = request.query;
    const scope = scopeOf(request);
    const after = cursor === undefined ? undefined : CallId.parse(openCursor(await cursorKey.read(), scope, cursor));
    const query = {
      userId: request.userId,
      limit,
      ...(agentId === undefined ? {} : { agentId }),
      ...(status === undefined ? {} : { status }),
      ...(channel === undefined ? {} : { channel }),
      ...(direction === undefined ? {} : { direction }),
      ...(from === undefined ? {} : { fromMs: from }),
      ...(to === undefined ? {} : { toMs: to }),
      ...(q === undefined ? {} : { words: searchedWords(q) }),
    };
    const page = await filledPage<Call, CallId>({
      limit,
      after,
      idOf: ({ callId }) => callId,
      read: async (last) => {
        const { calls: items, ...rest } = await calls.list({
          ...query,
          ...(last === undefined ? {} : { after: last }),
        });
        return { items, ...rest };
      },
    });
    const nextCursor = page.last === undefined ? null : sealCursor(await cursorKey.read(), scope, page.last);
    const shown = page.items.map((call) => asOf(call, clock.now()));
    // A page may be shorter than asked for: a call whose end nobody wrote down is listed where its row still is.
    const asked = shown.filter((call) => status === undefined || call.status === status);
    return { status: 200, body: { calls: asked.map(callSummaryView), nextCursor } };
  };

const scopeOf = ({ userId, query: { limit: _limit, cursor: _cursor, ...filter } }: Request): CursorScope => ({
  userId,
  operation: 'listCalls',
  filter: JSON.stringify(filter),
});
