/**
 * A day in simulated time in which things go wrong: messages are lost, and a processor dies twice.
 * The day takes a second, and the same seed gives the same day, event by event.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'faults',
  about:
    'A lossy network and a processor that dies at a write; nothing is lost, nothing counts twice.',
  clock: 'simulated',
  population: { reports: 120, states: ['us-wa', 'us-md'] },
  system: { metrics: ['PeriodicExposureNotification-v1'], epsilon: 4 },
  // The servers: how often uploads are cut into batches, how long a worker may hold a task.
  services: { ingestion: { batchEvery: '4h' }, processors: { lease: '5m' } },
  // Faults: what, where, when, how likely (p), how often at most (dose), at least (fires).
  // A fault that never strikes makes the verdict vacuous. `npx priolab explain net.drop` says more.
  nemesis: [
    { id: 'net.drop', p: 0.2, fires: 5 },
    { id: 'proc.crash', at: 'helper', from: '6h', dose: 2, params: { restart: '10m' } },
  ],
  // From here on no more faults; then all must have drained within the time.
  heal: { at: '20h' },
  liveness: { within: '12h' },
  expect: ['sum.exact', 'count.exact', 'conserve', 'once', 'sets.equal', 'reason', 'live'],
});
