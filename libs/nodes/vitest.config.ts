import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: '@priolab/nodes',
    include: ['test/**/*.test.ts'],
    isolate: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
