/**
 * The night in March when clocks go forward in the United States. Some phones are an hour behind,
 * and at ten the processors' clocks jump back by an hour. No party knows local time, so that nobody
 * counts twice and no window is summed twice or never.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'edges/clocks-go-forward',
  about: 'The night when clocks change: phones an hour behind, processors whose clocks jump back.',
  mixins: ['../parts/small-deployment.yaml'],
  population: { startDay: '2021-03-14' },
  load: [{ shape: 'diurnal', peak: '02:30' }],
  nemesis: [
    { id: 'dev.clock_skew', p: 0.2, fires: 5, params: { offset: '59m', direction: 'behind' } },
    { id: 'clk.back', at: 'processor', from: '10h', params: { by: '1h' } },
  ],
  expect: [
    { id: 'outcome', of: 'dev.clock_skew' },
    { id: 'outcome', of: 'clk.back' },
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
