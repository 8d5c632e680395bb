/**
 * Incident 8 of enpa.md 9.2 (prio-server e4a1d275).
 *
 * What happened: a store answered 200 OK with an error in the body when an upload was completed.
 * The object was taken for written and was not there.
 *
 * What must be noticed: `conserve`: no report is lost without a reason; `sets.equal`: not even at
 * one side.
 *
 * How the run shows it: one write in twenty, by whomever and in whichever store, is acknowledged
 * and lost. Every writer looks whether it can see what it wrote.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/08-acknowledged-and-lost',
  about:
    'Stores acknowledge writes and lose them: writers look, write again, and nothing is missing.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  nemesis: [{ id: 'sto.lost_write', p: 0.05, fires: 5 }],
  expect: [
    { id: 'outcome', of: 'sto.lost_write' },
    { kind: 'never', id: 'batch.refused' },
  ],
});
