import { defineConfig } from 'vitest/config';

/** Where `.ci/run` wants the results as JSON, to count them. */
const resultsFile = process.env['PRIOLAB_TEST_RESULTS'];

export default defineConfig({
  test: {
    projects: ['libs/*', 'apps/*', 'tools/kernels', 'tools/repository'],
    coverage: { provider: 'v8' },
    reporters: [
      'default',
      ...(resultsFile ? [['json', { outputFile: resultsFile }] as const] : []),
    ],
  },
});
