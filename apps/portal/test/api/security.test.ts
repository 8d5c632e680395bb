/**
 * Who gets what. Every route is tried with every kind of key that must not open it, and every
 * spelling of a parameter by which one authority might come by another's numbers. All refusals are
 * in the audit log, and no secret is in any log.
 */

import { timingSafeEqual } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';

import { TransportError } from '@priolab/runtime';
import { openDatabase } from '@priolab/runtime/database';
import type { Database } from '@priolab/runtime/database';

import { ROUTES } from '../../src/api/routes.ts';
import { HOUR, START, createBench } from '../portal.ts';
import type { Answer, Bench } from '../portal.ts';

const PATHS = ROUTES.map(({ path }) => path);
const DATA_PATHS = PATHS.filter((path) => !path.endsWith('/events'));
const WA = [1001, 2002];
const OREGON = [3003, 4004];

/** Two authorities with a window each. */
async function createTwo(): Promise<Bench & { readonly wa: string; readonly or: string }> {
  const bench = await createBench();
  await bench.sum({ instance: 'us-wa-apple', totals: WA, clients: 5005 });
  await bench.sum({ instance: 'us-or-apple', totals: OREGON, clients: 7007 });
  await bench.portal.scan();
  return { ...bench, wa: await bench.keyFor('us-wa'), or: await bench.keyFor('us-or') };
}

const showsWa = ({ text }: Answer): boolean =>
  text.includes('1001') || text.includes('2002') || text.includes('5005');
const showsOregon = ({ text }: Answer): boolean =>
  text.includes('3003') || text.includes('4004') || text.includes('7007');

function expectSecure(answer: Answer): void {
  expect(answer.headers).toMatchObject({
    vary: 'x-api-key',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining("frame-ancestors 'none'") as string,
  });
  const names = Object.keys(answer.headers).join(' ');
  expect(names).not.toContain('access-control');
}

/** All that was logged and audited, as text. */
async function written({ portal, logged }: Bench): Promise<string> {
  return JSON.stringify([logged, await portal.audit.read(10_000)]);
}

describe('a key that must not open anything', () => {
  const bad: [
    fault: string,
    make: (bench: Bench & { wa: string }) => Promise<string | undefined>,
  ][] = [
    ['missing', async () => undefined],
    ['missing', async () => ''],
    ['malformed', async () => 'plab_'],
    ['malformed', async ({ wa }) => wa.toUpperCase()],
    ['malformed', async ({ wa }) => ` ${wa}`],
    ['malformed', async ({ wa }) => `${wa}, ${wa}`],
    ['malformed', async ({ wa }) => wa.slice(0, -1)],
    ['malformed', async ({ wa }) => `${wa}\r\nx-api-key: ${wa}`],
    ['malformed', async () => 'x'.repeat(100_000)],
    ['unknown', async () => `plab_${'0'.repeat(16)}_${'0'.repeat(64)}`],
    ['wrong', async ({ wa }) => `${wa.slice(0, -1)}${wa.endsWith('0') ? '1' : '0'}`],
    [
      'wrong',
      // The id of one key and the secret of another.
      async ({ wa, keyFor }) => `${wa.slice(0, 22)}${(await keyFor('us-wa')).slice(22)}`,
    ],
    [
      'revoked',
      async ({ wa, portal }) => {
        await portal.revokeKey(wa.split('_')[1]!);
        return wa;
      },
    ],
    [
      'expired',
      async ({ portal, clock }) => {
        const expiresMs = clock.nowMs() + HOUR;
        const added = await portal.addKey({ authority: 'WA', localities: ['us-wa'], expiresMs });
        clock.advanceTo(expiresMs);
        return added.key;
      },
    ],
  ];

  test.each(bad)('%s', async (fault, make) => {
    const bench = await createTwo();
    const key = await make(bench);
    const words = new Set<string>();
    for (const path of PATHS) {
      for (const method of ['GET', 'HEAD'] as const) {
        if (method === 'HEAD' && path.endsWith('/events')) continue;
        const answer = await bench.get(path, key, { method });
        expect(answer.status, path).toBe(401);
        expect(showsWa(answer) || showsOregon(answer)).toBe(false);
        expectSecure(answer);
        if (method === 'GET') words.add(answer.text);
      }
    }
    // Nobody learns which of his keys was once good.
    expect([...words]).toEqual([expect.stringContaining('holds no key that is in force')]);
    const refused = (await bench.portal.audit.read(100)).filter((one) => one.action === 'refuse');
    expect(refused.map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: 2 * PATHS.length - 1 }, () => fault),
    );
    const log = await written(bench);
    if (key !== undefined && key.length > 30) expect(log).not.toContain(key.slice(22));
  });

  test('the digest is compared in constant time, also where there is no such key', async () => {
    const compare = vi.fn(timingSafeEqual);
    const { get, keyFor } = await createBench({ compare });
    const key = await keyFor('us-wa');
    for (const [asked, count] of [
      [key, 1],
      [`plab_${'0'.repeat(16)}_${'0'.repeat(64)}`, 2],
      ['nonsense', 3],
      [`${key.slice(0, -1)}g`, 4],
    ] as const) {
      await get('/api/priolab/v1/authority', asked);
      expect(compare).toHaveBeenCalledTimes(count);
    }
    for (const [a, b] of compare.mock.calls) {
      expect(a.byteLength).toBe(32);
      expect(b.byteLength).toBe(32);
    }
  });

  test('keys have 256 random bits and only their digests are stored', async () => {
    const bench = await createBench();
    const keys = [await bench.keyFor('us-wa'), await bench.keyFor('us-wa')];
    for (const key of keys) expect(key).toMatch(/^plab_[0-9a-f]{16}_[0-9a-f]{64}$/);
    expect(keys[0]).not.toBe(keys[1]);
    const listed = JSON.stringify(await bench.portal.listKeys());
    for (const key of keys) expect(listed).not.toContain(key.slice(22));
    expect(await written(bench)).not.toContain(keys[0]!.slice(22));
  });
});

