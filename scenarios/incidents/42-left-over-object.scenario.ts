/**
 * Incident 42 of enpa.md 9.2 (prio-server #1414).
 *
 * What happened: a temporary object, `.batch.tmp`, was left in the bucket and counted as an
 * incomplete batch for ever.
 *
 * What must be noticed: `live`: what will never be whole keeps no window open; the torn batch is
 * refused by name (`batch-signature`, `batch-digest`) and the rest is summed.
 *
 * How the run shows it: some objects of batches are stored by half, for good.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/42-left-over-object',
  about:
    'Half an object stays in the store for good: its batch is refused, and no window waits for it.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  nemesis: [{ id: 'sto.torn', p: 0.05, fires: 2 }],
  expect: [
    { id: 'outcome', of: 'sto.torn' },
    { kind: 'never', id: 'window.held' },
  ],
});
