import { defineConfig } from 'vitest/config';

/** Twenty calls at once have the machine to themselves, as they would have their lines. */
const CROWDED = 'test/e2e/talk-many.test.ts';
/** Run on clocks so hurried that on a busy machine they would outrun their functions; they wait for most of their time. */
const HURRIED = ['test/faults/every-*.test.ts', 'test/faults/agent-creator.test.ts'];
/** The same, and shorter than any of them: it fills the end. */
const KILLED = 'test/faults/kill.test.ts';
/** A whole cloud each. Long, and so first: what is short evens out the end. */
const CLOUDS = ['test/{e2e,faults,browser}/**/*.test.ts', 'test/voice/**/*cloud.test.ts'];

const common = {
  testTimeout: 120_000,
  hookTimeout: 120_000,
  pool: 'forks' as const,
};
// One more than the cores of a small machine: most of a test's time is spent waiting.
const together = { maxWorkers: 3, sequence: { groupOrder: 0 } };

export default defineConfig({
  resolve: { alias: { '@oratio/agent-kit': new URL('./agentkit/kit/index.ts', import.meta.url).pathname } },
  test: {
    projects: [
      {
        // Of one group, projects run in the order of their names.
        extends: true,
        test: { ...common, ...together, name: 'clouds', include: CLOUDS, exclude: [CROWDED, ...HURRIED, KILLED] },
      },
      {
        extends: true,
        test: {
          ...common,
          ...together,
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: [...CLOUDS, CROWDED, ...HURRIED, KILLED],
          // A process for each file would load the same libraries again and again, for a third of the time of all.
          isolate: false,
        },
      },
      {
        extends: true,
        test: { ...common, name: 'many calls', include: [CROWDED], maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: { ...common, name: 'hurried', include: HURRIED, maxWorkers: 3, sequence: { groupOrder: 2 } },
      },
      {
        extends: true,
        test: { ...common, name: 'killed', include: [KILLED], maxWorkers: 3, sequence: { groupOrder: 2 } },
      },
    ],
  },
});
