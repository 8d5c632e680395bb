/**
 * Phones send by the HTTP client of devices, whose requests are answered in process; links hold
 * back what they carry, one by one, and let it go all at once and in another order.
 *
 * What must be noticed: phones give an attempt up and try again, what was held back comes as well,
 * and each report counts once. The events are the same twice (`det`).
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'net/held-back-over-msw',
  about: 'Requests that are intercepted in process are held back and overtaken: each counts once.',
  deployment: 'msw',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  nemesis: [
    { id: 'net.clog', from: '8h', params: { duration: '2h' }, fires: 1 },
    { id: 'net.swizzle', from: '12h', params: { duration: '4h' }, fires: 1 },
    { id: 'net.reorder', p: 0.2, params: { within: '10m' }, fires: 10 },
  ],
  heal: { at: '23h' },
  liveness: { within: '24h' },
  expect: [
    { id: 'outcome', of: 'net.clog' },
    { id: 'outcome', of: 'net.swizzle' },
    { id: 'outcome', of: 'net.reorder' },
    { kind: 'sometimes', id: 'upload.retried', atLeast: 1 },
    'det',
  ],
});
