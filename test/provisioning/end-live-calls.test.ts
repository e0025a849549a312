import { expect, test } from 'vitest';
import type { Call, CallId } from '../../shared/calls/call.ts';
import type { CallQuery } from '../../shared/calls/call-store.ts';
import { endLiveCalls } from '../../shared/provisioning/end-live-calls.ts';

test('every call of an agent that is retired is told to end, on all pages; those an owner holds are counted once', async () => {
  const told: string[] = [];
  const pages: Record<string, readonly string[]> = {
    starting: ['unheld'],
    active: ['a', 'b'],
    'active after b': ['c'],
  };
  const deps = {
    calls: {
      list: async ({ status, after }: CallQuery) => {
        const ids = pages[after ? `${status} after ${after}` : `${status}`] ?? [];
        const last = ids.at(-1);
        return {
          calls: ids.map((callId) => ({ callId }) as unknown as Call),
          ...(last === 'b' && { last: last as CallId }),
        };
      },
    },
    callEndings: {
      endSoon: async (callId: string, reason: string) => {
        if (told.includes(`${callId} ${reason}`)) return undefined;
        told.push(`${callId} ${reason}`);
        return callId === 'unheld' ? 0 : 20_000;
      },
    },
  };
  const agent = { userId: 'ann', agentId: 'x' };
  expect([await endLiveCalls(deps, agent, 10_000), await endLiveCalls(deps, agent, 10_000), told]).toEqual([
    3,
    0,
    ['unheld', 'a', 'b', 'c'].map((callId) => `${callId} agent-retired`),
  ]);
});
