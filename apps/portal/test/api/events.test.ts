/** Who listens hears of his own results, and no longer than his key is good. */

import { expect, test } from 'vitest';

import { HOUR, START, createBench } from '../portal.ts';
import type { Bench } from '../portal.ts';

async function listen({ portal }: Bench, key: string, signal = new AbortController().signal) {
  const answer = await portal.http.respond({
    method: 'GET',
    target: '/api/priolab/v1/events',
    headers: { 'x-api-key': key },
    remote: '',
    body: new Uint8Array(0),
    signal,
  });
  const { status, headers, body } = answer;
  const pieces = typeof body === 'object' && Symbol.asyncIterator in body ? body : undefined;
  const iterator = pieces?.[Symbol.asyncIterator]();
  const next = async (): Promise<string | undefined> => {
    const { done, value } = await iterator!.next();
    return done === true ? undefined : value;
  };
  if (iterator !== undefined) expect(await next()).toBe(': listening\n\n');
  return { status, headers, next };
}

const idsIn = (text = ''): string[] =>
  [...text.matchAll(/^event: result\ndata: (.*)\n\n/gm)].map(
    ([, data]) => (JSON.parse(data!) as { readonly id: string }).id,
  );

test('ids of what is new in one’s own localities, and no number', async () => {
  const bench = await createBench();
  const wa = await listen(bench, await bench.keyFor('us-wa'));
  expect(wa.headers).toMatchObject({
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
  });
  const both = await listen(bench, await bench.keyFor('us-wa', 'us-or'));
  await bench.sum({ instance: 'us-wa-apple' });
  await bench.sum({ instance: 'us-or-apple' });
  await bench.portal.scan();
  const text = await wa.next();
  expect(idsIn(text)).toEqual([expect.stringContaining('-us-wa-')]);
  expect(text).not.toContain('64487');
  expect(idsIn(await both.next())).toHaveLength(2);
  await bench.portal.scan();
  await bench.sum({ instance: 'us-wa-google' }, { helper: { totalIndividualClients: 1 } });
  await bench.portal.scan();
  expect(idsIn(await wa.next())).toEqual([expect.stringMatching(/^window-google-.*-us-wa-/)]);
  await bench.sum({ instance: 'us-wa-google' });
  await bench.portal.scan();
  expect(idsIn(await wa.next())).toEqual([expect.stringMatching(/^sum-google-.*-us-wa-/)]);
});

test('what another portal on the same state has published is told too', async () => {
  const bench = await createBench();
  const { next } = await listen(bench, await bench.keyFor('us-wa'));
  const cell = {
    locality: 'us-wa',
    vendor: 'apple',
    aggregation: 'a',
    startMs: START,
    endMs: START + HOUR,
    epsilon: 8,
    clients: 10,
    totals: [9, 1],
  } as const;
  await bench.portal.putResults([cell]);
  expect(idsIn(await next())).toHaveLength(1);
});

test('a heartbeat, while nothing happens', async () => {
  const bench = await createBench({ heartbeatMs: 5 });
  const { next } = await listen(bench, await bench.keyFor('us-wa'));
  expect(await next()).toBe(': still here\n\n');
  expect(await next()).toBe(': still here\n\n');
});

test('the stream ends with its key, revoked here, elsewhere or expired', async () => {
  const bench = await createBench({ heartbeatMs: 5 });
  const here = await bench.keyFor('us-wa');
  const first = await listen(bench, here);
  await bench.portal.revokeKey(here.split('_')[1]!);
  expect(await first.next()).toBeUndefined();
  const expiresMs = bench.clock.nowMs() + HOUR;
  const added = { authority: 'WA', localities: ['us-wa'], expiresMs };
  const second = await listen(bench, (await bench.portal.addKey(added)).key);
  expect(await second.next()).toBe(': still here\n\n');
  bench.clock.advanceTo(expiresMs);
  expect(await second.next()).toBeUndefined();
  expect(bench.portal.listenerCount()).toBe(0);
});

test('there are only so many listeners, and places of those that are gone are free', async () => {
  const bench = await createBench({ limits: { listenersMax: 3, listenersPerKey: 2 } });
  const [one, other, third] = [
    await bench.keyFor('us-wa'),
    await bench.keyFor('us-or'),
    await bench.keyFor('us-md'),
  ];
  const gone = new AbortController();
  expect((await listen(bench, one, gone.signal)).status).toBe(200);
  expect((await listen(bench, one)).status).toBe(200);
  expect((await listen(bench, one)).status).toBe(503);
  expect((await listen(bench, other)).status).toBe(200);
  expect((await listen(bench, third)).status).toBe(503);
  gone.abort();
  expect((await listen(bench, third)).status).toBe(200);
  expect(bench.portal.listenerCount()).toBe(3);
});

test('one that does not read is cut off', async () => {
  const bench = await createBench();
  const slow = await listen(bench, await bench.keyFor('us-wa'));
  const cells = Array.from({ length: 1100 }, (_, hour) => ({
    locality: 'us-wa',
    vendor: 'apple' as const,
    aggregation: 'a',
    startMs: START + hour * HOUR,
    endMs: START + (hour + 1) * HOUR,
    epsilon: 8,
    clients: 10,
    totals: [9, 1],
  }));
  await bench.portal.putResults(cells);
  expect(bench.portal.listenerCount()).toBe(0);
  expect(await slow.next()).toBeUndefined();
});

test('after thousands of changes at one moment, listeners hear what is next', async () => {
  const bench = await createBench();
  const slow = await listen(bench, await bench.keyFor('us-wa'));
  const other = await listen(bench, await bench.keyFor('us-or'));
  const cells = Array.from({ length: 2100 }, (_, hour) => ({
    locality: 'us-wa',
    vendor: 'google' as const,
    aggregation: 'a',
    startMs: START + hour * HOUR,
    endMs: START + (hour + 1) * HOUR,
    epsilon: 8,
    clients: 10,
    totals: [9, 1],
  }));
  await bench.portal.putResults(cells);
  expect(await slow.next()).toBeUndefined();
  const wa = await listen(bench, await bench.keyFor('us-wa'));
  await bench.portal.scan();
  expect(bench.portal.listenerCount()).toBe(2);
  // The clock stands still: these are at the same moment, and sort before and after the others.
  await bench.sum({ instance: 'us-or-apple' });
  await bench.sum({ instance: 'us-wa-apple' });
  await bench.portal.scan();
  expect(idsIn(await wa.next())).toEqual([expect.stringContaining('-us-wa-')]);
  expect(idsIn(await other.next())).toEqual([expect.stringContaining('-us-or-')]);
  await bench.sum({ instance: 'us-wa-google' });
  await bench.portal.scan();
  expect(idsIn(await wa.next())).toHaveLength(1);
});
