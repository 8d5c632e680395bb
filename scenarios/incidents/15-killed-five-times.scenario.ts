/**
 * Incident 15 of enpa.md 9.2 (prio-server #2229, c22e5490).
 *
 * What happened: the autoscaler took away pods that held a message. The message came back after
 * ten minutes, five times in a row, and then went to the dead letters: a lost task and a false
 * alarm.
 *
 * What must be noticed: `live`: a task outlives as many crashes; `sum.exact`: work that is done
 * again adds nothing.
 *
 * How the run shows it: the helper dies at five writes one after the other, is away for ten
 * minutes each time, and forgets all but its stores.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/15-killed-five-times',
  about:
    'A processor is killed five times in a row with a task in hand: no task and no report is lost.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  nemesis: [
    {
      id: 'proc.crash',
      at: 'processor/helper',
      from: '8h',
      dose: 5,
      fires: 5,
      params: { restart: '10m' },
    },
  ],
  expect: [
    { id: 'outcome', of: 'proc.crash' },
    { kind: 'sometimes', id: 'node.restarted', atLeast: 5 },
  ],
});
