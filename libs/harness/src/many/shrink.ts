/**
 * The fewest faults that still show what a search has found. Faults are left out of the list, the
 * seed stays: as each draws by its own name (`stage.ts`), those that are left do what they did.
 * Each round tries the list without each of its faults, then without all of those that were not
 * needed; what is left in the end needs every one of them. With a fault go the expectations and the
 * `when`s that name it.
 */

import { faults as catalogue } from '../faults/catalogue.ts';
import { UsageError } from '../scenario/problems.ts';
import { resolveScenario } from '../scenario/scenario.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { expandNemesis } from '../simulation/faults/composite.ts';
import type { ManyResult } from './many-program.ts';

type Item = Scenario['nemesis'][number];

export interface ShrinkOptions {
  /** With the seed that was found. */
  readonly scenario: Scenario;
  /** Of the result that was found. */
  readonly unexplained: readonly string[];
  /** Runs scenarios, in their order; fewer results where it was interrupted. */
  readonly run: (scenarios: readonly Scenario[]) => Promise<readonly ManyResult[]>;
  /** Runs at most. */
  readonly runsMax: number;
}

export interface Shrunk {
  readonly nemesis: readonly Item[];
  /** Of the run with these faults alone; its capsule repeats it. */
  readonly result: ManyResult;
  readonly runs: number;
  /** Without any one of them it does not show; false: not each of them could be left out. */
  readonly isLeast: boolean;
  /** Those without which nothing is expected, so that no run can say whether it needs them. */
  readonly untried: readonly Item[];
}

/** Undefined where the list of all faults, written out, does not show it. */
export async function shrink(options: ShrinkOptions): Promise<Shrunk | undefined> {
  const { scenario, run, runsMax } = options;
  const oracles = oraclesOf(options.unexplained);
  let runs = 0;
  /** By the number of the list: the result where it shows what was found. */
  const attempt = async (lists: readonly Item[][]): Promise<Map<number, ManyResult>> => {
    const tried = lists
      .flatMap((nemesis, list) => scenariosOf(scenario, nemesis).map((one) => ({ list, one })))
      .slice(0, runsMax - runs);
    const results = tried.length === 0 ? [] : await run(tried.map(({ one }) => one));
    runs += results.length;
    const shows = ({ unexplained }: ManyResult): boolean =>
      oracles.every((id) => unexplained.includes(id));
    return new Map(
      tried.flatMap(({ list }, i) =>
        results[i] !== undefined && shows(results[i]) ? [[list, results[i]] as const] : [],
      ),
    );
  };

  let nemesis = partsAlone(scenario);
  let result = (await attempt([nemesis])).get(0);
  if (result === undefined) return undefined;
  for (;;) {
    const hasRunsForAll = runs + nemesis.length <= runsMax;
    const lists = nemesis.map((_, i) => leaving(nemesis, (k) => k !== i));
    const found = await attempt(lists);
    const [first] = found.keys();
    if (first === undefined) {
      const untried = nemesis.filter((_, i) => scenariosOf(scenario, lists[i]!).length === 0);
      return { nemesis, result, runs, isLeast: hasRunsForAll && untried.length === 0, untried };
    }
    const rest = leaving(nemesis, (i) => !found.has(i));
    const together = found.size > 1 ? (await attempt([rest])).get(0) : undefined;
    nemesis = together === undefined ? lists[first]! : rest;
    result = together ?? found.get(first)!;
  }
}

/** What is red beside the faults' own lines, which change with the list; or those alone. */
function oraclesOf(unexplained: readonly string[]): readonly string[] {
  const oracles = unexplained.filter((id) => !(id in catalogue));
  return oracles.length > 0 ? oracles : unexplained;
}

/** The faults of a scenario with the parts of composite ones in their place. */
function partsAlone(scenario: Scenario): Item[] {
  const all = expandNemesis(scenario).nemesis;
  const wholes = new Set(all.flatMap(({ partOf }) => partOf ?? []));
  // Parts need not strike; here each does, or it would not be left.
  const items = all.map(({ partOf, fires, ...item }) => {
    return { ...item, fires: partOf === undefined ? fires : 1 };
  });
  return leaving(items, (index) => !wholes.has(index));
}

/** Some faults of a list; what waited for one that is gone does not wait. */
function leaving(nemesis: readonly Item[], stays: (index: number) => boolean): Item[] {
  const left = nemesis.filter((_, i) => stays(i));
  return left.map((item) => {
    const { when, ...rest } = item;
    return when !== undefined && isGone(when.event, left) ? rest : item;
  });
}

function isGone(id: string, nemesis: readonly Item[]): boolean {
  return id in catalogue && !nemesis.some((one) => one.id === id);
}

/** With what is expected of these faults; none where that is no scenario. */
function scenariosOf(scenario: Scenario, nemesis: readonly Item[]): Scenario[] {
  const expected = scenario.expect.filter((one) => {
    if (typeof one === 'string') return true;
    return !isGone('of' in one ? one.of : one.id, nemesis);
  });
  try {
    return [resolveScenario({ ...scenario, nemesis, expect: expected }, scenario.id)];
  } catch (error) {
    if (error instanceof UsageError) return [];
    throw error;
  }
}
