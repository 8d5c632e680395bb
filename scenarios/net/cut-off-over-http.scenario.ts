/**
 * Phones send over sockets to the fronts, of which one is cut off for hours, one dies at its work,
 * and the others are held back and let go in another order.
 *
 * What must be noticed: phones hear nothing, try the other replica, and no report is lost or
 * counted twice. The events are the same twice (`det`): no socket's own timing is in them.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'net/cut-off-over-http',
  about: 'Fronts behind sockets are cut off, die and are held back: phones get through in the end.',
  deployment: 'http',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  nemesis: [
    { id: 'net.partition', at: 'ingestion/apple/0', from: '6h', fires: 1 },
    { id: 'net.swizzle', from: '9h', params: { duration: '6h' }, fires: 1 },
    { id: 'net.clog', from: '16h', params: { duration: '1h' }, fires: 1 },
    { id: 'ing.crash', p: 0.1, dose: 2, fires: 1 },
  ],
  heal: { at: '22h' },
  liveness: { within: '24h' },
  expect: [
    { id: 'outcome', of: 'net.partition' },
    { id: 'outcome', of: 'net.swizzle' },
    { id: 'outcome', of: 'net.clog' },
    { id: 'outcome', of: 'ing.crash' },
    { kind: 'sometimes', id: 'node.restarted' },
    'det',
  ],
});
