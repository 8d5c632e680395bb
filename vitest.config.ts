import { defineConfig } from 'vitest/config';

/** Where `.ci/run` wants the results as JSON, to count them. */
const resultsFile = process.env['PRIOLAB_TEST_RESULTS'];

export default defineConfig({
  test: {
    projects: ['libs/*', 'apps/*', 'tools/kernels', 'tools/repository'],
    // Files side by side on every core: most of them compute, in one thread. Libs of pure functions
    // say `isolate: false`: their files share what they import, which takes half of their time.
    maxWorkers: '100%',
    coverage: { provider: 'v8' },
    reporters: [
      'default',
      ...(resultsFile ? [['json', { outputFile: resultsFile }] as const] : []),
    ],
  },
});
