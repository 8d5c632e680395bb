import { defineScenario } from '@priolab/harness';

// The same run, whose ingestors, processors and portal are programs that know each other by HTTP
// and files alone: what they sum and show must be what the run in memory sums, bin by bin, and
// they must refuse the same uploads and reports.
export default defineScenario({
  id: 'smoke-processes',
  about: 'The smoke scenario with ingestors, processors and portal as programs of their own.',
  extends: './smoke.scenario.ts',
  deployment: 'processes',
});
