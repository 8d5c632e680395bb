/**
 * Incident 26 of enpa.md 9.2 (prio-server #149).
 *
 * What happened: several aggregation ids went into one aggregation: one state’s sum with
 * another’s.
 *
 * What must be noticed: the portal holds such a pair (`wrong-window`, `batches-differ`) and
 * `tenant` holds: what a state gets does not depend on any other’s phones.
 *
 * How the run shows it: the portal is given another state’s helper sum, and another window’s
 * leader sum, in place of the right one.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/26-aggregations-mixed',
  about: 'The portal is given sums of different states and windows as one pair: it holds them.',
  mixins: ['../parts/small-deployment.yaml'],
  system: { windowHours: 8 },
  nemesis: [
    { id: 'comb.mismatch', at: 'helper', p: 0.3, fires: 1, params: { what: 'state' } },
    { id: 'comb.mismatch', at: 'leader', p: 0.3, fires: 1, params: { what: 'window' } },
  ],
  expect: [
    { id: 'outcome', of: 'comb.mismatch' },
    'tenant',
    'sum.exact',
    'count.exact',
    'conserve',
    'once',
    { kind: 'sometimes', id: 'window.held', atLeast: 2 },
    { kind: 'sometimes', id: 'window.published' },
  ],
});
