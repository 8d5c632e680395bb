import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'swarm',
  about: 'A small deployment with a random set of faults of any kind, drawn anew for each seed.',
  clock: 'simulated',
  population: { reports: 100, days: 2, states: ['us-wa', 'us-md'] },
  system: { metrics: ['PeriodicExposureNotification-v1'], epsilon: 4 },
  crypto: { crossCheck: false },
  services: {
    ingestion: { batchEvery: '6h' },
    // Longer than any outage and the batch after it: what is late then has no excuse.
    processors: { scanEvery: '30m', grace: '14h' },
    keys: { rotateEvery: '12h', overlap: '1d' },
  },
  nemesis: [{ id: 'nem.swarm', params: { of: 'all', atLeast: 1, atMost: 4 } }],
  expect: [
    'sum.exact',
    'count.exact',
    'conserve',
    'once',
    'sets.equal',
    'reason',
    'rand.safe',
    'blast',
    'live',
    'fresh',
    'idem',
    'leak.scan',
  ],
});
