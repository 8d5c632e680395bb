import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'ten-million',
  about:
    'Ten million reports of shares only, one in a hundred forged; a minute or two on two cores.',
  population: { reports: 10_000_000, days: 14, states: ['us-ca', 'us-ma', 'us-va', 'us-wa'] },
  system: { metrics: [{ id: 'wide-poll-v1', bins: 100 }] },
  crypto: { fidelity: 'shares-only', crossCheck: { every: 100_000 } },
  // Soundness takes many forgeries to see: a hundred thousand of them.
  adversaries: [{ id: 'cli.forge', share: 0.01 }],
  mixins: ['expect/all'],
  expect: [{ id: 'memory', atMostMiB: 512 }],
});
