/**
 * Writes `test/golden/digests.json`: result digests of a few small runs, to be regenerated only
 * after the published vectors have passed, and only where results are meant to change.
 *
 *   npx tsx libs/harness/tools/write-golden.ts
 */

import { writeFileSync } from 'node:fs';

import { resolveScenario, runScenario } from '../src/index.ts';
import type { ScenarioInput } from '../src/index.ts';
import { environment, smallInput } from '../test/run/fixture.ts';

const off = { crossCheck: false } as const;
const scenarios: Readonly<Record<string, ScenarioInput>> = {
  small: { ...smallInput, crypto: off },
  'all metrics, a fortnight': {
    ...smallInput,
    population: { reports: 700, days: 14, states: ['us-ca', 'mn'], epidemic: 'outbreak' },
    system: {
      metrics: [
        'PeriodicExposureNotification-v1',
        'PeriodicExposureNotificationInteraction-v1',
        'CodeVerified-v1',
        'KeysUploaded-v1',
        'DateExposure-v1',
        'KeysUploadedVaccineStatus-v1',
        'CodeVerifiedWithReportType14d-v2',
        'KeysUploadedWithReportType14d-v2',
        'SecondaryAttack14d-v2',
        'PeriodicExposureNotification14d-v3',
        'DateExposure14d-v3',
        'KeysUploadedVaccineStatus14d-v3',
      ],
    },
    crypto: off,
  },
  'wide histogram': {
    ...smallInput,
    population: { reports: 60, states: ['us-ut'], epidemic: 'outbreak' },
    system: { metrics: ['histogramMetric-v2'] },
    crypto: off,
  },
  cheats: {
    ...smallInput,
    population: { reports: 600, states: ['us-va'] },
    adversaries: [
      { id: 'cli.out_of_range', share: 0.05 },
      { id: 'cli.undecryptable', share: 0.05 },
      { id: 'net.truncate', share: 0.05 },
      { id: 'dev.retry_same', share: 0.05 },
      { id: 'net.dup', share: 0.05 },
      { id: 'net.replay', share: 0.05 },
    ],
    crypto: off,
  },
};

const golden = [];
for (const [name, scenario] of Object.entries(scenarios)) {
  const resolved = resolveScenario(scenario, name);
  const { identity } = await runScenario({ scenario: resolved, workers: 0, environment });
  golden.push({ name, scenario, resultDigest: identity.resultDigest });
}
const path = new URL('../test/golden/digests.json', import.meta.url);
writeFileSync(path, `${JSON.stringify(golden, null, 2)}\n`);
