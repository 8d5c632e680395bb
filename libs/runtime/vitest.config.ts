import { defineProject } from 'vitest/config';

export default defineProject({
  // Threads and processes are slow to start on a busy machine.
  test: {
    name: '@priolab/runtime',
    include: ['test/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
