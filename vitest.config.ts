import { defineConfig } from 'vitest/config';

/** Runs on a hurried clock through faults at every call: on a busy machine its clock would outrun its functions. */
const ALONE = 'test/faults/every-call.test.ts';

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
          exclude: [ALONE],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { ...common, name: 'every call', include: [ALONE], maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
