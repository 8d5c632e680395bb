/** From sum parts to results: the pairing rule, patience, and that a window is published once. */

import { describe, expect, test } from 'vitest';

import { engines } from '../databases.ts';
import { HOUR, PATIENCE_MS, START, createBench, uuid } from '../portal.ts';
import type { Bench, Change, Window } from '../portal.ts';

async function resultsOf({ portal, keyFor, get }: Bench, ...localities: string[]) {
  await portal.scan();
  const { json } = await get('/api/priolab/v1/results', await keyFor(...localities));
  return json['results'] as Record<string, unknown>[];
}

describe.each(engines)('on $name', ({ newUrl, isMissing }) => {
  const url = (): { url: string } => ({ url: newUrl() });

  test.skipIf(isMissing)(
    'both sides’ parts become one result, and a scan again adds nothing',
    async () => {
      const bench = await createBench(url());
      await bench.sum({ totals: [90, 10], clients: 100 });
      expect((await bench.portal.scan()).stored.published).toBe(1);
      const [first] = await resultsOf(bench, 'us-wa');
      expect(first).toMatchObject({ status: 'published', sum: [90, 10], suppressed_bins: [] });
      expect(first).not.toHaveProperty('reason');
      expect((await bench.portal.scan()).stored).toMatchObject({ published: 0, same: 1 });
      expect(await resultsOf(bench, 'us-wa')).toEqual([first]);
    },
  );

  test.skipIf(isMissing)('published once: a later pair is a conflict, noted once', async () => {
    const bench = await createBench(url());
    await bench.sum({ totals: [90, 10], clients: 100 });
    const before = await resultsOf(bench, 'us-wa');
    await bench.sum({ totals: [91, 10], clients: 101 });
    expect((await bench.portal.scan()).stored.conflict).toBe(1);
    expect((await bench.portal.scan()).stored.conflict).toBe(0);
    expect(await resultsOf(bench, 'us-wa')).toEqual(before);
    const conflicts = (await bench.portal.audit.read(100)).filter(
      ({ action }) => action === 'conflict',
    );
    expect(conflicts).toMatchObject([{ what: { changed: ['leader', 'helper'] } }]);
    expect(bench.logged.filter(({ event }) => event === 'window-conflict')).toHaveLength(1);
  });

  test.skipIf(isMissing)('a suppressed window stays so, whatever comes later', async () => {
    const policy = { clientsMin: 50, suppressBelow: 0, patienceMs: PATIENCE_MS };
    const bench = await createBench({ ...url(), policy });
    await bench.sum({ totals: [9, 10], clients: 49 });
    await bench.sum({ aggregation: 'enough', totals: [9, 10], clients: 50 });
    const before = await resultsOf(bench, 'us-wa');
    expect(before).toMatchObject([
      { status: 'suppressed', reason: 'too-few-clients' },
      { status: 'published', aggregation_id: 'enough', total_individual_clients: 50 },
    ]);
    await bench.sum({ totals: [9, 11], clients: 50 });
    expect((await bench.portal.scan()).stored.conflict).toBe(1);
    expect(await resultsOf(bench, 'us-wa')).toEqual(before);
  });

  test.skipIf(isMissing)('what was held is published when it fits', async () => {
    const bench = await createBench(url());
    await bench.sum({}, { helper: { totalIndividualClients: 7 } });
    expect(await resultsOf(bench, 'us-wa')).toMatchObject([
      { status: 'held', reason: 'counts-differ', sum: null, total_individual_clients: null },
    ]);
    await bench.sum({}, { only: 'helper' });
    expect(await resultsOf(bench, 'us-wa')).toMatchObject([{ status: 'published' }]);
    const settled = (await bench.portal.audit.read(100))
      .filter(({ action }) => action === 'settle')
      .map(({ outcome }) => outcome);
    expect(settled).toEqual(['published', 'held']);
  });

  test.skipIf(isMissing)(
    'after a start with the same state, nothing is published again',
    async () => {
      const one = newUrl();
      const first = await createBench({ url: one });
      await first.sum({ totals: [90, 10], clients: 100 });
      const before = await resultsOf(first, 'us-wa');
      await first.portal.close();
      const second = await createBench({ url: one });
      await second.sum({ totals: [95, 10], clients: 105 });
      expect((await second.portal.scan()).stored).toMatchObject({ published: 0, conflict: 1 });
      expect(await resultsOf(second, 'us-wa')).toEqual(before);
    },
  );
});

