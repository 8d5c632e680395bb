/**
 * Incident 45 of enpa.md 9.2 (prio-server, aggregation.rs), as it was.
 *
 * What happened: the ids that a processor had seen were remembered within one batch. A report that
 * came again in another one counted again, at both processors, so that nothing differed.
 *
 * What must be noticed: `once` turns red, and with it `sum.exact`: the portal has no means to see
 * it.
 *
 * How the run shows it: the servers of 2021 (`per-batch-dedup`) get one report in five in the next
 * batch as well.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/45-duplicate-documents-as-it-was',
  about: 'Servers of 2021 remember ids within a batch only: once and sum.exact turn red.',
  extends: './45-duplicate-documents.scenario.ts',
  with: {
    'services.legacy': ['per-batch-dedup'],
    nemesis: [{ id: 'ing.dup_cross_batch', p: 0.2, fires: 3 }],
    expect: [
      { id: 'detected', of: 'ing.dup_cross_batch', by: 'once' },
      { id: 'detected', of: 'ing.dup_cross_batch', by: 'sum.exact' },
      { kind: 'never', id: 'window.held' },
      'sets.equal',
      'live',
    ],
  },
});
