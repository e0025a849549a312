import { expect } from 'vitest';
import type { FaultRule } from '../../../local/core/faults.ts';
import type { TraceEntry } from '../../../local/core/trace.ts';
import { type Harness, startHarness } from '../../e2e/support/harness.ts';
import { type ObservedCall, observe, type Phase } from './calls.ts';
import { hurriedClock } from './hurried-clock.ts';
import { expectNoOrphans, PatientClient } from './shop.ts';

/** The faults a call shall meet in the life of this agent; the id is empty before there is one. */
export type RulesOf = (call: ObservedCall, agentId: string) => readonly FaultRule[];

interface Lived {
  /** What to do before and after each phase. */
  readonly before: (phase: Phase, agentId: string) => void;
  readonly after: (phase: Phase, agentId: string) => void;
}

/** Agents that are created, asked something and deleted, one after the other, on a cloud that makes trouble. */
export class Life {
  readonly harness: Harness;
  readonly #client: PatientClient;
  #lives = 0;

  private constructor(harness: Harness, client: PatientClient) {
    this.harness = harness;
    this.#client = client;
  }

  static async start(factor: number): Promise<Life> {
    const harness = await startHarness({ clock: hurriedClock(factor), warmFunctions: 40 });
    return new Life(harness, await PatientClient.signIn(harness, 'unlucky'));
  }

  /** What a life without faults calls, of all roles. */
  async observe(): Promise<readonly ObservedCall[]> {
    const { trace } = this.harness.cloud;
    const traces: Record<Phase, readonly TraceEntry[]> = { create: [], ask: [], delete: [] };
    const agentId = await this.#live({
      before: () => trace.clear(),
      after: (phase) => {
        traces[phase] = trace.entries();
      },
    });
    return observe(traces, agentId);
  }

  /** Every target must be hit, those that other faults kept from being made in a life of their own. Nothing remains. */
  async through(targets: readonly ObservedCall[], rulesOf: RulesOf): Promise<void> {
    const missed = await this.#through(targets, rulesOf);
    if (missed.length > 0) expect(await this.#through(missed, rulesOf)).toEqual([]);
  }

  /** Returns the calls that were not made: some depend on how long AWS takes. */
  async #through(targets: readonly ObservedCall[], rulesOf: RulesOf): Promise<ObservedCall[]> {
    const { cloud } = this.harness;
    const inventory = await cloud.inventory();
    const missed: ObservedCall[] = [];
    let due: readonly (readonly [ObservedCall, FaultRule])[] = [];
    await this.#live({
      before: (phase, agentId) => {
        const ofPhase = targets.filter((call) => call.phase === phase);
        due = ofPhase.flatMap((call) => rulesOf(call, agentId).map((rule) => [call, rule] as const));
        cloud.faults.load(due.map(([, rule]) => rule));
      },
      after: () => {
        const struck = cloud.faults.struck();
        missed.push(...due.flatMap(([call, { nth }], index) => (nth === 1 && struck[index] === 0 ? [call] : [])));
      },
    });
    cloud.faults.clear();
    await expectNoOrphans(this.harness, inventory);
    return missed;
  }

  async #live({ before, after }: Lived): Promise<string> {
    const client = this.#client;
    this.#lives += 1;
    before('create', '');
    const agentId = await client.create(`life-${this.#lives}`);
    const { status, statusReason = null, provisioning } = await client.settle(agentId);
    const story = JSON.stringify({ statusReason, provisioning });
    expect({ status, statusReason }, story).toEqual({ status: 'active', statusReason: null });
    after('create', agentId);
    before('ask', agentId);
    const path = `/api/v1/agents/${agentId}/messages`;
    const answer = await client.request('POST', path, () => ({ text: 'What does a puncture cost?' }));
    expect(answer, JSON.stringify(answer.body)).toMatchObject({
      status: 200,
      body: { answer: expect.stringContaining('15') },
    });
    after('ask', agentId);
    before('delete', agentId);
    await client.remove(agentId);
    after('delete', agentId);
    return agentId;
  }
}
