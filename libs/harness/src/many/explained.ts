/**
 * Which red oracles a run's faults explain. With random faults an oracle may turn red because a
 * fault is meant to turn it red: that is detection. Anything else that is red is a finding. A fault
 * that did not strike in one of many runs is no finding; coverage is counted over all of them.
 */

import type { FaultId } from '../faults/catalogue.ts';
import type { RunSummary } from '../record/run-record.ts';
import { demonstrations } from '../simulation/faults/demonstrations.ts';

/** Oracles that a fault may turn red. */
export function reddenedBy(id: string): readonly string[] {
  const demonstration = demonstrations[id as FaultId];
  if (demonstration === undefined) return [];
  const detected = (demonstration.expect ?? []).flatMap((one) =>
    typeof one === 'object' && one.id === 'detected' && 'by' in one ? [one.by as string] : [],
  );
  return [...(demonstration.without ?? []), ...detected];
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
