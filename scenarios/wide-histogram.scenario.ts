import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'wide-histogram',
  about: 'The 1,344-bin risk histogram: proofs of 3,395 elements, 13 kB for the leader alone.',
  population: { reports: 2000, states: ['us-ca', 'us-wa'], epidemic: 'outbreak' },
  system: { metrics: ['histogramMetric-v2'] },
  crypto: { crossCheck: { every: 1000 } },
  mixins: ['expect/exact'],
});
