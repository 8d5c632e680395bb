/**
 * Half of the reports are made in the first or last millisecond of a window or of a day, at the
 * turn of a year. Windows are half open: every report is in exactly one.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'edges/turn-of-the-year',
  about: 'Reports on the very edges of windows, days and years: each is in one window.',
  mixins: ['../parts/small-deployment.yaml'],
  population: { reports: 80, days: 2, startDay: '2020-12-31' },
  system: { windowHours: 8 },
  services: { ingestion: { batchEvery: '2h' }, processors: { scanEvery: '30m' } },
  nemesis: [{ id: 'clk.boundary', p: 0.5, fires: 20 }],
  expect: [
    { id: 'outcome', of: 'clk.boundary' },
    'sum.exact',
    'count.exact',
    'conserve',
    'once',
    'sets.equal',
    'reason',
    'fresh',
    'live',
  ],
});
