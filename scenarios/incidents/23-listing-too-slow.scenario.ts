/**
 * Incident 23 of enpa.md 9.2 (prio-server a8ffa9b8).
 *
 * What happened: listing a large bucket took longer than the time-out, and the scheduler stopped.
 *
 * What must be noticed: `live`: who has to wait long for a store waits, and still comes to the end
 * of its work within the window’s grace.
 *
 * How the run shows it: one answer in ten of any store takes five minutes.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/23-listing-too-slow',
  about: 'Stores take minutes to answer: the work is late within its grace, and complete.',
  mixins: ['../parts/small-deployment.yaml'],
  nemesis: [{ id: 'sto.slow', p: 0.1, fires: 20, params: { latency: '5m' } }],
  expect: [
    { id: 'outcome', of: 'sto.slow' },
    'sum.exact',
    'count.exact',
    'conserve',
    'once',
    'sets.equal',
    'reason',
    'live',
    { kind: 'never', id: 'batch.late' },
  ],
});
