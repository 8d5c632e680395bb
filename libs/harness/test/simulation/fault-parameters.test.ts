/**
 * What faults of devices, clients and the network do with other parameters than by default. CI runs
 * every fifth case of the first table; `npm test` all.
 */

import { describe, expect, test } from 'vitest';

import type { FaultId } from '../../src/faults/catalogue.ts';
import { ciSlice } from '../ci-slice.ts';
import { failedIn, faultIn, runDemonstration } from './fault-run.ts';
import type { Changes } from './fault-run.ts';

type Case = readonly [FaultId, NonNullable<Changes['params']>, readonly string[]];

/** Every report that is struck ends as one of these. */
const cases: readonly Case[] = [
  ['dev.old_params', { what: 'bins' }, ['wrong-share-size']],
  ['dev.old_params', { what: 'version' }, ['unknown-version']],
  ['dev.stale_key', { key: 'previous' }, ['accepted']],
  ['dev.stale_key', { key: 'unknown' }, ['decrypt-failed']],
  ['dev.clock_skew', { direction: 'behind', offset: '25h' }, ['stale']],
  ['dev.clock_skew', { direction: 'ahead', offset: '30m' }, ['accepted', 'bad-certificate']],
  ['dev.crash_mid_upload', { step: 'before-ack' }, ['accepted']],
  ['dev.crash_mid_upload', { step: 'before-send' }, ['accepted']],
  ['dev.offline', { duration: '1h' }, ['accepted']],
  ['dev.retry_same', { times: 3 }, ['accepted']],
  ['dev.retry_fresh', { times: 3 }, ['accepted']],
  ['cli.dup_uuid', { whose: 'own' }, ['accepted']],
  ['cli.replay', { to: 'later-window' }, ['accepted']],
  ['cli.replay', { to: 'other-state' }, ['accepted']],
  ['cli.tag', { by: 'extension' }, ['oversized']],
  ['cli.tag', { by: 'version' }, ['unknown-version']],
  ['net.corrupt', { bytes: 1000 }, ['wrong-task', 'unknown-version']],
  ['net.truncate', { keep: 0.2 }, ['truncated']],
];

const slice = ciSlice(cases, 5);

describe('parameters', () => {
  test.each(slice)('%s %o', async (id, params, fates) => {
    const summary = await runDemonstration(id, { params });
    expect(failedIn(summary)).toEqual([]);
    const { fired, fates: found } = faultIn(summary);
    expect(fired).toBeGreaterThan(0);
    expect(fates).toEqual(expect.arrayContaining(Object.keys(found)));
  });

  test.each(
    ciSlice(
      [
        { how: 'low-entropy', entropyBits: 1 },
        { how: 'zero-blind' },
        { how: 'zero-blind', steer: 'minus-one' },
        { how: 'zero-blind', steer: 'root-of-unity' },
      ],
      2,
    ),
  )('dev.bad_rng %o is seen, and the reports are good', async (params) => {
    const summary = await runDemonstration('dev.bad_rng', { params });
    expect(failedIn(summary)).toEqual([]);
  });

  test('copies are refused, each one', async () => {
    const own = await runDemonstration('cli.dup_uuid', { params: { whose: 'own' } });
    expect(faultIn(own).measured['copies refused']).toBe(faultIn(own).fired);
    for (const to of ['same-window', 'later-window', 'other-state']) {
      const { measured } = faultIn(await runDemonstration('cli.replay', { params: { to } }));
      expect(measured['copies refused']).toBe(measured['copies sent']);
    }
    const fresh = faultIn(await runDemonstration('dev.retry_fresh', { params: { times: 3 } }));
    expect(fresh.measured['fresh reports refused']).toBe(3 * fresh.fired);
  });
});

