import { defineProject } from 'vitest/config';

export default defineProject({
  test: { name: '@priolab/portal', include: ['test/**/*.test.ts'], testTimeout: 180_000 },
});
