/**
 * Test files that take long, of which CI runs every so many-th: another part with each commit
 * (`.ci/run` gives `PRIOLAB_SLICE`), so that none is left out for good. `npm test` runs all.
 */

export const SLICES = 12;

export const LONG_TESTS: Readonly<Record<string, readonly string[]>> = {
  'libs/harness': [
    'adversary/adversaries',
    'expectations/detected',
    'expectations/outcomes',
    'run/broken-on-purpose',
    'run/consent',
    'run/fidelity',
    'simulation/consent',
    'simulation/conservation',
    'simulation/defences',
    'simulation/fault-parameters',
    'simulation/fault-reasons',
    'simulation/forgeries',
    'simulation/healing',
    'simulation/leaks',
    'simulation/legacy',
    'simulation/malicious',
    'simulation/places',
    'simulation/processors',
    'simulation/server-defences',
    'simulation/services',
    'simulation/shrink',
    'simulation/stores',
    'simulation/swarm',
    'simulation/tenant',
    'simulation/versions',
    'simulation/when',
    'compare/compare-runs',
    'simulation/wire/deployments',
    'simulation/worked-again',
  ].map((name) => `test/${name}.test.ts`),
  'apps/simulator': [
    'test/ab-checkouts.test.ts',
    'test/ab.test.ts',
    'test/capsules.test.ts',
    'test/completion.test.ts',
    'test/damaged.test.ts',
    'test/deployments.test.ts',
    'test/front-page.test.ts',
    'test/library/families.test.ts',
    'test/library/incidents.test.ts',
    'test/mistakes.test.ts',
    'test/new.test.ts',
    'test/portal.test.ts',
    'test/problems.test.ts',
    'test/processes.test.ts',
    'test/report.test.ts',
    'test/runs.test.ts',
    'test/scale.test.ts',
    'test/simulated.test.ts',
    'test/sources.test.ts',
    'test/spoiled.test.ts',
    'test/summary-schema.test.ts',
    'test/terminal-output.test.ts',
    'test/testing-page.test.ts',
    'test/tutorial.test.ts',
    'test/watch.test.ts',
  ],
  'libs/report': ['test/browser/report.test.ts'],
  'apps/portal': ['test/browser/use.test.ts'],
  'apps/processor': ['test/sweep/sweep.test.ts', 'test/sweep/broken-machines.test.ts'],
  'tools/repository': [
    'test/benchmarks/benchmarks.test.ts',
    'test/memory/memory.test.ts',
    'test/reporting/reporting.test.ts',
  ],
};

/** The files of a project that this run leaves out: none, but in CI. */
export function leftOut(
  project: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string[] {
  const slice = environment['CI'] && environment['PRIOLAB_SLICE'];
  if (!slice) return [];
  const files = LONG_TESTS[project] ?? [];
  return files.filter((_, index) => index % SLICES !== Number(slice) % SLICES);
}
