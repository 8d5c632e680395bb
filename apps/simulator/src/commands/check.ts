/** `priolab check`: validates scenarios and prints what each would do. */

import {
  EXIT,
  PopulationError,
  UsageError,
  metricsOf,
  planOf,
  scenarioDigest,
} from '@priolab/harness';
import type { PopulationPlan, Scenario } from '@priolab/harness';

import { parse, usage } from '../arguments.ts';
import { loadScenario } from '../load.ts';

export async function check(args: readonly string[]): Promise<number> {
  const { positionals } = parse('check', args, {});
  if (positionals.length === 0) throw usage('check', 'no scenario file');
  const errors: UsageError[] = [];
  for (const file of positionals) {
    try {
      printPlan(file, await loadScenario(file));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      errors.push(error);
    }
  }
  for (const error of errors) console.error(error.message);
  return errors.length > 0 ? EXIT.usage : EXIT.pass;
}

function printPlan(file: string, scenario: Scenario): void {
  const plan = planOrUsageError(file, scenario);
  const whole = (value: number): string => value.toLocaleString('en');
  const { backend, crossCheck, fidelity } = scenario.crypto;
  const checking =
    crossCheck === false
      ? 'none'
      : `1 report in ${whole(crossCheck.every)} by ${crossCheck.backend}`;
  console.log(`${file}: valid`);
  console.log(`  id            ${scenario.id}, digest ${scenarioDigest(scenario).slice(0, 8)}`);
  console.log(
    `  reports       ${whole(plan.reportCount)} from ${whole(plan.participantCount)} device-days`,
  );
  console.log(`  phones        ${whole(plan.phoneCount)} looked at (opt-in)`);
  console.log(`  cells         ${plan.cells.length} (state and vendor), ${plan.shardCount} shards`);
  for (const { id, bins, layout } of metricsOf(scenario)) {
    console.log(`  metric        ${id}, ${bins} bins, ${layout}`);
  }
  for (const { id, share } of scenario.adversaries) {
    console.log(`  adversary     ${id}, ${(100 * share).toFixed(2)} % of reports`);
  }
  console.log(`  cryptography  ${fidelity}, ${backend}; cross-check: ${checking}`);
  const names = scenario.expect.map((item) => (typeof item === 'string' ? item : item.id));
  console.log(`  expectations  ${names.join(', ')}`);
}

/** A population that can't be had is the scenario's fault, not ours. */
export function planOrUsageError(file: string, scenario: Scenario): PopulationPlan {
  try {
    return planOf(scenario);
  } catch (error) {
    if (!(error instanceof PopulationError)) throw error;
    const problems = error.problems.map((message) => ({ path: 'population', message }));
    throw new UsageError(file, problems);
  }
}