describe('the pairing rule', () => {
  const cases: [reason: string, window: Window, change: Change][] = [
    ['counts-differ', {}, { helper: { totalIndividualClients: 64_533 } }],
    ['batches-differ', {}, { helper: { batchUuids: [uuid(1)] } }],
    ['batch-repeated', { batches: [uuid(1), uuid(1)] }, {}],
    ['parameters-differ', {}, { helper: { epsilon: 4 } }],
    ['parameters-differ', {}, { leader: { bins: 4, sum: [1, 2, 3, 4] } }],
    ['total-out-of-range', { totals: [5, 200], clients: 100 }, {}],
    // Unmatched shares (ENPA 9.2 no. 2): uniform, far above the count.
    ['total-out-of-range', {}, { helper: { sum: [1, 2, 3, 4, 5] } }],
  ];
  test.each(cases)('%s: held by name, with no number for the authority', async (...one) => {
    const [reason, window, change] = one;
    const bench = await createBench();
    await bench.sum(window, change);
    const [result] = await resultsOf(bench, 'us-wa');
    expect(result).toMatchObject({ status: 'held', reason, sum: null, estimates: null });
    expect(result!['detail']).toMatch(/^[a-z ,]+$/);
    const [forOperators] = await bench.portal.listResults(10);
    expect(forOperators!.detail).not.toBe('');
  });

  test('parts of other localities and vendors under one window are not mixed', async () => {
    const bench = await createBench();
    await bench.sum({ instance: 'us-wa-apple', totals: [1, 2], clients: 10 });
    await bench.sum({ instance: 'us-wa-g-enpa', totals: [3, 4], clients: 20 });
    await bench.sum({ instance: 'us-or-apple', totals: [5, 6], clients: 30 });
    await bench.sum({ instance: 'mn-google', totals: [7, 8], clients: 40 });
    const list = await resultsOf(bench, 'us-wa', 'us-or', 'mn');
    const sums = Object.fromEntries(list.map((one) => [one['id'] as string, one['sum']]));
    expect(Object.values(sums)).toHaveLength(4);
    expect(list.map((one) => [one['data_provider'], one['state_code'], one['sum']])).toEqual(
      expect.arrayContaining([
        ['apple', 'wa', [1, 2]],
        ['google', 'wa', [3, 4]],
        ['apple', 'or', [5, 6]],
        ['google', '', [7, 8]],
      ]),
    );
  });

  test('an instance of no known ingestor is nobody’s, and said once', async () => {
    const bench = await createBench();
    await bench.sum({ instance: 'us-wa-nokia' });
    await bench.portal.scan();
    await bench.portal.scan();
    expect(await bench.portal.listResults(10)).toEqual([]);
    expect(bench.logged.map(({ event }) => event)).toEqual(['unknown-instance']);
  });
});

describe('patience', () => {
  test.each(['leader', 'helper'] as const)('a window with the %s’s part only', async (only) => {
    const bench = await createBench();
    await bench.sum({}, { only });
    expect(await bench.portal.scan()).toMatchObject({ waiting: 1 });
    expect(await resultsOf(bench, 'us-wa')).toEqual([]);
    bench.clock.advanceTo(START + 8 * HOUR + PATIENCE_MS);
    const missing = only === 'leader' ? 'helper' : 'leader';
    const reason = `no-${missing}-share`;
    expect(await resultsOf(bench, 'us-wa')).toMatchObject([{ status: 'held', reason }]);
    await bench.sum({}, { only: missing });
    expect(await resultsOf(bench, 'us-wa')).toMatchObject([{ status: 'published' }]);
  });

  test('a part that a stranger signed is not read, and the window held', async () => {
    const bench = await createBench();
    await bench.sum({}, { signer: 'stranger' });
    expect(await bench.portal.scan()).toMatchObject({ waiting: 1, unreadable: 1 });
    bench.clock.advanceTo(START + 8 * HOUR + PATIENCE_MS);
    await bench.portal.scan();
    const [held] = await bench.portal.listResults(10);
    expect(held).toMatchObject({ status: 'held', reason: 'no-helper-share' });
    expect(held!.detail).toContain('signature');
  });

  test('a sum long after its window waits for its peer from then on', async () => {
    const bench = await createBench();
    bench.clock.advanceTo(START + 10 * PATIENCE_MS);
    await bench.sum({}, { only: 'leader' });
    expect(await bench.portal.scan()).toMatchObject({ waiting: 1 });
    bench.clock.advanceTo(START + 11 * PATIENCE_MS);
    expect(await bench.portal.scan()).toMatchObject({ waiting: 0 });
  });
});

