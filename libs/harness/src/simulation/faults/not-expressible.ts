/** Faults of the vocabulary without code, each with the reason. */

import { outOfReach } from '../../faults/catalogue.ts';

const notExpressible: Readonly<Record<string, string>> = {
  'mal.grind':
    'a processor of Prio v2 draws nothing at random: r comes from the ingestor, and which batches ' +
    'are summed is what both have',
  'comb.dashboard': 'there is no page to look at yet: what is published is read as it is stored',
};

/** Why a fault has no code; every fault without a demonstration has a reason. */
export function faultNotes(id: string): string {
  return notExpressible[id] ?? outOfReach[id] ?? 'not built yet';
}
