import { defineProject } from 'vitest/config';

export default defineProject({
  test: { name: '@priolab/repository', include: ['test/**/*.test.ts'] },
});
