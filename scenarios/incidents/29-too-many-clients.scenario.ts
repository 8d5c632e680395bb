/**
 * Incident 29 of enpa.md 9.2 (prio-server ab317b3a).
 *
 * What happened: `total_individual_clients` was wrong. The noise is taken out by that number, so
 * that estimates were wrong although the sums were right.
 *
 * What must be noticed: the processors’ counts differ, and the portal holds the window (`counts-
 * differ`); `sets.equal` is red. Where both err alike only `count.exact` sees it (29-too-many-
 * clients-as-it-was).
 *
 * How the run shows it: the helper counts reports that it has refused; one phone in twenty sends
 * such a report.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/29-too-many-clients',
  about:
    'One processor counts refused reports as clients: the counts differ and the window is held.',
  mixins: ['../parts/small-deployment.yaml'],
  nemesis: [
    { id: 'proc.count_drift', at: 'processor/helper' },
    { id: 'cli.undecryptable', p: 0.05 },
  ],
  expect: [
    { id: 'outcome', of: 'proc.count_drift' },
    { id: 'detected', of: 'proc.count_drift', by: 'sets.equal' },
    { kind: 'sometimes', id: 'window.held' },
    'conserve',
    'reason',
    'live',
  ],
});
