/** From an edit of an agent's live context until the model of a call that goes on is told of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { dynamoLiveContextStore } from '../../shared/control/live-context-dynamodb.ts';
import { AgentId, UserId } from '../../shared/kernel/ids.ts';
import { servingAgent, TABLES } from '../../test/access/support/tables.ts';
import { AGENT } from '../../test/voice/stores/support.ts';
import type { Delay } from './delays.ts';
import { holdCall, LOOK_MS } from './held-call.ts';

const EDITS = 9;
/** No multiple of the interval, so that edits fall anywhere in it. */
const PAUSE_MS = 370;
const KEY = { userId: UserId.parse('ann'), agentId: AgentId.parse(AGENT) };

export async function measureContextEdits(): Promise<Delay> {
  const call = await holdCall();
  try {
    await call.stores.putAgent(servingAgent(AGENT));
    const contexts = dynamoLiveContextStore(TABLES, call.stores.client);
    const ms: number[] = [];
    for (let version = 1; version <= EDITS; version += 1) {
      await sleep(PAUSE_MS);
      const mark = `edit number ${version}`;
      const told = call.fed((input) => input.type === 'text' && input.text.includes(mark));
      const sentMs = performance.now();
      await contexts.write(KEY, { version, data: {}, notes: mark, updatedAtMs: Date.now() }, version - 1);
      ms.push((await told).atMs - sentMs);
    }
    const what = 'an edit of the context until the model is told';
    return { what, ms, baseline: { what: 'the interval at which owners look', ms: LOOK_MS }, barMs: 2 * LOOK_MS };
  } finally {
    await call.stop();
  }
}