describe('a good key of another authority', () => {
  test('is given only its own without a filter, on every route', async () => {
    const { get, or } = await createTwo();
    for (const path of DATA_PATHS) {
      const answer = await get(path, or);
      expect(answer.status).toBe(200);
      expect(showsWa(answer), path).toBe(false);
      expect(answer.text).not.toContain('"wa"');
      expect(answer.text).not.toContain('us-wa');
      expectSecure(answer);
    }
  });

  const filtered = DATA_PATHS.filter((path) => !path.endsWith('/authority'));
  const spellings: [query: string, status: number][] = [
    ['state=wa', 403],
    ['state=WA', 403],
    ['state=Wa&country=us', 403],
    ['country=US&state=wa', 403],
    ['country=us&state=%77%61', 403],
    ['%73tate=wa', 403],
    ['st%61te=w%61', 403],
    ['country=mx', 403],
    ['state=wa&state=or', 400],
    ['state=or&state=wa', 400],
    ['state=or&%73tate=wa', 400],
    ['State=wa', 400],
    ['STATE=wa', 400],
    ['state[]=wa', 400],
    ['state%5B%5D=wa', 400],
    ['state=or,wa', 400],
    ['state=or%00wa', 400],
    ['state=or;state=wa', 400],
    ['state=*', 400],
    ['state=%25', 400],
    ['state=', 400],
    ['state', 400],
    ['state=or%0d%0aset-cookie:a=b', 400],
    ['state_code=wa', 400],
    ['locality=us-wa', 400],
    ['country=US&country=us&state=wa', 400],
    ['datasets=notification&state=wa', 403],
    ["datasets=x') OR 1=1 --", 400],
    ['datasets=us-wa', 400],
    ['datasets=%ff', 400],
    ['start_date=2021-02-30', 400],
    ['start_date=2021-12-16T00:00:00Z', 400],
    ['start_date=2021-12-17&end_date=2021-12-16', 400],
    ['authority=us-wa', 400],
    ['__proto__=wa', 400],
    ['constructor=wa', 400],
  ];
  test.each(spellings)('%s', async (query, status) => {
    const bench = await createTwo();
    for (const path of filtered) {
      const answer = await bench.get(`${path}?${query}`, bench.or);
      expect(answer.status, path).toBe(status);
      expect(showsWa(answer)).toBe(false);
      expect(answer.json['code']).toBe(status === 403 ? 'not-yours' : answer.json['code']);
      expectSecure(answer);
    }
    const refused = (await bench.portal.audit.read(100)).filter((one) => one.action === 'refuse');
    expect(refused).toHaveLength(filtered.length);
    for (const one of refused) expect(one.keyId).toBe(bench.or.split('_')[1]);
    // What a stranger wrote is not in any log until it has passed a check.
    const log = await written(bench);
    for (const injected of ['set-cookie', 'OR 1=1', '__proto__'])
      expect(log).not.toContain(injected);
  });

  test('headers do not change whose it is', async () => {
    const { get, or, wa } = await createTwo();
    const headers = {
      'x-api-key': or,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-user': 'us-wa',
      'x-original-url': '/api/priolab/v1/results?state=wa',
      'x-rewrite-url': '/api/priolab/v1/results?state=wa',
      'x-http-method-override': 'PUT',
      authorization: `Bearer ${wa}`,
      'x-authority': 'us-wa',
      cookie: `x-api-key=${wa}`,
      origin: 'https://example.org',
      host: 'us-wa.example.org',
      'if-none-match': '*',
      range: 'bytes=0-100000',
    };
    for (const path of DATA_PATHS) {
      const answer = await get(path, undefined, { headers });
      expect(answer.status).toBe(200);
      expect(showsWa(answer)).toBe(false);
      expectSecure(answer);
    }
  });

  test('other methods are refused, and no origin is allowed', async () => {
    const { get, or } = await createTwo();
    for (const path of PATHS) {
      for (const method of ['OPTIONS', 'POST', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'get']) {
        const headers = { 'x-api-key': or, origin: 'https://a.example' };
        const answer = await get(path, undefined, { method, headers });
        expect(answer.status).toBe(405);
        expect(answer.headers['allow']).toMatch(/^GET(, HEAD)?$/);
        expectSecure(answer);
      }
    }
  });

  test('HEAD says what GET says, without the body', async () => {
    const { get, or } = await createTwo();
    for (const path of DATA_PATHS) {
      const answer = await get(path, or, { method: 'HEAD' });
      const whole = await get(path, or);
      expect(answer).toMatchObject({ status: 200, text: '' });
      expect(answer.headers).toEqual(whole.headers);
    }
  });
});

