/**
 * Incident 50 of enpa.md 9.2 (prio-server, aggregation.rs).
 *
 * What happened: a peer’s verification message held a number that was none (f(r) beyond 32 bits):
 * the whole aggregation stopped, with no second try.
 *
 * What must be noticed: `blast`: a word on a batch that can’t be used costs that batch, which both
 * sides leave out and name (`batch-signature`, `batch-unmatched`); one on a window, which lists its
 * batches, costs that window, which the portal holds after a day. Nothing else is lost.
 *
 * How the run shows it: what one processor tells the other is stored by half in places. The number
 * itself can’t be expressed: our words have 32 bits and no more.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/50-unusable-word-of-the-peer',
  about:
    'What a processor says of a batch can’t be read: that batch is left out, the window is summed.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  nemesis: [{ id: 'sto.torn', at: 'validity-', p: 0.06, fires: 2 }],
  expect: [
    { id: 'outcome', of: 'sto.torn' },
    { kind: 'sometimes', id: 'window.published' },
  ],
});
