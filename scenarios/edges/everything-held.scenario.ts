/**
 * The helper hands in no sum at all. Nothing is published, and that is said: every window is held,
 * every report is accounted for, and nothing waits for ever.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'edges/everything-held',
  about: 'A processor withholds all of its sums: every window is held, every report accounted for.',
  mixins: ['../parts/small-deployment.yaml'],
  population: { reports: 60, vendors: { apple: 1 } },
  services: { processors: { scanEvery: '1h', grace: '6h' } },
  nemesis: [{ id: 'mal.withhold', at: 'helper', fires: 2 }],
  expect: [
    { id: 'outcome', of: 'mal.withhold' },
    { kind: 'sometimes', id: 'window.held', atLeast: 2 },
    { kind: 'never', id: 'window.published' },
    'conserve',
    'sets.equal',
    'reason',
    'live',
  ],
});
