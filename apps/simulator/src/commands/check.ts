/** `priolab check`: validates scenarios and prints what each would do. */

import {
  EVERYWHERE,
  EXIT,
  UsageError,
  faults,
  metricsOf,
  placeOf,
  scenarioDigest,
} from '@priolab/harness';
import type { Scenario } from '@priolab/harness';

import { parse } from '../arguments.ts';
import { prepare } from '../prepare.ts';
import type { Prepared } from '../prepare.ts';
import { runFolder } from '../run-folder.ts';
import { printable } from '../streams.ts';

export async function check(args: readonly string[]): Promise<number> {
  const { positionals } = parse('check', args, {}, ({ positionals: files }) => [
    files.length === 0 ? 'no scenario file' : undefined,
  ]);
  const errors: UsageError[] = [];
  for (const file of positionals) {
    try {
      printPlan((await prepare(file))!);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      errors.push(error);
    }
  }
  for (const error of errors) console.error(printable(error.message));
  return errors.length > 0 ? EXIT.usage : EXIT.pass;
}

function printPlan({ file, scenario, plan }: Prepared): void {
  const whole = (value: number): string => value.toLocaleString('en');
  const { backend, crossCheck, fidelity, sampleShare } = scenario.crypto;
  const share = sampleShare === undefined ? '' : ` (${100 * sampleShare} % full)`;
  const checking =
    crossCheck === false
      ? 'none'
      : `1 report in ${whole(crossCheck.every)} by ${crossCheck.backend}`;
  console.log(printable(`${file}: valid`));
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
  for (const line of timedLines(scenario)) console.log(printable(line));
  console.log(`  cryptography  ${fidelity}${share}, ${backend}; cross-check: ${checking}`);
  console.log(`  run folder    ${runFolder('runs', scenario)}`);
  const names = scenario.expect.map(nameOf);
  console.log(`  expectations  ${names.join(', ')}`);
}

/** Clock, load, local settings and faults, where the scenario says anything about them. */
function timedLines({ clock, load, overrides, nemesis, heal, liveness }: Scenario): string[] {
  const struck = nemesis.map(({ id, at, from, until, phase, p, dose, ...rest }) => {
    const place = placeOf(faults[id], at);
    const where = place === EVERYWHERE ? 'anywhere' : place;
    const span = `${from ?? '0s'} to ${until ?? 'the end'}`;
    const when = phase === undefined ? span : `phase ${phase}`;
    const { when: waits, heal: healed } = rest;
    const waiting = waits === undefined ? '' : `after ${waits.atLeast} x ${waits.event}`;
    const healing = healed === undefined ? '' : `healed at ${healed}`;
    const often = [p === undefined ? '' : `p ${p}`, dose === undefined ? '' : `dose ${dose}`];
    const words = [id, where, when, waiting, healing, ...often].filter((word) => word !== '');
    return `  fault         ${words.join(', ')}`;
  });
  const places = overrides.map(({ states = ['all states'], vendors = [], ...settings }) => {
    const said = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
    return `  override      ${[...states, ...vendors].join(' ')}: ${said.join(', ')}`;
  });
  const within = liveness === undefined ? '' : `, then ${liveness.within} to drain`;
  return [
    ...(clock === 'wall' ? [] : [`  clock         ${clock}`]),
    ...(load.length === 0 ? [] : [`  load          ${load.map(({ shape }) => shape).join(', ')}`]),
    ...places,
    ...struck,
    ...(heal === undefined ? [] : [`  heal          at ${heal.at}${within}`]),
  ];
}

function nameOf(expectation: Scenario['expect'][number]): string {
  if (typeof expectation === 'string') return expectation;
  if ('kind' in expectation) return `${expectation.kind} ${expectation.id}`;
  return 'of' in expectation ? `${expectation.id} of ${expectation.of}` : expectation.id;
}
