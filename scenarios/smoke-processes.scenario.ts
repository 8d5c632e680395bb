import { defineScenario } from '@priolab/harness';

// The same run, whose processors are two programs that know each other by files alone: what they
// sum must be what the processors in memory sum, bin by bin, and they must refuse the same reports.
export default defineScenario({
  id: 'smoke-processes',
  about: 'The smoke scenario with two real processor processes over files of the real wire.',
  extends: './smoke.scenario.ts',
  deployment: 'processes',
});
