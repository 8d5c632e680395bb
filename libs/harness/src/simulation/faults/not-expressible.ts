/** Why a fault of the vocabulary has no code: those out of reach of this system, and why. */

import { outOfReach } from '../../faults/catalogue.ts';

/** Why a fault has no code; every fault without a demonstration has a reason. */
export function faultNotes(id: string): string {
  return outOfReach[id] ?? 'not built yet';
}
