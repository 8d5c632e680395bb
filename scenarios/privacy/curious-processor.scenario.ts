/**
 * Each processor keeps all that it sees: its shares, what it says, what its peer tells it. Nothing
 * of it may go with the bit that a phone sent: a statistical test, whose power the run prints.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'privacy/curious-processor',
  about: 'What either processor sees tells nothing of a value: a test on all of its view.',
  mixins: ['../parts/small-deployment.yaml'],
  population: { reports: 250 },
  system: { epsilon: 1 },
  nemesis: [
    { id: 'mal.curious', at: 'leader', fires: 100 },
    { id: 'mal.curious', at: 'helper', fires: 100 },
  ],
  expect: [
    { id: 'outcome', of: 'mal.curious' },
    'view.indist',
    'leak.scan',
    'sum.exact',
    'conserve',
    'once',
    'sets.equal',
    'reason',
    'live',
  ],
});
