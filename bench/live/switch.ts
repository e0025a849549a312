/** From a caller's wish for another agent until that agent's first sound, and from new settings until they speak. */
import { setTimeout as sleep } from 'node:timers/promises';
import { dynamoAgentStore } from '../../shared/agents/agents-dynamodb.ts';
import { AgentId, UserId } from '../../shared/kernel/ids.ts';
import { dynamoSettingsMarks } from '../../shared/voice/settings/settings-marks-dynamodb.ts';
import { VoiceSettings } from '../../shared/voice/voice-settings.ts';
import { servingAgent, TABLES } from '../../test/access/support/tables.ts';
import { AGENT } from '../../test/voice/stores/support.ts';
import type { Delay } from './delays.ts';
import { holdCall, LOOK_MS } from './held-call.ts';

const OTHER = '019a5c1e-7d00-7a3b-9c55-2f6d1c0a4b12';
const TRIALS = 9;
/** Longer than a greeting of this bench, and no multiple of the interval at which owners look. */
const PAUSE_MS = 870;
/** The bar for our own time. */
const BAR_MS = 100;

/** There and back: the model opens and speaks at once, so that nothing of the time is its own. */
export async function measureSwitches(): Promise<Delay> {
  const call = await holdCall();
  try {
    for (const agentId of [AGENT, OTHER]) await call.stores.putAgent(servingAgent(agentId));
    const ms: number[] = [];
    for (let trial = 0; trial < TRIALS; trial += 1) {
      await sleep(PAUSE_MS);
      const heard = call.told(({ type }) => type === 'audio');
      const sentMs = performance.now();
      call.say({ type: 'session.switchAgent', agentId: trial % 2 === 0 ? OTHER : AGENT });
      ms.push((await heard).atMs - sentMs);
    }
    const baseline = { what: 'a new call, from its owner’s beginning', ms: call.firstSoundMs };
    return {
      what: '`session.switchAgent` at the owner until the other agent’s first sound',
      ms,
      baseline,
      barMs: BAR_MS,
    };
  } finally {
    await call.stop();
  }
}

/** As `PUT /agents/{agentId}/voice` and `…/providers` write them. */
export async function measureSettings(): Promise<Delay> {
  const call = await holdCall();
  try {
    await call.stores.putAgent(servingAgent(AGENT));
    const agents = dynamoAgentStore(TABLES, call.stores.client);
    const marks = dynamoSettingsMarks(TABLES, call.stores.client);
    const key = { userId: UserId.parse('ann'), agentId: AgentId.parse(AGENT) };
    const ms: number[] = [];
    for (let trial = 0; trial < TRIALS; trial += 1) {
      await sleep(PAUSE_MS);
      const voice = trial % 2 === 0 ? 'matthew' : 'tiffany';
      const opened = call.opened((settings) => settings.voice === voice);
      const sentMs = performance.now();
      const options = { now: Math.floor(Date.now() / 1000) };
      const written = await agents.update(key, { voice: VoiceSettings.parse({ voice }) }, options);
      if (!written.written) throw new Error('The settings were not written.');
      await marks.changed(key, written.agent.revision, Date.now());
      ms.push((await opened).atMs - sentMs);
    }
    const baseline = { what: 'the interval at which owners look', ms: LOOK_MS };
    return { what: 'new voice settings or providers until their stream is opened', ms, baseline, barMs: 2 * LOOK_MS };
  } finally {
    await call.stop();
  }
}
