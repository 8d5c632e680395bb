/**
 * Incident 11 of enpa.md 9.2 (prio-server 0c2b5e37, afc81d71).
 *
 * What happened: servers closed idle connections, and clients used them again. Uploads and
 * acknowledgements were lost on the way, and what had been done was done once more.
 *
 * What must be noticed: `once` and `idem`: whoever repeats a request that was carried out already
 * changes nothing.
 *
 * How the run shows it: one request in ten is lost before it arrives and one answer in ten after
 * it was acted upon; phones try again.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/11-idle-connections',
  about: 'Requests and answers are lost on closed connections: they are repeated and count once.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  nemesis: [
    { id: 'net.drop', p: 0.1, fires: 5 },
    { id: 'net.lose_response', p: 0.1, fires: 5 },
  ],
  expect: [
    { id: 'outcome', of: 'net.drop' },
    { id: 'outcome', of: 'net.lose_response' },
    { kind: 'sometimes', id: 'upload.retried', atLeast: 5 },
  ],
});