describe('limits', () => {
  test('a vote counts once, for its bin, and no more', async () => {
    const { measured, fired } = faultIn(
      await runDemonstration('cli.poison_valid', { params: { bin: 2 } }),
    );
    expect(measured).toMatchObject({ 'votes counted': fired, 'added to the bin': fired });
    expect(measured['added elsewhere']).toBe(0);
  });

  test('a victim among strangers who are one attacker is alone: minbatch says so', async () => {
    const services = { ingestion: { batchEvery: '4h' }, minBatch: 10 };
    const summary = await runDemonstration('cli.sybil', {
      params: { goal: 'isolate' },
      nemesis: { p: 1 },
      scenario: {
        services,
        expect: ['sum.exact', { id: 'detected', of: 'cli.sybil', by: 'minbatch.on_accepted' }],
      },
    });
    expect(failedIn(summary)).toEqual([]);
    expect(faultIn(summary).measured['honest reports in the smallest set']).toBe(1);
  });

  test('an id of the phone’s own choice reaches the processors', async () => {
    const { measured, fired } = faultIn(
      await runDemonstration('cli.tag', { params: { by: 'id' } }),
    );
    expect(measured['marks that processors see']).toBe(fired);
  });

  test('phones that are away because of what they saw shift the totals', async () => {
    const shiftOf = async (correlate: string): Promise<number> => {
      const params = { duration: '26h', correlate };
      const nemesis = { p: correlate === 'value' ? 1 : 0.3, fires: 1 };
      const system = { metrics: [{ id: 'four-v1', bins: 4 }], epsilon: 4 };
      const scenario = { system };
      const summary = await runDemonstration('dev.offline', { params, nemesis, scenario });
      expect(failedIn(summary)).toEqual([]);
      return faultIn(summary).measured['largest shift of a bin’s share']!;
    };
    expect(await shiftOf('value')).toBeGreaterThan(2 * (await shiftOf('nothing')));
  });

  test('noise that is off is off by as much as the formula says', async () => {
    const off = faultIn(await runDemonstration('dev.rr_off'));
    expect(off.measured['flip rate of these phones']).toBe(0);
    const { measured, fired } = faultIn(await runDemonstration('dev.rr_wrong'));
    const expected = measured['flip rate of their epsilon']!;
    const deviation = Math.sqrt((expected * (1 - expected)) / (4 * fired));
    const error = measured['flip rate of these phones']! - expected;
    expect(Math.abs(error)).toBeLessThan(5 * deviation);
  });
});

describe('decided at midnight, for the moment of each report', () => {
  test.each(
    ciSlice(['clk.boundary', 'ing.no_attest', 'ing.rpit_known', 'mal.collude_clients'] as const, 2),
  )('%s strikes the reports of its time', async (id) => {
    const firedIn = async (nemesis: object): Promise<number> =>
      faultIn(await runDemonstration(id, { nemesis: { p: 1, fires: 1, ...nemesis } })).fired;
    const some = await firedIn({ from: '9h', until: '15h' });
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(await firedIn({}));
  });
});

describe('deeds of devices', () => {
  test('keep to their time and dose', async () => {
    const summary = await runDemonstration('cli.forge', {
      nemesis: { p: 1, from: '6h', until: '20h', dose: 7, fires: 7 },
    });
    expect(failedIn(summary)).toEqual([]);
    expect(faultIn(summary).fired).toBe(7);
    const none = await runDemonstration('cli.forge', {
      nemesis: { p: 1, from: '23h', until: '23h30s', fires: 1 },
      withoutOracles: ['noforge', 'blast'],
    });
    expect(failedIn(none)).toEqual(['cli.forge']);
  });

  test('two instances are counted each for itself', async () => {
    const one = { id: 'cli.forge', p: 0.2 } as const;
    const summary = await runDemonstration('cli.forge', {
      scenario: {
        nemesis: [
          { ...one, until: '12h' },
          { ...one, from: '12h' },
        ],
      },
    });
    expect(failedIn(summary)).toEqual([]);
    const [morning, evening] = summary.simulation!.faults;
    expect(morning!.fired).toBeGreaterThan(0);
    expect(evening!.fired).toBeGreaterThan(0);
  });
});

test('the same scenario twice is the same run', async () => {
  for (const id of ['dev.retry_fresh', 'cli.flood', 'net.slowloris'] as const) {
    const summary = await runDemonstration(id, { scenario: { expect: ['det'] } });
    expect(failedIn(summary)).toEqual([]);
  }
});