test('a window that overlaps a published one is held: they differ in few people', async () => {
  const bench = await createBench();
  await bench.sum({ totals: [90, 10], clients: 100 });
  await bench.portal.scan();
  await bench.sum({ end: START + 9 * HOUR, totals: [91, 10], clients: 101 });
  await bench.sum({ start: START + 8 * HOUR, totals: [50, 1], clients: 51 });
  await bench.sum({ aggregation: 'other', totals: [1, 1], clients: 51 });
  expect(await resultsOf(bench, 'us-wa')).toMatchObject([
    { status: 'published', aggregation_id: 'com.apple.EN.UserNotification' },
    { status: 'held', reason: 'window-overlaps' },
    { status: 'published', aggregation_id: 'other' },
    { status: 'published' },
  ]);
});

test('settled windows are read again only from time to time', async () => {
  const bench = await createBench({ recheckMs: HOUR });
  await bench.sum({});
  expect((await bench.portal.scan()).looked).toBe(1);
  expect((await bench.portal.scan()).looked).toBe(0);
  bench.clock.advanceTo(bench.clock.nowMs() + HOUR);
  expect((await bench.portal.scan()).looked).toBe(1);
});

test('cells of a simulation that is over are results, under the same policy', async () => {
  const policy = { clientsMin: 50, suppressBelow: 10, patienceMs: PATIENCE_MS };
  const bench = await createBench({ policy });
  const cell = {
    locality: 'us-wa',
    vendor: 'google',
    startMs: START,
    endMs: START + 24 * HOUR,
    aggregation: 'PeriodicExposureNotification-v1',
    epsilon: 12,
  } as const;
  const { portal } = bench;
  const cells = [
    { ...cell, clients: 1000, totals: [700, 200, 3, 1, 96] },
    { ...cell, locality: 'us-or', clients: 40, totals: [40, 0, 0, 0, 0] },
    { ...cell, vendor: 'apple', clients: 0, held: { reason: 'counts-differ', detail: '7, 8' } },
  ] as const;
  expect(await portal.putResults(cells)).toBe(3);
  expect(await portal.putResults(cells)).toBe(0);
  const list = await resultsOf(bench, 'us-wa', 'us-or');
  expect(list.map(({ source, status }) => [source, status])).toEqual(
    expect.arrayContaining([
      ['run', 'published'],
      ['run', 'suppressed'],
      ['run', 'held'],
    ]),
  );
  const published = list.find(({ status }) => status === 'published');
  expect(published).toMatchObject({ sum: [700, 200, null, null, null], reason: 'small-counts' });
  const odd = portal.putResults([{ ...cell, locality: '../etc', clients: 1, totals: [1] }]);
  await expect(odd).rejects.toThrow('locality');
});

test('more windows than are looked at together are all settled, and none twice', async () => {
  const bench = await createBench({ recheckMs: HOUR });
  const count = 70;
  for (let day = 0; day < count; day++) {
    await bench.sum({ start: START - day * 24 * HOUR, totals: [90, 10], clients: 100 });
  }
  expect((await bench.portal.scan()).stored).toMatchObject({ published: count, same: 0 });
  expect((await bench.portal.scan()).looked).toBe(0);
  expect(await resultsOf(bench, 'us-wa')).toHaveLength(count);
});
