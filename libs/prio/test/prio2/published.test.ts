/** Published proofs, shares and sums, through the reference and the block code alike. */

import { createBackend } from '@priolab/crypto';
import type { BackendName } from '@priolab/crypto';
import { fieldPrio2 } from '@priolab/field';
import { readVector, vectorsDir } from '@priolab/vectors';
import { describe, expect, test } from 'vitest';

import { createPrio2, unshard } from '../../src/index.ts';
import { acceptedPair, decideOne, proveOne, splitOne, verifyOne } from '../one-report.ts';

const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

interface ProofVector {
  dimension: number;
  proof: number[];
  eval_at: number;
  expected_valid: boolean;
  tweak_matrix: { dimension: number; data: string; invalid_if_changed: string[] };
}

describe.skipIf(vectorsDir === undefined)('proof.json', () => {
  const vector = (): ProofVector => readVector<ProofVector>('enpa/proof.json');

  test('is rebuilt element by element, and accepted', () => {
    const { dimension, proof, eval_at: r, expected_valid: valid } = vector();
    const [f0, g0] = [proof[dimension]!, proof[dimension + 1]!];
    expect(proveOne(proof.slice(0, dimension), f0, g0)).toEqual(proof);
    expect(acceptedPair(dimension, splitOne(proof), r)).toBe(valid);
    expect(acceptedPair(dimension, { leader: proof, helper: proof.map(() => 0) }, r)).toBe(valid);
  });

  test('every row of the tampering table is refused, the unchanged one is not', () => {
    const { tweak_matrix: matrix, eval_at: r } = vector();
    const { dimension } = matrix;
    expect(matrix.data).toBe('all zero');
    expect(matrix.invalid_if_changed).toHaveLength(9);
    const data = Array.from({ length: dimension }, () => 0);
    const plusOne = (list: readonly number[], at: number): number[] =>
      list.with(at, fieldPrio2.add(list[at]!, 1));

    function accepted(row: string): boolean {
      const input = row === 'input element 0 set to 2' ? data.with(0, 2) : data;
      const pair = splitOne(proveOne(input, 998, 777));
      const inShare: Record<string, number> = {
        'share1 data[0] += 1': 0,
        'share1 f0 += 1': dimension,
        'share1 g0 += 1': dimension + 1,
        'share1 h0 += 1': dimension + 2,
        'share1 points_h_packed[0] += 1': dimension + 3,
      };
      const at = inShare[row];
      const leader = at === undefined ? pair.leader : plusOne(pair.leader, at);
      const own = verifyOne('leader', dimension, leader, r);
      const inMessage = ['v1.f_r += 1', 'v1.g_r += 1', 'v1.h_r += 1'].indexOf(row);
      const sent = inMessage === -1 ? own : (plusOne(own, inMessage) as unknown as typeof own);
      return decideOne(sent, verifyOne('helper', dimension, pair.helper, r));
    }

    expect(accepted('unchanged')).toBe(true);
    for (const row of matrix.invalid_if_changed) expect([row, accepted(row)]).toEqual([row, false]);
  });
});

interface DerivedRow {
  plain: number[];
  f0: number;
  g0: number;
  h0: number;
  points_h_packed: number[];
  verification: Record<string, { server1: number[]; server2: number[] }>;
}

interface DecryptedShares {
  dimension: number;
  server_1_decrypted_shares: string[];
  server_2_decrypted_shares: string[];
  reference_sum: string;
}

const backends: readonly BackendName[] = ['noble', 'node', 'wasm'];

describe.skipIf(vectorsDir === undefined).each(backends)('ten share pairs, backend %s', (name) => {
  function decoded() {
    const vector = readVector<DecryptedShares>('enpa/fieldpriov2-decrypted.json');
    const prio2 = createPrio2(vector.dimension);
    const { proofLen } = prio2.shape;
    const leader = new Uint32Array(10 * proofLen);
    const helper = new Uint32Array(10 * proofLen);
    const status = new Uint8Array(10);
    const block = (list: string[], size: number) => {
      const bytes = new Uint8Array(Buffer.concat(list.map(fromBase64)));
      expect(bytes).toHaveLength(10 * size);
      return { bytes, offset: 0, stride: size };
    };
    const { leaderShareSize, helperShareSize } = prio2.shape;
    const wire = block(vector.server_1_decrypted_shares, leaderShareSize);
    prio2.decodeShares(10, wire, leader, status, 1);
    const seeds = block(vector.server_2_decrypted_shares, helperShareSize);
    prio2.expandBlock(createBackend(name), 10, seeds, helper, status);
    expect(status).toEqual(new Uint8Array(10));
    return { vector, prio2, leader, helper, status, wire };
  }

  test('proofs and verification messages of both servers at two points', () => {
    const { prio2, leader, helper } = decoded();
    const { dimension, proofLen } = prio2.shape;
    const derived = readVector<{ fieldpriov2_shares: DerivedRow[] }>(
      'enpa/derived_expectations.json',
    ).fieldpriov2_shares;
    expect(derived).toHaveLength(10);
    derived.forEach((row, i) => {
      const proof = proveOne(row.plain, row.f0, row.g0);
      expect(proof).toEqual([...row.plain, row.f0, row.g0, row.h0, ...row.points_h_packed]);
      const own = [...leader.subarray(i * proofLen, (i + 1) * proofLen)];
      const peer = [...helper.subarray(i * proofLen, (i + 1) * proofLen)];
      expect(own.map((x, k) => fieldPrio2.add(x, peer[k]!))).toEqual(proof);
      expect(Object.keys(row.verification)).toHaveLength(2);
      for (const [r, expected] of Object.entries(row.verification)) {
        const first = verifyOne('leader', dimension, own, Number(r));
        const second = verifyOne('helper', dimension, peer, Number(r));
        expect(first).toEqual(expected.server1);
        expect(second).toEqual(expected.server2);
        expect(decideOne(first, second)).toBe(true);
      }
    });
  });

  test('the explicit shares encode to the published bytes, and all add up to the sum', () => {
    const { vector, prio2, leader, helper, status, wire } = decoded();
    const again = { ...wire, bytes: new Uint8Array(wire.bytes.length) };
    prio2.splitBlock(10, leader, new Uint32Array(leader.length), again);
    expect(again.bytes).toEqual(wire.bytes);
    const [a, b] = [leader, helper].map((shares) => {
      const sum = new Uint32Array(vector.dimension);
      prio2.aggregateBlock(10, shares, status, sum);
      return sum;
    }) as [Uint32Array, Uint32Array];
    const published = new DataView(fromBase64(vector.reference_sum).buffer);
    const expected = Array.from({ length: vector.dimension }, (_, k) =>
      published.getUint32(4 * k, true),
    );
    expect([...unshard(a, b)]).toEqual(expected);
  });
});
