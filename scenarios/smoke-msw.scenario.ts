import { defineScenario } from '@priolab/harness';

// The same run, whose phones send by their real HTTP client, intercepted in the run's own process:
// Google's as attested documents. Ingestors take them in, and the totals are read from a portal.
export default defineScenario({
  id: 'smoke-msw',
  about: 'The smoke scenario over HTTP without sockets: real ingestors, attestation and portal.',
  extends: './smoke.scenario.ts',
  deployment: 'msw',
});
