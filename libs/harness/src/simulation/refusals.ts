/** What was refused because of a fault beside the reports that it touched, by reason. */

import { faults as catalogue } from '../faults/catalogue.ts';
import type { FaultId } from '../faults/catalogue.ts';
import type { FaultRecord } from '../record/simulation-record.ts';
import type { Simulated } from './simulate.ts';

/** What its parts were refused for is counted for a fault made of faults. */
export function addRefusals(refused: Record<string, number>, part: FaultRecord): void {
  const known: readonly string[] = catalogue[part.id as FaultId].reasons ?? [];
  for (const [reason, count] of [part.fates, part.refused].flatMap(Object.entries<number>)) {
    if (known.includes(reason)) refused[reason] = (refused[reason] ?? 0) + count;
  }
}

/**
 * Batches and windows that a fault struck, by what they were refused or held for; and, for what is
 * on its card, messages about those windows.
 */
export function refusedOf(
  { book, strikes }: Simulated,
  item: number,
  id: string,
): Record<string, number> {
  const own: readonly string[] = catalogue[id as FaultId].reasons ?? [];
  const refused: Record<string, number> = { ...strikes.refusals[item]! };
  const add = (reason: string): void => void (refused[reason] = (refused[reason] ?? 0) + 1);
  for (const [batchId, { refusals }] of book.batches) {
    if (strikes.hasStruckBatch(item, batchId)) new Set(refusals.values()).forEach(add);
  }
  for (const [window, { held, setRefusals }] of book.windows) {
    if (!strikes.hasStruckWindow(item, window)) continue;
    if (held !== undefined) add(held.reason);
    for (const reason of setRefusals) if (own.includes(reason)) add(reason);
  }
  return refused;
}
