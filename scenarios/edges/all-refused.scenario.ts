/** Every single phone forges. All reports are refused, and no window has anything in it. */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'edges/all-refused',
  about: 'Every phone forges its proof: all reports are refused, and no total has anything in it.',
  mixins: ['../parts/small-deployment.yaml'],
  population: { reports: 60 },
  nemesis: [{ id: 'cli.forge', fires: 60 }],
  expect: [
    { id: 'outcome', of: 'cli.forge' },
    { kind: 'never', id: 'report.accepted' },
    { kind: 'sometimes', id: 'report.refused', atLeast: 60 },
    'noforge',
    'conserve',
    'sets.equal',
    'reason',
    'live',
  ],
});
