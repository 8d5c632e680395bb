/** Faults of the vocabulary without code, each with the reason. */

import { outOfReach } from '../../faults/catalogue.ts';

const notExpressible: Readonly<Record<string, string>> = {
  'comb.dashboard': 'there is no page to look at yet: what is published is read as it is stored',
};

/** Why a fault has no code; every fault without a demonstration has a reason. */
export function faultNotes(id: string): string {
  return notExpressible[id] ?? outOfReach[id] ?? 'not built yet';
}
