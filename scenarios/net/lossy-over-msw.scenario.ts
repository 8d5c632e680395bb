/**
 * Phones send by the HTTP client of devices, whose requests are answered in process, and a third of
 * what they send is lost, late or doubled on its way to the front or back.
 *
 * What must be noticed: nothing is left of it but attempts. Each report counts once, and the events
 * are those of the same run in memory, the same twice (`det`), whatever time real requests take.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'net/lossy-over-msw',
  about: 'Requests that are intercepted in process are lost, late and doubled: each counts once.',
  deployment: 'msw',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  nemesis: [
    { id: 'net.lose_request', p: 0.1, fires: 3 },
    { id: 'net.lose_response', p: 0.1, fires: 3 },
    { id: 'net.delay', p: 0.1, params: { by: '2m', spread: '3m' }, fires: 3 },
    { id: 'net.dup', p: 0.1, fires: 3 },
  ],
  heal: { at: '23h' },
  liveness: { within: '24h' },
  expect: [
    { id: 'outcome', of: 'net.lose_request' },
    { id: 'outcome', of: 'net.lose_response' },
    { id: 'outcome', of: 'net.delay' },
    { id: 'outcome', of: 'net.dup' },
    { kind: 'sometimes', id: 'upload.retried', atLeast: 6 },
    'det',
  ],
});
