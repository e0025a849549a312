import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { '@oratio/agent-kit': new URL('./agentkit/kit/index.ts', import.meta.url).pathname } },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
