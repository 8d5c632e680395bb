import { defineScenario } from '@priolab/harness';

// The same run over sockets of this machine, with uploads in the plain form from both vendors.
export default defineScenario({
  id: 'smoke-http',
  about: 'The smoke scenario over sockets, with uploads of both vendors in the plain form.',
  extends: './smoke.scenario.ts',
  deployment: { kind: 'http', googleForm: 'plain' },
});