describe('a key in the URL', () => {
  const places: [name: string, target: (path: string, key: string) => string][] = [
    ['as a parameter of the header’s name', (path, key) => `${path}?x-api-key=${key}`],
    ['as any parameter', (path, key) => `${path}?state=${key}`],
    ['as a name', (path, key) => `${path}?${key}`],
    ['in the path', (path, key) => `${path}/${key}`],
    ['encoded', (path, key) => `${path}?a=${key.replace('plab', '%70lab')}`],
    ['encoded twice', (path, key) => `${path}?a=${key.replace('p', '%2570')}`],
    ['encoded four times', (path, key) => `${path}?a=${key.replace('p', '%25252570')}`],
    [
      'beside what can’t be decoded',
      (path, key) => `${path}?b=%zz%ff&a=${key.replace('p', '%70')}`,
    ],
    ['in capitals', (path, key) => `${path}?a=${key.toUpperCase()}`],
    ['its secret alone', (path, key) => `${path}?api_key=${key.slice(22)}`],
    ['under an encoded name', (path, key) => `${path}?%61pikey=${key.slice(22)}`],
  ];
  test.each(places)('%s', async (_, target) => {
    const bench = await createTwo();
    for (const path of [...PATHS, '/', '/openapi.json', '/nowhere']) {
      const answer = await bench.get(target(path, bench.wa), bench.wa);
      expect(answer.status, path).toBe(400);
      expect(answer.json['code']).toBe('key-in-url');
      expect(answer.text).not.toContain(bench.wa.slice(22));
      expectSecure(answer);
    }
    const log = await written(bench);
    expect(log.toLowerCase()).not.toContain(bench.wa.slice(22, 50));
    expect(log).toContain('key-in-url');
  });
});

describe('names of files', () => {
  const assets = new Map([
    ['/', { type: 'text/html; charset=utf-8', bytes: new TextEncoder().encode('<p>page') }],
    ['/assets/app.js', { type: 'text/javascript', bytes: new TextEncoder().encode('let a') }],
    ['/secret', { type: 'text/plain', bytes: new TextEncoder().encode('not to be served') }],
  ]);

  test.each([
    '/assets/../secret',
    '/assets/%2e%2e/secret',
    '/assets/..%2fsecret',
    '/assets/..%5c..%5csecret',
    '/assets//app.js',
    '/assets/./app.js',
    '/assets',
    '/assets/',
    '/assets/app.js/',
    '/secret',
    '/assets/app%2ejs',
    '/ASSETS/app.js',
    '//assets/app.js',
    '/../etc/passwd',
    '/index.html',
    '/assets/app.js%00',
    '/api/../assets/app.js',
    'assets/app.js',
    '',
    '*',
    'http://a/assets/app.js',
    '/api/priolab/v1/results/',
    '/api/priolab/v1/%72esults',
    '/API/priolab/v1/results',
    '/api/priolab/v1/../v1/results',
    '/api//priolab/v1/results',
  ])('%s is no name', async (target) => {
    // prettier-ignore
    const { get, keyFor } = await createBench({ assets });
    const answer = await get(target, await keyFor('us-wa'));
    expect(answer).toMatchObject({ status: 404, json: { code: 'no-such-path' } });
    expectSecure(answer);
  });

  test('files have a tag, the page is not kept', async () => {
    const { get } = await createBench({ assets });
    const page = await get('/');
    expect(page).toMatchObject({ status: 200, text: '<p>page' });
    expectSecure(page);
    const file = await get('/assets/app.js');
    expect(file).toMatchObject({ status: 200, text: 'let a' });
    const { etag } = file.headers as { readonly etag: string };
    expect(file.headers).toMatchObject({
      'cache-control': 'no-cache',
      'content-type': 'text/javascript',
      'x-content-type-options': 'nosniff',
    });
    const again = { headers: { 'if-none-match': `"other", W/${etag}` } };
    expect(await get('/assets/app.js', undefined, again)).toMatchObject({ status: 304, text: '' });
    const other = { headers: { 'if-none-match': '"other"' } };
    expect((await get('/assets/app.js', undefined, other)).status).toBe(200);
  });
});

