/**
 * Whether two runs lived through the same world. Draws are made by name from the seed, so equal
 * inputs give equal devices, values, latencies and faults, whatever else the scenarios say: common
 * random numbers. Two builds of the code might draw otherwise, so what can be seen of it is looked
 * at too: the true sums of windows in which both counted the same reports.
 */

import { leavesOf } from '../composition/layers.ts';
import type { CellRecord, RunSummary } from '../record/run-record.ts';
import { canonicalJson } from '../scenario/canonical-json.ts';
import { digestOf } from '../scenario/digest.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ScenarioDifference, WorldComparison, WorldPart } from './comparison.ts';

const DIGITS = 8;

/** What decides each part of the world. The seed is the scenario's, as its first text. */
const partsOf: Readonly<Record<WorldPart['name'], (scenario: Scenario) => unknown>> = {
  devices: ({ population, load, overrides, system }) => [
    population,
    load,
    overrides.filter(({ optIn }) => optIn !== undefined),
    system.metrics.map((metric) => (typeof metric === 'string' ? metric : metric.id)),
  ],
  values: ({ population, system }) => [population, system.metrics],
  network: ({ clock, deployment, services }) => [clock, deployment, services.network],
  faults: ({ nemesis, phases, heal, adversaries }) => [nemesis, phases, heal, adversaries],
};

export function compareWorlds(a: RunSummary, b: RunSummary): WorldComparison {
  const parts = Object.entries(partsOf).map(([name, of]): WorldPart => {
    const digest = ({ scenario, identity }: RunSummary): string =>
      digestOf([identity.seed, of(scenario)]).slice(0, DIGITS);
    const digests = { a: digest(a), b: digest(b) };
    return { name: name as WorldPart['name'], same: digests.a === digests.b, ...digests };
  });
  const paired = pairCells(a, b).filter(([one, other]) => sameCounts(one, other));
  const equalTruths = paired.filter(([one, other]) => sameTruth(one, other)).length;
  const otherWorld = otherWorldOf(a, b, {
    parts,
    isDrawnOtherwise: equalTruths < paired.length && sameFates(a, b),
  });
  return {
    parts,
    windows: paired.length,
    equalTruths,
    ...(otherWorld === undefined ? {} : { otherWorld }),
  };
}

function otherWorldOf(
  a: RunSummary,
  b: RunSummary,
  found: { readonly parts: readonly WorldPart[]; readonly isDrawnOtherwise: boolean },
): string | undefined {
  const cut = [...(a.interrupted ? ['a'] : []), ...(b.interrupted ? ['b'] : [])];
  if (cut.length > 0) return `interrupted before its end: ${cut.join(' and ')}`;
  if (a.identity.seed !== b.identity.seed) return 'the seeds differ: other devices, other values';
  if (!found.parts.every(({ name, same }) => name !== 'devices' || same)) {
    return 'population, load or metrics differ: other devices send other reports';
  }
  if (!found.parts.every(({ name, same }) => name !== 'values' || same)) return undefined;
  if (found.isDrawnOtherwise) {
    return 'true sums differ though the inputs are the same: the two builds draw otherwise';
  }
  return undefined;
}

export type CellPair = readonly [CellRecord, CellRecord];

/** Windows that both runs have: of one state, vendor, metric and start. */
export function pairCells(
  a: { readonly cells: readonly CellRecord[] },
  b: { readonly cells: readonly CellRecord[] },
): CellPair[] {
  const others = new Map(b.cells.map((cell) => [cellKey(cell), cell]));
  return a.cells.flatMap((cell) => {
    const other = others.get(cellKey(cell));
    return other === undefined ? [] : [[cell, other] as const];
  });
}

function cellKey({ state, vendor, metric, windowStartMs }: CellRecord): string {
  return JSON.stringify([state, vendor, metric, windowStartMs]);
}

/** Whether both counted as many reports, of honest devices and in all. */
export function sameCounts({ truth: one }: CellRecord, { truth: other }: CellRecord): boolean {
  return (
    one.honestClean.length === other.honestClean.length &&
    one.count === other.count &&
    one.honestCount === other.honestCount
  );
}

/** Whether the true values of what they counted add up to the same. */
export function sameTruth({ truth: one }: CellRecord, { truth: other }: CellRecord): boolean {
  return one.honestClean.every((ones, bin) => ones === other.honestClean[bin]);
}

/** Where both lost the same numbers of reports, they are taken to have lost the same ones. */
function sameFates({ fates: one }: RunSummary, { fates: other }: RunSummary): boolean {
  const sorted = (fates: RunSummary['fates']): string =>
    canonicalJson(fates.map(canonicalJson).sort());
  return sorted(one) === sorted(other);
}

/** Names and descriptions are of files, not of what is run. */
const NAMES: ReadonlySet<string> = new Set(['id', 'about']);

/** Where two resolved scenarios differ; a list is one thing. */
export function scenarioDifferences(a: Scenario, b: Scenario): ScenarioDifference[] {
  const leaves = (scenario: Scenario): Map<string, string> =>
    new Map(
      leavesOf(scenario)
        .filter(({ path }) => !NAMES.has(path[0]!))
        .map(({ path, value }) => [path.join('.'), canonicalJson(value)]),
    );
  const [one, other] = [leaves(a), leaves(b)];
  const paths = [...new Set([...one.keys(), ...other.keys()])].sort();
  return paths.flatMap((path) => {
    const sides = { a: one.get(path) ?? 'not set', b: other.get(path) ?? 'not set' };
    return sides.a === sides.b ? [] : [{ path, ...sides }];
  });
}
