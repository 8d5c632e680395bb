/**
 * Loads scenario files, with all files that they are built on. A `.scenario.ts` file is code and
 * runs with the user's rights; a `.scenario.yaml` file is data (`sources/data-file.ts`).
 */

import { compose, resolveScenario } from '@priolab/harness';
import type { Scenario } from '@priolab/harness';

import { readSourceTree } from './sources/source-tree.ts';

export interface Overrides {
  readonly seed?: string | undefined;
  readonly reports?: number | undefined;
  /** A name of a deployment; settings that a scenario has for that one stay. */
  readonly deployment?: string | undefined;
  /** Values for single paths, as in a scenario's own `with`; over all else. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * The scenario of a file with the command line's overrides.
 * @param onFile told of each file that it is made from
 * @throws UsageError for whatever is wrong
 */
export async function loadScenario(
  file: string,
  overrides: Overrides = {},
  onFile?: (path: string) => void,
): Promise<Scenario> {
  return resolveScenario(await loadValue(file, overrides, onFile), file);
}

/** What a scenario says, without defaults, so that another build may fill in its own. */
export async function loadValue(
  file: string,
  overrides: Overrides = {},
  onFile?: (path: string) => void,
): Promise<unknown> {
  const value = override(compose(await readSourceTree(file, onFile)), overrides);
  const { settings = {} } = overrides;
  if (Object.keys(settings).length === 0) return value;
  const source = { ...(value as object), with: settings };
  return compose({ name: file, value: source, files: new Map() });
}

/** Overrides go in before the check, so that they are checked like the file itself. */
function override(value: unknown, { seed, reports, deployment }: Overrides): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const scenario = { ...value } as { seed?: unknown; population?: unknown; deployment?: unknown };
  const { kind } = Object(scenario.deployment) as { kind?: unknown };
  if (deployment !== undefined && kind !== deployment) scenario.deployment = deployment;
  if (seed !== undefined) scenario.seed = seed;
  if (
    reports !== undefined &&
    typeof scenario.population === 'object' &&
    scenario.population !== null
  ) {
    scenario.population = { ...scenario.population, reports };
  }
  return scenario;
}
