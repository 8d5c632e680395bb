/**
 * Incident 3 of enpa.md 9.2 (prio-server #343).
 *
 * What happened: one bad batch among some nine hundred made the whole aggregation stop, and its
 * window was lost.
 *
 * What must be noticed: `blast`: the one batch is refused with its reason (`batch-digest`), and
 * all others count.
 *
 * How the run shows it: of one batch the half for the leader bears a wrong digest. Its reports are
 * lost, at most ten of them, and every other one is in a published total.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/03-one-bad-batch',
  about: 'One batch among many has a wrong digest: it alone is refused, its window is published.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  services: { ingestion: { batchEvery: '1h' } },
  nemesis: [{ id: 'ing.header_tamper', dose: 1, params: { field: 'digest' } }],
  expect: [
    { id: 'outcome', of: 'ing.header_tamper' },
    { kind: 'sometimes', id: 'batch.cut', atLeast: 20 },
    { kind: 'sometimes', id: 'batch.refused' },
    { kind: 'sometimes', id: 'report.refused', atMost: 10 },
    { kind: 'never', id: 'window.held' },
  ],
});
