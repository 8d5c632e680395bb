import { configDefaults, defineProject } from 'vitest/config';
import { leftOut } from './src/slices.ts';

export default defineProject({
  // Lint and the benchmarks run as processes, which are slow to start on a busy machine.
  test: {
    name: '@priolab/repository',
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...leftOut('tools/repository')],
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
