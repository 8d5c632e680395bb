/**
 * The leader waits for its peer's word and fits its own to it, so that a colluding phone's report
 * out of range passes. Prio is robust against phones only while both processors are honest, and a
 * commitment would not help (decision 8): `noforge` turns red, and an audit of the leader's signed
 * words finds every lie.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'byzantine/rushing-with-a-client',
  about: 'A processor lets a colluding phone’s bad report pass: noforge and the audit see it.',
  mixins: ['../parts/small-deployment.yaml'],
  system: { windowHours: 8 },
  nemesis: [
    { id: 'mal.rushing', at: 'leader', fires: 2 },
    { id: 'cli.out_of_range', p: 0.05 },
  ],
  expect: [
    { id: 'outcome', of: 'mal.rushing' },
    { id: 'detected', of: 'mal.rushing', by: 'noforge' },
    'conserve',
    'once',
    'live',
  ],
});
