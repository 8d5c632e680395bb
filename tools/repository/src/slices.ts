/**
 * Test files that take long, of which CI runs every so many-th: another part with each commit
 * (`.ci/run` gives `PRIOLAB_SLICE`), so that none is left out for good. `npm test` runs all.
 */

/**
 * A prime, so that it has no factor in common with the parts that such a file itself may run of its
 * tables (`libs/harness/test/ci-slice.ts`): each part of each file has its turn.
 */
export const SLICES = 13;

/**
 * By what they cost in CI, the costliest first: slices are dealt out along the list and back again,
 * so that all of them take about the same.
 */
export const LONG_TESTS: readonly string[] = [
  'apps/simulator/test/simulated.test.ts',
  'apps/simulator/test/ab-checkouts.test.ts',
  'apps/simulator/test/ab-legacy.test.ts',
  'apps/portal/test/browser/use.test.ts',
  'libs/harness/test/simulation/worked-again.test.ts',
  'apps/simulator/test/processes.test.ts',
  'libs/harness/test/simulation/fault-reasons.test.ts',
  'apps/simulator/test/deployments.test.ts',
  'libs/harness/test/simulation/healing.test.ts',
  'tools/repository/test/benchmarks/benchmarks.test.ts',
  'libs/harness/test/simulation/stores.test.ts',
  'apps/simulator/test/scale.test.ts',
  'libs/harness/test/simulation/server-defences.test.ts',
  'apps/simulator/test/library/families.test.ts',
  'libs/harness/test/compare/compare-runs.test.ts',
  'libs/harness/test/simulation/wire/deployments.test.ts',
  'apps/processor/test/sweep/sweep.test.ts',
  'libs/harness/test/simulation/processors.test.ts',
  'libs/harness/test/expectations/outcomes.test.ts',
  'apps/portal/test/browser/privacy.test.ts',
  'libs/harness/test/simulation/series.test.ts',
  'apps/simulator/test/capsules.test.ts',
  'apps/simulator/test/library/incidents.test.ts',
  'apps/processor/test/sweep/broken-machines.test.ts',
  'libs/harness/test/simulation/legacy.test.ts',
  'libs/harness/test/simulation/defences.test.ts',
  'libs/harness/test/run/fidelity.test.ts',
  'libs/harness/test/simulation/leaks.test.ts',
  'libs/report/test/browser/report.test.ts',
  'libs/harness/test/simulation/when.test.ts',
  'libs/harness/test/adversary/adversaries.test.ts',
  'libs/harness/test/simulation/conservation.test.ts',
  'apps/simulator/test/terminal-output.test.ts',
  'apps/simulator/test/portal.test.ts',
  'apps/simulator/test/ab.test.ts',
  'apps/simulator/test/ab-legacy.test.ts',
  'libs/harness/test/expectations/detected.test.ts',
  'apps/simulator/test/completion.test.ts',
  'apps/simulator/test/runs.test.ts',
  'apps/simulator/test/summary-schema.test.ts',
  'tools/repository/test/memory/memory.test.ts',
  'tools/repository/test/reporting/reporting.test.ts',
  'libs/harness/test/simulation/services.test.ts',
  'libs/harness/test/simulation/shrink.test.ts',
  'apps/simulator/test/report.test.ts',
  'apps/ingestor/test/load.test.ts',
  'tools/repository/test/interop.test.ts',
  'apps/simulator/test/testing-page.test.ts',
  'libs/harness/test/expectations/unbiased.test.ts',
  'libs/harness/test/simulation/swarm.test.ts',
  'libs/harness/test/simulation/fault-parameters.test.ts',
  'libs/harness/test/run/consent.test.ts',
  'libs/harness/test/simulation/versions.test.ts',
  'libs/harness/test/simulation/malicious.test.ts',
  'libs/harness/test/simulation/consent.test.ts',
  'apps/simulator/test/watch.test.ts',
  'apps/simulator/test/damaged.test.ts',
  'libs/harness/test/simulation/places.test.ts',
  'libs/harness/test/run/broken-on-purpose.test.ts',
  'apps/simulator/test/sources.test.ts',
  'apps/simulator/test/tutorial.test.ts',
  'apps/simulator/test/problems.test.ts',
  'apps/simulator/test/front-page.test.ts',
  'apps/simulator/test/mistakes.test.ts',
  'apps/simulator/test/new.test.ts',
  'libs/harness/test/simulation/tenant.test.ts',
  'libs/harness/test/simulation/forgeries.test.ts',
  'apps/simulator/test/spoiled.test.ts',
];

function sliceOf(index: number): number {
  const place = index % SLICES;
  return Math.floor(index / SLICES) % 2 === 0 ? place : SLICES - 1 - place;
}

/**
 * The files of a project that this run leaves out: none, but in CI.
 * @param project its folder in the repository
 * @returns paths in that folder
 */
export function leftOut(
  project: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string[] {
  const slice = environment['CI'] && environment['PRIOLAB_SLICE'];
  if (!slice) return [];
  return LONG_TESTS.filter((_, index) => sliceOf(index) !== Number(slice) % SLICES)
    .filter((file) => file.startsWith(`${project}/`))
    .map((file) => file.slice(project.length + 1));
}
