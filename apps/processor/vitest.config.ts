import { configDefaults, defineProject } from 'vitest/config';
import { leftOut } from '../../tools/repository/src/slices.ts';

export default defineProject({
  test: {
    name: '@priolab/processor',
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...leftOut('apps/processor')],
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