describe('failures', () => {
  test('too many from one source are told to wait; a good key never is', async () => {
    const bench = await createTwo();
    const bad = `plab_${'0'.repeat(16)}_${'0'.repeat(64)}`;
    const statuses = new Map<number, number>();
    for (let i = 0; i < 100; i++) {
      const { status } = await bench.get('/api/priolab/v1/authority', bad);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect([...statuses]).toEqual([
      [401, 30],
      [429, 70],
    ]);
    expect((await bench.get('/api/priolab/v1/authority', bench.wa)).status).toBe(200);
    const refused = (await bench.portal.audit.read(1000)).filter((one) => one.action === 'refuse');
    expect(refused).toHaveLength(30);
    const elsewhere = { remote: '192.0.2.2' };
    expect((await bench.get('/api/priolab/v1/authority', bad, elsewhere)).status).toBe(401);
    bench.clock.advanceTo(bench.clock.nowMs() + 60_000);
    expect((await bench.get('/api/priolab/v1/authority', bad)).status).toBe(401);
  });

  test('where the audit log can’t be written, nothing is given', async () => {
    const database = await openDatabase('sqlite::memory:');
    let isFull = false;
    const failing: Database = {
      ...database,
      async execute(sql, parameters) {
        const why = { retryable: true, definite: true };
        if (isFull) throw new TransportError('full', 'the disk is full', why);
        return database.execute(sql, parameters);
      },
    };
    const bench = await createBench({ database: failing });
    await bench.sum({ totals: WA, clients: 5005 });
    await bench.portal.scan();
    const key = await bench.keyFor('us-wa');
    isFull = true;
    for (const path of PATHS) {
      const answer = await bench.get(path, key);
      expect(answer, path).toMatchObject({ status: 503, json: { code: 'try-again' } });
      expect(answer.headers['retry-after']).toBe('5');
      expect(showsWa(answer)).toBe(false);
      expect(answer.text).not.toContain('disk');
      expectSecure(answer);
    }
    expect(bench.logged.at(-1)).toMatchObject({ level: 'error', event: 'state-unusable' });
    expect(bench.portal.listenerCount()).toBe(0);
  });
});

test('the audit log has who, when, what and how many', async () => {
  const bench = await createTwo();
  bench.clock.advanceTo(START + 10 * HOUR);
  const query = 'datasets=notification&start_date=2021-12-16&end_date=2021-12-16&state=wa';
  await bench.get(`/api/public/v2/enpa-data?${query}&raw=True`, bench.wa);
  await bench.get('/api/priolab/v1/results.csv', bench.wa);
  await bench.get('/api/priolab/v1/results?state=or', bench.wa);
  await bench.portal.revokeKey(bench.wa.split('_')[1]!);
  await bench.get('/api/priolab/v1/results', bench.wa, { remote: 'x'.repeat(500) });
  const rows = (await bench.portal.audit.read(5)).toReversed();
  const keyId = bench.wa.split('_')[1];
  const who = { keyId, authority: 'us-wa', remote: '192.0.2.1', timeMs: START + 10 * HOUR };
  const filters = {
    datasets: 'notification',
    start_date: '2021-12-16',
    end_date: '2021-12-16',
    state: 'wa',
  };
  const csv = '/api/priolab/v1/results.csv';
  expect(rows).toMatchObject([
    {
      ...who,
      action: 'read',
      outcome: 'given',
      records: 1,
      what: { route: '/api/public/v2/enpa-data', raw: 'True', ...filters },
    },
    { ...who, action: 'read', outcome: 'given', records: 1, what: { route: csv } },
    { ...who, action: 'refuse', outcome: 'not-yours', records: 0 },
    { action: 'key-revoke', outcome: 'revoked', keyId },
    { action: 'refuse', outcome: 'revoked', keyId, remote: 'x'.repeat(64) },
  ]);
});
