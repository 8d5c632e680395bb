/**
 * Uploads over sockets are damaged behind the edge of the network, cut short, and recorded to be
 * sent again the next day.
 *
 * What must be noticed: what was damaged is refused by name, with the status that says so, and what
 * was recorded comes too late. No other report is touched (`blast`).
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'net/damaged-over-http',
  about: 'Uploads over sockets are damaged, cut short and sent again: those alone are refused.',
  deployment: 'http',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  population: { days: 2 },
  nemesis: [
    { id: 'net.corrupt', p: 0.1, fires: 3 },
    { id: 'net.truncate', p: 0.1, fires: 3 },
    { id: 'net.replay', p: 0.1, fires: 3 },
  ],
  expect: [
    { id: 'outcome', of: 'net.corrupt' },
    { id: 'outcome', of: 'net.truncate' },
    { id: 'outcome', of: 'net.replay' },
  ],
});
