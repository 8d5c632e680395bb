/** The counted work of one report against numbers worked out by hand, and on all engines alike. */

import { backendNames } from '@priolab/crypto';
import { describe, expect, test } from 'vitest';

import { WORK_KINDS } from '../../src/index.ts';
import type { ScenarioInput } from '../../src/index.ts';
import { runSmall, small } from './fixture.ts';

const none = Object.fromEntries(WORK_KINDS.map((kind) => [kind, 0]));

/** One report of 100 bins: shares of 231 elements; of the upload's 1,364 bytes 1,300 are signed. */
const one: Partial<ScenarioInput> = {
  population: { reports: 1, states: ['us-wa'], vendors: { apple: 1, google: 0 } },
  system: { metrics: [{ id: 'wide-v1', bins: 100 }] },
  crypto: { crossCheck: false },
  expect: ['sum.exact'],
};

describe.each(backendNames)('one report on %s', (backend) => {
  test('each stage does what the protocol asks of it', async () => {
    const { verdict, cost } = await runSmall(
      small({ ...one, crypto: { backend, crossCheck: false } }),
    );
    expect(verdict).toBe('pass');
    expect(cost.work).toEqual({
      measure: none,
      // The device's key; the signature of its certificate, over 92 bytes.
      identity: { ...none, baseMultiplications: 2, sha256Blocks: 2 },
      randomise: none,
      // Two transforms of size 128: 7 rounds of 64 butterflies each.
      prove: { ...none, nttButterflies: 896 },
      // 231 elements and 5 to spare: 944 bytes.
      split: { ...none, aesBlocks: 59 },
      // Two envelopes, of 924 and 32 bytes.
      seal: {
        ...none,
        baseMultiplications: 2,
        fixedMultiplications: 2,
        sha256Blocks: 2 + 2,
        aesBlocks: 2 + 58 + (2 + 2),
      },
      attest: { ...none, baseMultiplications: 1, sha256Blocks: 21 },
      // Certificate and signature; then r: the upload's digest, and 68 bytes with the secret.
      ingest: {
        ...none,
        baseMultiplications: 1 + 1,
        variableMultiplications: 1 + 1,
        sha256Blocks: 2 + 21 + (22 + 2),
      },
      // Two envelopes, and the helper's keystream.
      'open and evaluate': {
        ...none,
        variableMultiplications: 2,
        sha256Blocks: 2 + 2,
        aesBlocks: 2 + 58 + (2 + 2) + 59,
      },
      'decide and sum': none,
      observe: none,
      'cross-check': none,
    });
  });
});

const many: Partial<ScenarioInput> = {
  population: { reports: 1200, states: ['us-wa', 'us-md', 'us-ca'], days: 2 },
  crypto: { crossCheck: false },
  expect: ['sum.exact'],
};

test('every upload is verified and opened twice; every certificate once a day', async () => {
  const { cost, population } = await runSmall(small(many));
  const { identity, ingest, 'open and evaluate': open } = cost.work;
  expect(population.deviceDays).toBeLessThan(1200); // two metrics
  expect(identity.baseMultiplications).toBe(2 * population.deviceDays);
  expect(ingest.variableMultiplications).toBe(1200 + population.deviceDays);
  expect(open.variableMultiplications).toBe(2 * 1200);
});

test('with any number of workers, cheats among the reports: the same counts', async () => {
  const scenario = small({ ...many, adversaries: [{ id: 'net.corrupt', share: 0.1 }] });
  const inline = await runSmall(scenario, 0);
  const threads = await runSmall(scenario, 2);
  expect(threads.cost.work).toEqual(inline.cost.work);
  // A report that the ingestor refuses is never opened.
  const { seal, 'open and evaluate': open } = inline.cost.work;
  expect(seal.fixedMultiplications).toBe(2 * 1200);
  expect(open.variableMultiplications).toBeLessThan(2 * 1200);
});
