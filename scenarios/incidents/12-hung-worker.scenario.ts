/**
 * Incident 12 of enpa.md 9.2 (prio-server #1285, #1286, 4ad64356).
 *
 * What happened: a worker hung for ever in a write, as its wake-up had been lost. It still
 * answered whoever asked how it was, so that nobody saw the lost capacity.
 *
 * What must be noticed: `live`: the task’s lease runs out, another attempt does the work, and the
 * window comes in time; `once`: the worker that wakes up at last does no harm.
 *
 * How the run shows it: the helper stands still for three hours in the middle of a task, twice;
 * leases last five minutes, and windows wait for four hours.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/12-hung-worker',
  about:
    'A worker hangs in the middle of a task for hours: its lease runs out and the work is done.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  services: { processors: { lease: '5m', grace: '4h' } },
  nemesis: [
    { id: 'proc.pause', at: 'processor/helper', dose: 2, fires: 2, params: { duration: '3h' } },
  ],
  expect: [
    { id: 'outcome', of: 'proc.pause' },
    { kind: 'sometimes', id: 'lease.expired' },
    { kind: 'never', id: 'window.held' },
  ],
});
