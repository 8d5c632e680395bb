/** The committed golden file: what the reference gives, and what the block code gives. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { createBackend, fromHex } from '@priolab/crypto';
import type { BackendName } from '@priolab/crypto';
import { describe, expect, test } from 'vitest';

import { createPrio2 } from '../../src/index.ts';
import { goldenRows, goldenVector } from '../../tools/golden.ts';
import type { GoldenRow } from '../../tools/golden.ts';
import { FAILED, OK, leaderSharesOf } from '../one-report.ts';

const file = join(import.meta.dirname, '../golden/prio2.json');
const rows = JSON.parse(readFileSync(file, 'utf8')) as GoldenRow[];
const cases = rows.flatMap((row) =>
  (['noble', 'node', 'wasm'] as const).map((name): [number, BackendName, GoldenRow] => [
    row.dimension,
    name,
    row,
  ]),
);

test('the reference gives the golden file', () => {
  expect(rows.map((row) => row.dimension)).toEqual([1, 5, 10, 16, 100, 1344]);
  expect(goldenRows()).toEqual(rows);
});

describe('the block code gives the golden file', () => {
  test.each(cases)('%i bins, backend %s', (dimension, name, row) => {
    const prio2 = createPrio2(dimension);
    const { proofLen } = prio2.shape;
    const proof = new Uint32Array(proofLen);
    proof.set(Array.from(row.data, Number));
    proof.set([row.f0, row.g0], dimension);
    prio2.proveBlock(1, proof);
    expect(goldenVector(dimension, [...proof])).toBe(row.proof);

    const status = new Uint8Array(1);
    const helper = new Uint32Array(proofLen);
    const seeds = { bytes: fromHex(row.seed), offset: 0, stride: 32 };
    prio2.expandBlock(createBackend(name), 1, seeds, helper, status);
    const leader = leaderSharesOf(prio2, 1, proof, helper);
    expect(goldenVector(dimension, [...leader])).toBe(row.leaderShare);

    const [own, peer] = (['leader', 'helper'] as const).map((role) => {
      const verifierShares = new Uint32Array(3);
      const shares = role === 'leader' ? leader : helper;
      const queryRandomness = Uint32Array.of(row.r);
      const block = { role, count: 1, shares, queryRandomness, verifierShares, status };
      prio2.verifyInit({ ...block, failure: FAILED });
      return verifierShares;
    }) as [Uint32Array, Uint32Array];
    expect([...own]).toEqual(row.leaderVerifierShare);
    expect([...peer]).toEqual(row.helperVerifierShare);
    prio2.decideBlock(1, own, peer, status, FAILED);
    expect(status[0]).toBe(OK);
  });
});
