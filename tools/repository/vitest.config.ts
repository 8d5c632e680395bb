import { defineProject } from 'vitest/config';

export default defineProject({
  // Lint and the benchmarks run as processes, which are slow to start on a busy machine.
  test: {
    name: '@priolab/repository',
    include: ['test/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
});
