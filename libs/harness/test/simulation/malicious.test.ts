/** What stands against a malicious processor or a faulty combiner, and what comes of it without. */

import { combine } from '@priolab/roles';
import type { AggregateShare, Combination } from '@priolab/roles';
import { describe, expect, test } from 'vitest';

import type { FaultId } from '../../src/faults/catalogue.ts';
import type { RunSummary } from '../../src/record/run-record.ts';
import type { Inject } from '../../src/simulation/fault.ts';
import { distinguish } from '../../src/simulation/faults/telling.ts';
import { ciSlice } from '../ci-slice.ts';
import { measuredBy, redOf, runDemonstration } from './fault-run.ts';

const heldAs = ({ cells }: RunSummary): Set<string | undefined> =>
  new Set(cells.flatMap(({ held }) => (held === undefined ? [] : [held.reason])));

type Adjust = (share: AggregateShare) => AggregateShare;

/** A combiner that has forgotten one of its checks. */
const forgetful =
  (leaderAs: (leader: AggregateShare, helper: AggregateShare) => AggregateShare): Inject =>
  ({ hooks }) => {
    hooks.portal.push((portal) => ({
      ...portal,
      combine: ([leader], [helper]): Combination =>
        combine([leaderAs(leader!, helper!)], [helper!]),
    }));
  };

const withoutRange: Inject = ({ hooks }) => {
  hooks.portal.push((portal) => ({
    ...portal,
    combine([leader], [helper]) {
      const huge: Adjust = (share) => ({ ...share, count: 2 ** 32 - 2 ** 20 });
      const { results, held } = combine([huge(leader!)], [huge(helper!)]);
      const { count } = leader!;
      return { results: results.map((result) => ({ ...result, count })), held };
    },
  }));
};

describe('each check of the combiner is needed', () => {
  test.each<[FaultId, string, Inject, string]>(
    ciSlice<[FaultId, string, Inject, string]>(
      [
        ['mal.drop', 'total-out-of-range', withoutRange, 'sum.exact'],
        [
          'mal.substitute',
          'included-differ',
          forgetful((leader, { includedDigest }) => ({
            ...leader,
            includedDigest: includedDigest!,
          })),
          'total-out-of-range',
        ],
        [
          'mal.wrong_list',
          'batches-differ',
          forgetful((leader, { batchIds }) => ({ ...leader, batchIds })),
          'published',
        ],
      ],
      3,
    ),
  )('%s is held as %s, and is not without that check', async (id, reason, forget, instead) => {
    expect(heldAs(await runDemonstration(id))).toContain(reason);
    const run = await runDemonstration(id, { over: forget });
    expect(heldAs(run)).not.toContain(reason);
    if (instead === 'total-out-of-range') expect(heldAs(run)).toContain(instead);
    else if (instead === 'published') expect(heldAs(run).size).toBe(0);
    else {
      const asked = await runDemonstration(id, {
        over: forget,
        scenario: { expect: [instead as 'sum.exact'] },
      });
      expect(redOf(asked)).toContain(instead);
    }
    // What should have been held was published: the oracles of the fault itself say so.
    if (instead !== 'total-out-of-range') expect(redOf(run)).not.toEqual([]);
  });
});

describe('known limits are measured', () => {
  test('a large change of a sum is noticed by the range check, always', async () => {
    const run = await runDemonstration('mal.tamper_sum', {
      scenario: {
        nemesis: [{ id: 'mal.tamper_sum', p: 0.6, fires: 2, params: { delta: 100_000 } }],
        expect: ['sum.exact'],
      },
    });
    const measured = measuredBy(run, 'mal.tamper_sum');
    expect(measured['noticed by the range check']).toBe(measured['windows changed']);
    expect(heldAs(run)).toEqual(new Set(['total-out-of-range']));
  });

  test('a small one is noticed as often as the one canary is among those changed', async () => {
    const run = await runDemonstration('mal.tamper_sum', {
      scenario: {
        nemesis: [{ id: 'mal.tamper_sum', params: { bin: 3 } }],
        system: { metrics: ['PeriodicExposureNotification-v1'], epsilon: 4, windowHours: 8 },
        expect: ['conserve'],
      },
    });
    const changed = measuredBy(run, 'mal.tamper_sum')['windows changed']!;
    expect(measuredBy(run, 'mal.tamper_sum')['noticed by one canary of a window']).toBe(1);
    expect(changed).toBe(run.cells.length);
  });

  test('an audit with the key finds each lie, and blames no honest word', async () => {
    for (const id of ['mal.drop_both', 'mal.selective_failure', 'mal.rushing'] as const) {
      const measured = measuredBy(await runDemonstration(id), id);
      expect(measured['lies']).toBeGreaterThan(1);
      expect(measured['lies that an audit finds']).toBe(measured['lies']);
      expect(measured['honest words that it blames']).toBe(0);
    }
  });

  test('devices that a processor knows do not hide the others', async () => {
    const measured = measuredBy(
      await runDemonstration('mal.collude_clients'),
      'mal.collude_clients',
    );
    // 120 reports, a fifth known: within four standard deviations.
    expect(Math.abs(measured['known']! - 24)).toBeLessThan(4 * Math.sqrt(120 * 0.2 * 0.8));
  });
});

