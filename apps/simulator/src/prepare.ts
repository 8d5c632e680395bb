/**
 * From a scenario file to a plan that can be run: everything that can be wrong with it is found
 * here, before anything is run.
 */

import { PopulationError, UsageError, planGradually } from '@priolab/harness';
import type { PopulationPlan, Scenario } from '@priolab/harness';

import { loadScenario } from './load.ts';
import type { Overrides } from './load.ts';
import { createProgressLine } from './progress-line.ts';

export interface Prepared {
  readonly file: string;
  readonly scenario: Scenario;
  readonly plan: PopulationPlan;
}

/**
 * Loads, checks and plans; undefined where the signal stopped it.
 * @throws UsageError with all problems of the file
 */
export async function prepare(
  file: string,
  overrides: Overrides = {},
  signal?: AbortSignal,
): Promise<Prepared | undefined> {
  const scenario = await loadScenario(file, overrides);
  const plan = await planWithProgress(file, scenario, signal);
  return plan === undefined ? undefined : { file, scenario, plan };
}

/** Plans beside the event loop, so that Ctrl-C and the progress line work meanwhile. */
export async function planWithProgress(
  file: string,
  scenario: Scenario,
  signal?: AbortSignal,
): Promise<PopulationPlan | undefined> {
  const progress = createProgressLine(process.stderr, { doing: 'planning', unit: 'reports' });
  const reportCount = scenario.population.reports;
  try {
    return await planGradually(scenario, {
      signal,
      onSlice: (reportsDone, elapsedMs) => progress.update({ reportsDone, reportCount, elapsedMs }),
    });
  } catch (error) {
    // A population that can't be had is the scenario's fault, not ours.
    if (error instanceof PopulationError) throw new UsageError(file, error.problems);
    throw error;
  } finally {
    progress.clear();
  }
}

export interface PreparedFiles {
  readonly prepared: readonly Prepared[];
  readonly errors: readonly UsageError[];
}

/** Prepares all files, whatever is wrong with some of them. */
export async function prepareAll(
  files: readonly string[],
  overrides: Overrides,
  signal: AbortSignal,
): Promise<PreparedFiles> {
  const prepared: Prepared[] = [];
  const errors: UsageError[] = [];
  for (const file of files) {
    if (signal.aborted) break;
    try {
      const one = await prepare(file, overrides, signal);
      if (one !== undefined) prepared.push(one);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      errors.push(error);
    }
  }
  return { prepared, errors };
}
