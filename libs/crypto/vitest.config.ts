import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: '@priolab/crypto',
    include: ['test/**/*.test.ts'],
    isolate: false,
    testTimeout: 60_000,
  },
});
