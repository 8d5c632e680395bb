/** `priolab ab`: each behaviour of the servers of 2021 against ours, on its incident. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { legacyIds } from '@priolab/harness';
import type { LegacyId, RunComparison } from '@priolab/harness';
import { afterAll, expect, test } from 'vitest';

import { createCli, scenarios } from './fixture.ts';

const cli = createCli();
afterAll(() => rmSync(cli.folder, { recursive: true }));

/** The incident, and a row in which ours is better. */
const table: Readonly<Record<LegacyId, readonly [string, string]>> = {
  'root-check-by-identity': ['47-r-at-a-root.scenario.ts', 'detection.expectation.rand.safe'],
  'count-invalid-proofs': [
    '29-too-many-clients-as-it-was.scenario.ts',
    'detection.expectation.count.exact notices cli.out_of_range',
  ],
  'per-batch-dedup': [
    '45-duplicate-documents-as-it-was.scenario.ts',
    'detection.expectation.once notices ing.dup_cross_batch',
  ],
  'poison-drops-batch': ['04-undecryptable-packet.scenario.yaml', 'losses.reports'],
  'peer-intersection': ['07-intake-failed-on-one-side.scenario.ts', 'losses.windows'],
  'unequal-empty-batches': ['06-empty-batch.scenario.ts', 'losses.windows'],
};

test.each(legacyIds)('%s: ours is better in that, and worse in nothing', (id) => {
  const [file, better] = table[id];
  const path = join(scenarios, 'incidents', file);
  const sides = ['--a', `services.legacy=[${id}]`, '--b', 'services.legacy=[]'];
  const { out, err } = cli.priolab('ab', path, ...sides, '--json', '--workers', '1');
  expect(err).not.toContain('bug in priolab');
  const { rows } = JSON.parse(out) as RunComparison;
  const told = rows.filter(({ judgement }) => judgement === 'worse');
  expect(told.map(({ id: row, why }) => [row, why])).toEqual([]);
  expect(rows.find(({ id: row }) => row === better)?.judgement, better).toBe('better');
});
