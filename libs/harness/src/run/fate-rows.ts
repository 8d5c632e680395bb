/** Fates of a run on the wall clock, of reports that it came to and of those that it did not. */

import type { PopulationPlan } from '../population/plan.ts';
import { NOT_BEGUN, fateCounts, stateFateCounts } from '../record/fate-counts.ts';
import type { FateCount, RunRecord, StateFateCount } from '../record/run-record.ts';
import type { Collector } from './collect.ts';

export function fatesOf(
  plan: PopulationPlan,
  collector: Pick<Collector, 'reportCount' | 'fateCounts' | 'fateCountsByState'>,
): Required<Pick<RunRecord, 'fates' | 'fatesByState'>> {
  const { reportCount, fateCounts: counts, fateCountsByState } = collector;
  const pending: FateCount = { ...NOT_BEGUN, count: plan.reportCount - reportCount };
  return {
    fates: [...fateCounts(counts), ...(pending.count > 0 ? [pending] : [])],
    fatesByState: stateFateCounts([
      ...[...fateCountsByState].flatMap(([state, ofState]) =>
        fateCounts(ofState).map((row) => ({ state, ...row })),
      ),
      ...notBegun(plan, fateCountsByState),
    ]),
  };
}

/** Reports that were planned of each state, without those that have a fate. */
function* notBegun(
  { cells, transfer: { table } }: PopulationPlan,
  done: Collector['fateCountsByState'],
): Iterable<StateFateCount> {
  const left = new Map<string, number>();
  const add = (state: string, count: number): void => {
    left.set(state, (left.get(state) ?? 0) + count);
  };
  table.cell.forEach((cell, i) => add(cells[cell]!.state.id, table.reportCount[i]!));
  for (const [state, counts] of done) for (const count of counts.values()) add(state, -count);
  for (const [state, count] of left) yield { state, ...NOT_BEGUN, count };
}
