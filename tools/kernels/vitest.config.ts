import { defineProject } from 'vitest/config';

export default defineProject({
  // Starting the compiler takes seconds on a busy machine.
  test: { name: '@priolab/kernels', include: ['test/**/*.test.ts'], testTimeout: 60_000 },
});
