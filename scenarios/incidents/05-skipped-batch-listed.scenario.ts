/**
 * Incident 5 of enpa.md 9.2 (prio-server #1414, ba03a170).
 *
 * What happened: a processor skipped a batch and still named it in the list of what it had summed;
 * the portal refused the pair.
 *
 * What must be noticed: the portal holds the window (`batches-differ`), `sets.equal` is red, and
 * the other windows are published.
 *
 * How the run shows it: the leader’s lists name a batch too many or too few in some windows.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/05-skipped-batch-listed',
  about: 'A sum’s list of batches is not what was summed: the portal holds the window and says so.',
  mixins: ['../parts/small-deployment.yaml'],
  system: { windowHours: 12 },
  nemesis: [{ id: 'mal.wrong_list', at: 'leader', p: 0.6, fires: 2 }],
  expect: [
    { id: 'outcome', of: 'mal.wrong_list' },
    { id: 'detected', of: 'mal.wrong_list', by: 'sets.equal' },
    { kind: 'sometimes', id: 'window.held', atLeast: 2 },
    { kind: 'sometimes', id: 'window.published' },
    'sum.exact',
    'count.exact',
    'conserve',
    'once',
    'live',
  ],
});
