/**
 * The ten published share pairs, proved, split and sealed by libprio-rs 0.5.0, through our
 * processors and combiner with the published private keys, to the published sum.
 */

import { createBackend, decodeKeyPair } from '@priolab/crypto';
import type { BackendName } from '@priolab/crypto';
import { createPrio2 } from '@priolab/prio';
import { readVector, vectorsDir } from '@priolab/vectors';
import { beforeAll, describe, expect, test } from 'vitest';

import { DAY_MS, combine, createProcessor, createTask, customMetric } from '../../src/index.ts';
import { exchange, flipped, shareBatch } from '../fixture.ts';

interface Published {
  readonly server_1_private_key: string;
  readonly server_2_private_key: string;
  readonly dimension: number;
  readonly server_1_shares: readonly string[];
  readonly server_2_shares: readonly string[];
  readonly reference_sum: string;
}

interface Derived {
  readonly plain: readonly number[];
  readonly verification: Readonly<Record<string, { server1: number[]; server2: number[] }>>;
}

const SUM = [6, 7, 4, 5, 9, 6, 2, 6, 4, 5];
const NONE = Array.from({ length: 10 }, () => 'none');
const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

/** Both processors of one backend, and a way to run the ten reports through them. */
function createParties(name: BackendName) {
  const backend = createBackend(name);
  const vector = readVector<Published>('enpa/fieldpriov2-encrypted.json');
  const derived = readVector<{ fieldpriov2_shares: Derived[] }>('enpa/derived_expectations.json');
  const metric = customMetric({ id: 'published', bins: vector.dimension, layout: 'k-hot' });
  const parameters = { state: 'us-ca', epsilon: 8, windowMs: DAY_MS } as const;
  const task = createTask({ metric, vendor: 'google', ...parameters });
  const processor = (role: 'leader' | 'helper', key: string) =>
    createProcessor({
      role,
      backend,
      privateKey: backend.privateKey(decodeKeyPair(key).scalar),
      prio2: createPrio2(vector.dimension),
      capacity: 10,
    });
  const processors = {
    leader: processor('leader', vector.server_1_private_key),
    helper: processor('helper', vector.server_2_private_key),
  };

  function run(
    r: number | readonly number[],
    change?: { role: 'leader' | 'helper'; slot: number },
  ) {
    const sealed = {
      leader: vector.server_1_shares.map(fromBase64),
      helper: vector.server_2_shares.map(fromBase64),
    };
    if (change !== undefined) {
      const { role, slot } = change;
      sealed[role][slot] = flipped(sealed[role][slot]!, 80);
    }
    const { messages, verdicts } = exchange(processors, {
      leader: shareBatch({ task, sealed: sealed.leader, r }),
      helper: shareBatch({ task, sealed: sealed.helper, r }),
    });
    const { leader, helper } = processors;
    const combined = combine(leader.takeAggregateShares(), helper.takeAggregateShares());
    return { messages, verdicts, ...combined };
  }

  return { vector, derived, task, processor, run };
}

describe.skipIf(vectorsDir === undefined)('published share pairs', () => {
  describe.each<BackendName>(['wasm', 'node', 'noble'])('backend %s', (name) => {
    let parties: ReturnType<typeof createParties>;
    beforeAll(() => {
      parties = createParties(name);
    });

    test('the sum in the file is the one meant here', () => {
      expect([...new Uint32Array(fromBase64(parties.vector.reference_sum).slice().buffer)]).toEqual(
        SUM,
      );
    });

    test.each([998314904, 12313, 0, 2, 4293918719, [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]])(
      'r = %j: all accepted, the published sum',
      (r) => {
        const { messages, verdicts, results, held } = parties.run(r);
        expect(verdicts).toEqual({ leader: NONE, helper: NONE });
        expect(held).toEqual([]);
        expect([...results[0]!.totals]).toEqual(SUM);
        expect(results[0]).toMatchObject({ count: 10, rejectedCount: 0 });
        const expected = parties.derived.fieldpriov2_shares.map(
          ({ verification }) => verification[String(r)],
        );
        if (expected[0] === undefined) return;
        expect([...messages.leader.values]).toEqual(expected.flatMap((row) => row!.server1));
        expect([...messages.helper.values]).toEqual(expected.flatMap((row) => row!.server2));
      },
    );

    test.each([
      ['leader', 'helper', 0],
      ['helper', 'leader', 7],
    ] as const)('tampered for the %s: that report alone is refused', (role, peer, slot) => {
      const { verdicts, results } = parties.run(998314904, { role, slot });
      const only = (reason: string) => NONE.map((none, i) => (i === slot ? reason : none));
      expect(verdicts[role]).toEqual(only('decrypt-failed'));
      expect(verdicts[peer]).toEqual(only('peer-refused'));
      const { plain } = parties.derived.fieldpriov2_shares[slot]!;
      expect([...results[0]!.totals]).toEqual(SUM.map((total, bin) => total - plain[bin]!));
      expect(results[0]).toMatchObject({ count: 9, rejectedCount: 1 });
    });

    test('the wrong key opens nothing', () => {
      const { vector, task, processor } = parties;
      const sealed = vector.server_1_shares.map(fromBase64);
      const stranger = processor('leader', vector.server_2_private_key);
      const { status } = stranger.verifyInit(shareBatch({ task, sealed, r: 998314904 }));
      expect(new Set(status)).toEqual(new Set([10]));
    });
  });
});