describe('one view does not tell', () => {
  test('honest shares and messages: nothing seen, with data behind it', async () => {
    const measured = measuredBy(await runDemonstration('mal.curious'), 'mal.curious');
    expect(measured['comparisons']).toBeGreaterThan(10);
    expect(measured['largest z']).toBeLessThan(measured['limit of z']!);
  });

  test('devices that split alike are seen through, and the run fails', async () => {
    const run = await runDemonstration('mal.curious', {
      over: ({ hooks }) =>
        void hooks.phones.devices.push((line) => ({
          ...line,
          device: {
            ...line.device,
            split(block, randomness) {
              line.device.split(block, randomness);
              // No masking at all: the leader holds the proof vectors themselves.
              const { bytes, offset, stride } = block.leaderShares;
              const words = new DataView(bytes.buffer, bytes.byteOffset);
              block.proofs.forEach((element, k) => {
                const { proofLen } = block.task.shape;
                const at = offset + Math.floor(k / proofLen) * stride + 4 * (k % proofLen);
                words.setUint32(at, element, true);
              });
            },
          },
        })),
    });
    expect(measuredBy(run, 'mal.curious')['largest z']).toBeGreaterThan(6);
    expect(redOf(run)).toContain('mal.curious');
  });

  test('a feature that is the bit itself, one that is not, and too few to say', () => {
    const bits = Array.from({ length: 60 }, (_, i) => i % 2);
    const copies = distinguish(
      bits.map((bit) => [bit * 7 + (bit % 3)]),
      bits,
    );
    expect(copies.z).toBeGreaterThan(7);
    const blind = distinguish(
      bits.map((_, i) => [Math.floor(i / 2) % 5]),
      bits,
    );
    expect(blind.z).toBeLessThan(1e-9);
    expect(distinguish([[1], [2]], [0, 1]).z).toBeUndefined();
  });
});

describe('what the combiner and its dashboard get wrong', () => {
  test.each(ciSlice(['count', 'rounding', 'clamp', 'epsilon'], 3))(
    'a wrong %s is seen',
    async (how) => {
      const run = await runDemonstration('comb.debias', {
        scenario: {
          nemesis: [{ id: 'comb.debias', params: { how } }],
          system: { metrics: ['PeriodicExposureNotification-v1'], epsilon: 2 },
          expect: ['unbiased'],
        },
      });
      expect(redOf(run)).toContain('unbiased');
    },
  );

  test('a total that is too small to be shown', async () => {
    const run = await runDemonstration('comb.dashboard', {
      scenario: {
        nemesis: [{ id: 'comb.dashboard', params: { how: 'unsuppressed' } }],
        services: { minBatch: 35, ingestion: { batchEvery: '4h' } },
        expect: ['minbatch.on_accepted', 'sum.exact'],
      },
    });
    expect(redOf(run)).toEqual(['minbatch.on_accepted']);
  });

  test('a total that has wrapped around is published where nobody looks at the count', async () => {
    const inject = forgetful((leader) => leader);
    const whole = await runDemonstration('comb.overflow', {
      over: inject,
    });
    expect(heldAs(whole)).toEqual(new Set(['total-out-of-range']));
    const run = await runDemonstration('comb.overflow', {
      over: ({ hooks }) =>
        void hooks.portal.push((portal) => ({
          ...portal,
          combine: ([leader], [helper]) => {
            const low: Adjust = (share) => ({
              ...share,
              count: Math.min(share.count, 2 ** 32 - 2 ** 20),
            });
            return combine([low(leader!)], [low(helper!)]);
          },
        })),
    });
    expect(redOf(run)).toContain('sum.exact');
  });
});
