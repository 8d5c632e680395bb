/**
 * Incident 16 of enpa.md 9.2 (prio-server d66ca8d2).
 *
 * What happened: cheap machines were taken away without notice, with messages in hand, as the
 * provider may.
 *
 * What must be noticed: `sum.exact`, `once` and `live`: whichever machine goes, at whichever of
 * its writes, nothing is lost, counted twice or left undone.
 *
 * How the run shows it: both processors die at some of their writes, after these are done and
 * before they know, and the upload servers' batch job before its own. Each is away for minutes.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/16-machines-taken-away',
  about: 'Servers are taken away in the middle of their work: nothing is lost or doubled.',
  mixins: ['../parts/small-deployment.yaml'],
  nemesis: [
    { id: 'proc.crash', p: 0.15, dose: 6, fires: 5, params: { step: 'after' } },
    { id: 'ing.crash', p: 0.1, dose: 4, params: { step: 'before-write' } },
  ],
  expect: [
    { id: 'outcome', of: 'proc.crash' },
    { id: 'outcome', of: 'ing.crash' },
    { kind: 'sometimes', id: 'node.restarted', atLeast: 6 },
    'sum.exact',
    'count.exact',
    'conserve',
    'once',
    'sets.equal',
    'reason',
    'idem',
    'live',
  ],
});
