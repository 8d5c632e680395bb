import { defineProject } from 'vitest/config';

export default defineProject({
  test: { name: '@priolab/service', include: ['test/**/*.test.ts'], testTimeout: 60_000 },
});
