import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'faults/network',
  about: 'Messages between phones and servers are lost, late, doubled and cut off.',
  clock: 'simulated',
  population: { reports: 600, days: 1, states: ['us-wa', 'us-md'] },
  system: {
    metrics: ['PeriodicExposureNotification-v1', { id: 'poll-v1', bins: 4, layout: 'k-hot' }],
    epsilon: 4,
  },
  crypto: { crossCheck: false },
  services: { ingestion: { batchEvery: '4h' } },
  nemesis: [
    { id: 'net.drop', p: 0.1, fires: 10 },
    { id: 'net.delay', p: 0.1, fires: 10 },
    { id: 'net.dup', p: 0.1, fires: 10 },
    { id: 'net.lose_response', p: 0.05, fires: 5 },
    { id: 'net.partition', from: '6h', at: 'ingestion/apple/0' },
  ],
  expect: [
    'sum.exact',
    'count.exact',
    'conserve',
    'once',
    'sets.equal',
    'reason',
    'rand.safe',
    'live',
    'fresh',
    'idem',
    'leak.scan',
    'det',
    'tenant',
    'view.indist',
    { kind: 'sometimes', id: 'upload.retried' },
  ],
});
