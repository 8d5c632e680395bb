import { defineProject } from 'vitest/config';

export default defineProject({
  test: { name: '@priolab/runtime', include: ['test/**/*.test.ts'] },
});
