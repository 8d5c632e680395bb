/**
 * The fewest faults that still show what a search has found. Faults are left out of the list, the
 * seed stays: as each draws by its own name (`stage.ts`), those that are left do what they did.
 * Each round tries the list without each of its faults, then without all of those that were not
 * needed; what is left in the end needs every one of them.
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
  /** Without any one of them it does not show; false: there were not runs enough to say so. */
  readonly isLeast: boolean;
}

/** Undefined where the list of all faults, written out, does not show it. */
export async function shrink(options: ShrinkOptions): Promise<Shrunk | undefined> {
  const { scenario, run, runsMax } = options;
  const oracles = oraclesOf(options.unexplained);
  let runs = 0;
  /** By the number of the list: the result where it shows what was found. */
  const attempt = async (lists: readonly Item[][]): Promise<Map<number, ManyResult>> => {
    const tried = lists
      .flatMap((nemesis, list) => validOrNone(scenario, nemesis).map((one) => ({ list, one })))
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
    const found = await attempt(nemesis.map((_, i) => nemesis.filter((_item, k) => k !== i)));
    const [first] = found.keys();
    if (first === undefined) return { nemesis, result, runs, isLeast: hasRunsForAll };
    const rest = nemesis.filter((_, i) => !found.has(i));
    const together = found.size > 1 ? (await attempt([rest])).get(0) : undefined;
    nemesis = together === undefined ? nemesis.filter((_, i) => i !== first) : rest;
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
  return (
    all
      .filter((_, index) => !wholes.has(index))
      // Parts need not strike; here each does, or it would not be left.
      .map(({ partOf, fires, ...item }) => ({ ...item, fires: partOf === undefined ? fires : 1 }))
  );
}

/** None where that is no scenario: what it expects may need a fault that was left out. */
function validOrNone(scenario: Scenario, nemesis: readonly Item[]): Scenario[] {
  try {
    return [resolveScenario({ ...scenario, nemesis }, scenario.id)];
  } catch (error) {
    if (error instanceof UsageError) return [];
    throw error;
  }
}
