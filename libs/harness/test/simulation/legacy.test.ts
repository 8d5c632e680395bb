/**
 * What the servers of 2021 did: switched on, the oracle that the catalogue names turns red, and
 * what follows from it; off, none is red. Each is run on a deployment in which there is something
 * to see.
 */

import { FIELD_MODULUS } from '@priolab/prio';
import { describe, expect, test } from 'vitest';

import { legacySwitches } from '../../src/legacy/catalogue.ts';
import type { LegacyId } from '../../src/legacy/catalogue.ts';
import type { ScenarioInput } from '../../src/scenario/scenario.ts';
import type { Inject } from '../../src/simulation/fault.ts';
import { demonstrationOf } from '../../src/simulation/faults/demonstrations.ts';
import { redOf, runFaulty } from './fault-run.ts';

/** The digests that r is taken from begin with a root of unity: -1, of order 2. */
const steerToRoots: Inject = ({ hooks }) => {
  hooks.ingestorBackend.push((inner) => ({
    ...inner,
    sha256(count, messages, offsets, sizes, digests) {
      inner.sha256(count, messages, offsets, sizes, digests);
      // A secret, the digest of an upload and a counter: what r is drawn from.
      if (sizes[0] !== 68) return;
      const view = new DataView(digests.bytes.buffer, digests.bytes.byteOffset);
      for (let i = 0; i < count; i++) {
        view.setUint32(digests.offset + i * digests.stride, FIELD_MODULUS - 1, true);
      }
    },
  }));
};

interface Case {
  readonly id: LegacyId;
  readonly nemesis: NonNullable<ScenarioInput['nemesis']>;
  readonly inject?: Inject;
  /** Red because of it, beside the oracle that the catalogue names. */
  readonly also: readonly string[];
}

/** One that does nothing to anybody, so that there is a fault to put a hook beside. */
const quiet = { id: 'proc.order' as const, p: 0.5 };

const cases: readonly Case[] = [
  { id: 'root-check-by-identity', nemesis: [quiet], inject: steerToRoots, also: [] },
  {
    id: 'count-invalid-proofs',
    nemesis: [quiet, { id: 'cli.out_of_range', p: 0.05, fires: 2 }],
    also: [],
  },
  {
    // Reports are dropped with another's, and the other processor misses their batch.
    id: 'poison-drops-batch',
    nemesis: [quiet, { id: 'cli.undecryptable', p: 0.03 }],
    also: ['cli.undecryptable', 'reason'],
  },
  {
    // A window that is held is not published, and nothing in it is counted.
    id: 'peer-intersection',
    nemesis: [quiet, { id: 'proc.peer_missing', at: 'processor/helper', p: 0.2 }],
    also: ['blast', 'live', 'reason'],
  },
  {
    id: 'per-batch-dedup',
    nemesis: [quiet, { id: 'ing.dup_cross_batch', p: 0.2 }],
    also: ['count.exact', 'sum.exact'],
  },
  {
    id: 'unequal-empty-batches',
    nemesis: [quiet, { id: 'ing.empty_batch', p: 0.5, params: { side: 'helper' } }],
    also: ['blast', 'live', 'reason'],
  },
];

describe.each(cases)('$id', ({ id, nemesis, inject = () => {}, also }) => {
  const run = (legacy: readonly LegacyId[]) => {
    const input = demonstrationOf('proc.order')!;
    const services = { ...input.services, legacy: [...legacy] };
    return runFaulty({ ...input, nemesis, services }, { id: quiet.id, over: inject });
  };

  test('off: nothing is red', async () => {
    expect(redOf(await run([]))).toEqual([]);
  });

  test('on: the oracle that is named is red, with what follows', async () => {
    const { reddens } = legacySwitches[id];
    expect(redOf(await run([id])).sort()).toEqual([reddens, ...also].sort());
  });
});
