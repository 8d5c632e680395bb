/**
 * Incident 49 of enpa.md 9.2 (GAEN-Analytics).
 *
 * What happened: phones with different configuration versions and epsilons were in one health
 * authority’s series, and its analyst had to tell them apart afterwards.
 *
 * What must be noticed: who is of another version or epsilon is refused at the door (`wrong-task`,
 * `unknown-version`), so that a series has one meaning.
 *
 * How the run shows it: one phone in ten still uses an old epsilon, one in ten an old number of
 * bins, one in ten an old version.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/49-versions-mixed',
  about:
    'Phones with old settings report into a series: they are refused, and the series stays one.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  nemesis: [
    { id: 'dev.old_params', p: 0.1, params: { what: 'epsilon' } },
    { id: 'dev.old_params', p: 0.1, params: { what: 'bins' } },
    { id: 'dev.old_params', p: 0.1, params: { what: 'version' } },
  ],
  expect: [
    { id: 'outcome', of: 'dev.old_params' },
    { kind: 'sometimes', id: 'report.refused', atLeast: 10 },
  ],
});
