/**
 * Which red oracles a run's faults explain. With random faults an oracle may turn red because a
 * fault turns it red in its demonstration as well: that is detection. Anything else that is red is
 * a finding. A fault that did not strike in one of many runs is no finding; coverage is counted
 * over all of them.
 */

import type { FaultId } from '../faults/catalogue.ts';
import type { RunSummary } from '../record/run-record.ts';
import { demonstrations } from '../simulation/faults/demonstrations.ts';

/** Oracles that a fault may turn red, as its demonstration shows. */
export function reddenedBy(id: string): readonly string[] {
  return demonstrations[id as FaultId]?.reddens ?? [];
}

/** Ids of expectations that failed without a fault that explains it. */
export function unexplainedOf({ expectations, simulation }: RunSummary): string[] {
  const faults = simulation?.faults ?? [];
  const explained = new Set(
    faults.filter(({ fired }) => fired > 0).flatMap(({ id }) => reddenedBy(id)),
  );
  return expectations
    .filter(({ id, verdict }) => verdict === 'fail' && !explained.has(id))
    .map(({ id }) => id);
}
