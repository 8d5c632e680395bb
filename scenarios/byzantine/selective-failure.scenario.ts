/**
 * The helper spoils its word wherever its own share begins with a small byte, and watches which
 * reports survive. It learns nothing, as its share says nothing (`view.indist`); what it costs is
 * counted (`proof-invalid`), and an audit of its words finds each spoilt one.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'byzantine/selective-failure',
  about: 'A processor spoils proofs by what its own share looks like: it learns nothing by it.',
  mixins: ['../parts/small-deployment.yaml'],
  population: { reports: 200 },
  system: { epsilon: 1 },
  nemesis: [{ id: 'mal.selective_failure', at: 'helper', fires: 5, params: { below: 64 } }],
  expect: [
    { id: 'outcome', of: 'mal.selective_failure' },
    { kind: 'sometimes', id: 'report.refused', atLeast: 5 },
    'view.indist',
    'sum.exact',
    'count.exact',
    'conserve',
    'once',
    'sets.equal',
    'live',
  ],
});
