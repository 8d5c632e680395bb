import { configDefaults, defineProject } from 'vitest/config';
import { leftOut } from '../../tools/repository/src/slices.ts';

export default defineProject({
  test: {
    name: '@priolab/portal',
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...leftOut('apps/portal')],
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
