/**
 * For two days phones, servers and processors fail, until the last moment of the last day. From
 * then on nothing fails, and within a day and a half all that can be had must be there.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'edges/healed-at-the-very-end',
  about: 'Everything fails until the last moment of the last day, and drains after that.',
  mixins: ['../parts/small-deployment.yaml'],
  population: { days: 2 },
  services: { processors: { grace: '1d' } },
  nemesis: [
    { id: 'net.drop', p: 0.2, fires: 10 },
    { id: 'proc.crash', p: 0.1, fires: 3 },
    { id: 'sto.lost_write', p: 0.05, fires: 3 },
    { id: 'proc.redeliver', p: 0.3, fires: 3 },
  ],
  heal: { at: '2d' },
  liveness: { within: '36h' },
  expect: ['sum.exact', 'count.exact', 'conserve', 'once', 'sets.equal', 'reason', 'live', 'idem'],
});
