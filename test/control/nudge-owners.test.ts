import { expect, test } from 'vitest';
import { nudgeOwners } from '../../shared/control/nudge-owners.ts';

test('owners of an agent’s calls are told to look; those outside, lost ones and failures are passed over', async () => {
  const asked: object[] = [];
  const posted: (readonly [string, unknown])[] = [];
  const calls = [
    { callId: 'relayed', transport: 'relay' },
    { callId: 'direct', transport: 'direct' },
    { callId: 'down', transport: 'relay' },
    { callId: 'phone', transport: 'twilio' },
  ];
  const owners: Readonly<Record<string, string>> = { relayed: 'owner-1', down: 'owner-2' };
  const nudge = nudgeOwners({
    calls: {
      list: async (query) => {
        asked.push(query);
        return { calls: calls as never };
      },
    },
    sessions: { find: async (callId) => ({ ownerConnectionId: owners[callId] }) as never },
    sockets: {
      post: async (connectionId, text) => {
        if (connectionId === 'owner-2') throw new Error('The network is down.');
        posted.push([connectionId, JSON.parse(text)]);
        return 'sent';
      },
    },
  });
  await nudge({ userId: 'ann', agentId: 'shop' }, 7);
  const broken = { calls: { list: () => Promise.reject(new Error('throttled')) }, sessions: {}, sockets: {} };
  await nudgeOwners(broken as never)({ userId: 'ann', agentId: 'shop' }, 7);
  expect({ asked, posted }).toEqual({
    asked: [{ userId: 'ann', agentId: 'shop', status: 'active', limit: 100 }],
    posted: [['owner-1', { connectionId: 'owner-1', atMs: 7, message: { type: 'look' } }]],
  });
});
