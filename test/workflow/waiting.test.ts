import { describe, expect, test } from 'vitest';
import { KEY, makeWorld } from '../provisioning/support/world.ts';
import { type ExecutionOptions, execute } from './support/execute.ts';

const MINUTE_MS = 60_000;
/** Step Functions ends an execution with more than 25,000 events; a round of looking and waiting writes ten. */
const MOST_STATES = 25_000 / 10;

/** When each function was invoked, by name. */
const watch = (nowMs: () => number) => {
  const times = new Map<string, number[]>();
  const around: NonNullable<ExecutionOptions['around']> = (name, _, invoke) => {
    times.set(name, [...(times.get(name) ?? []), nowMs()]);
    return invoke();
  };
  const spanMs = (name: string): number => {
    const [first = 0, ...others] = times.get(name) ?? [];
    return (others.at(-1) ?? first) - first;
  };
  return { around, times, spanMs };
};

const about = (minutes: number) => ({ least: minutes * MINUTE_MS, most: (minutes + 1.1) * MINUTE_MS });

describe.each([1, 5, 60])('looking every %i s at first', (pollSeconds) => {
  test('gives each attempt of the AgentCreator 15 minutes', async () => {
    const world = makeWorld({ builds: ['silent'] });
    const { around, times } = watch(() => world.time.nowMs);
    const { states } = await execute(world, 'provision-agent', { around, pollSeconds });
    const [first = 0, second = 0, third = 0] = times.get('InvokeAgentCreator') ?? [];
    const { least, most } = about(15);
    for (const tookMs of [second - first, third - second]) {
      expect(tookMs).toBeGreaterThanOrEqual(least);
      expect(tookMs).toBeLessThan(most);
    }
    expect(states.length).toBeLessThan(MOST_STATES);
  });

  test('gives ingestion two hours, then fails the agent with a reason', async () => {
    const world = makeWorld();
    world.knowledge.verdicts.set('faq.md', { status: 'under-way' });
    const { around, spanMs } = watch(() => world.time.nowMs);
    const { states } = await execute(world, 'provision-agent', { around, pollSeconds });
    expect(world.agent()).toMatchObject({
      status: 'failed',
      statusReason: { code: 'provisioning-timed-out', step: 'CheckIngestion' },
    });
    const { least, most } = about(120);
    // The first look comes after the first wait, which is a minute at most.
    expect(spanMs('CheckIngestion')).toBeGreaterThanOrEqual(least - MINUTE_MS);
    expect(spanMs('CheckIngestion')).toBeLessThan(most);
    expect(states.length).toBeLessThan(MOST_STATES);
  });

  test('takes down in a bounded number of looks what takes AWS a day to delete', async () => {
    const world = makeWorld();
    await execute(world, 'provision-agent');
    await world.deps.agents.transition(KEY, 'retire', {}, { now: 1 });
    const stopsAt = world.time.nowMs + 24 * 60 * MINUTE_MS;
    const around: NonNullable<ExecutionOptions['around']> = (name, _, invoke) =>
      name === 'RetireRuntime' && world.time.nowMs < stopsAt ? Promise.resolve({ status: 'pending' }) : invoke();
    const { states } = await execute(world, 'retire-agent', { around, pollSeconds });
    expect(states.length).toBeLessThan(2 * MOST_STATES);
  });
});
