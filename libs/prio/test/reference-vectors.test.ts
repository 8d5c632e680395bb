/**
 * Published proofs, shares and sums through the reference and the block code alike.
 */

import { createBackend, fromHex } from '@priolab/crypto';
import type { BackendName } from '@priolab/crypto';
import { referenceField } from '@priolab/field';
import { readVector, vectorsDir } from '@priolab/vectors';
import { describe, expect, test } from 'vitest';

import { createPrio2, referencePrio2, unshard } from '../src/index.ts';
import { decideOne, proveOne, verifyOne } from './one-report.ts';

const backends: readonly BackendName[] = ['noble', 'node'];
const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

describe.skipIf(vectorsDir === undefined)('published vectors', () => {
  test('proof.json: rebuilt element by element, accepted at 12313', () => {
    const vector = readVector<{ dimension: number; proof: number[]; eval_at: number }>(
      'enpa/proof.json',
    );
    const { dimension, proof } = vector;
    const data = proof.slice(0, dimension);
    const [f0, g0] = [proof[dimension]!, proof[dimension + 1]!];
    expect(proveOne(data, f0, g0)).toEqual(proof);
    const rebuilt = referencePrio2.prove(data.map(BigInt), BigInt(f0), BigInt(g0));
    expect(rebuilt.map(Number)).toEqual(proof);
    const zero = proof.map(() => 0);
    const leader = verifyOne('leader', dimension, proof, vector.eval_at);
    const helper = verifyOne('helper', dimension, zero, vector.eval_at);
    expect(decideOne(leader, helper)).toBe(true);
  });

  interface Derived {
    plain: number[];
    f0: number;
    g0: number;
    h0: number;
    points_h_packed: number[];
    verification: Record<string, { server1: number[]; server2: number[] }>;
  }

  describe.each(backends)('ten share pairs, backend %s', (name) => {
    const backend = createBackend(name);
    const dimension = 10;
    const prio2 = createPrio2(dimension);
    const { proofLen } = prio2.shape;

    function shares(): { leader: Uint32Array; helper: Uint32Array } {
      const vector = readVector<{
        server_1_decrypted_shares: string[];
        server_2_decrypted_shares: string[];
      }>('enpa/fieldpriov2-decrypted.json');
      const leader = new Uint32Array(10 * proofLen);
      const helper = new Uint32Array(10 * proofLen);
      const status = new Uint8Array(10);
      const flat = (list: string[]) => new Uint8Array(Buffer.concat(list.map(fromBase64)));
      const packed = (bytes: Uint8Array) => ({ bytes, offset: 0, stride: bytes.length / 10 });
      prio2.decodeShares(10, packed(flat(vector.server_1_decrypted_shares)), leader, status, 1);
      const seeds = packed(flat(vector.server_2_decrypted_shares));
      prio2.expandBlock(backend, 10, seeds, helper, status);
      expect([...status]).toEqual(Array.from({ length: 10 }, () => 0));
      return { leader, helper };
    }

    test('verification messages, proofs and the published sum', () => {
      const { leader, helper } = shares();
      const derived = readVector<{ fieldpriov2_shares: Derived[] }>(
        'enpa/derived_expectations.json',
      ).fieldpriov2_shares;
      expect(derived).toHaveLength(10);
      derived.forEach((row, i) => {
        const proof = proveOne(row.plain, row.f0, row.g0);
        expect(proof).toEqual([...row.plain, row.f0, row.g0, row.h0, ...row.points_h_packed]);
        const at = i * proofLen;
        const pair = [leader, helper].map((all) => [...all.subarray(at, at + proofLen)]);
        const sum = pair[0]!.map((x, k) => referenceField.add(BigInt(x), BigInt(pair[1]![k]!)));
        expect(sum.map(Number)).toEqual(proof);
        for (const [r, expected] of Object.entries(row.verification)) {
          const first = verifyOne('leader', dimension, pair[0]!, Number(r));
          const second = verifyOne('helper', dimension, pair[1]!, Number(r));
          expect(first).toEqual(expected.server1);
          expect(second).toEqual(expected.server2);
          expect(decideOne(first, second)).toBe(true);
        }
      });

      const vector = readVector<{ reference_sum: string }>('enpa/fieldpriov2-decrypted.json');
      const status = new Uint8Array(10);
      const sums = [leader, helper].map((all) => {
        const total = new Uint32Array(dimension);
        prio2.aggregateBlock(10, all, status, total);
        return total;
      });
      const published = new Uint32Array(fromBase64(vector.reference_sum).buffer);
      expect([...unshard(sums[0]!, sums[1]!)]).toEqual([...published]);
    });

    test('prng.json: dimension 7, element by element', () => {
      const vector = readVector<{
        expand_to_share_dim7: {
          seed_hex: string;
          data: number[];
          f0: number;
          g0: number;
          h0: number;
          points_h_packed: number[];
        };
      }>('enpa/prng.json').expand_to_share_dim7;
      const out = new Uint32Array(18);
      const seeds = { bytes: fromHex(vector.seed_hex), offset: 0, stride: 32 };
      createPrio2(7).expandBlock(backend, 1, seeds, out, new Uint8Array(1));
      const { data, f0, g0, h0, points_h_packed: packed } = vector;
      expect([...out]).toEqual([...data, f0, g0, h0, ...packed]);
    });
  });
});
