import { defineConfig } from 'vitest/config';

/** Twenty calls at once have the machine to themselves, as they would have their lines. */
const CROWDED = 'test/e2e/talk-many.test.ts';
/** Run on clocks so hurried that on a busy machine they would outrun their functions; they wait for most of their time. */
const HURRIED = ['test/faults/every-*.test.ts', 'test/faults/agent-creator.test.ts'];

const common = {
  testTimeout: 120_000,
  hookTimeout: 120_000,
  pool: 'forks' as const,
};

export default defineConfig({
  resolve: { alias: { '@oratio/agent-kit': new URL('./agentkit/kit/index.ts', import.meta.url).pathname } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          ...common,
          name: 'product',
          include: ['test/**/*.test.ts'],
          exclude: [CROWDED, ...HURRIED],
          // One more than the cores of a small machine: most of a test's time is spent waiting.
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
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
    ],
  },
});
