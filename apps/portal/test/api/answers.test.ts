/** What is answered: as the description says, cut by the filters, whole or refused. */

import { describe, expect, test } from 'vitest';

import { ROUTES } from '../../src/api/routes.ts';
import { cellText } from '../../src/result/csv.ts';
import { HOUR, PATIENCE_MS, START, createBench } from '../portal.ts';
import type { Bench } from '../portal.ts';
import { faultsOf } from '../schema.ts';

const DAY = 24 * HOUR;
const VERIFIED = [
  [0, 'us-wa-google'],
  [2, 'us-wa-google'],
  [1, 'us-or-google'],
] as const;
const policy = { clientsMin: 50, suppressBelow: 10, patienceMs: PATIENCE_MS };

/** One window of each kind, and two datasets of both vendors over three days. */
async function createFull(): Promise<Bench & { readonly key: string }> {
  const bench = await createBench({ policy });
  await bench.sum({ totals: [700, 200, 3, 1, 96], clients: 1000 });
  await bench.sum({ start: START + DAY, totals: [30, 5, 0, 0, 0], clients: 35 });
  await bench.sum({ start: START + 2 * DAY }, { helper: { totalIndividualClients: 3 } });
  for (const [day, instance] of VERIFIED) {
    const aggregation = 'CodeVerified-v1';
    const totals = [40, 500, 300, 50, 60, 50];
    await bench.sum({ instance, aggregation, start: START + day * DAY, totals, clients: 2000 });
  }
  await bench.portal.scan();
  return { ...bench, key: await bench.keyFor('us-wa', 'us-or') };
}

describe('the description', () => {
  test('has each route, its parameters and its answers, and each answer fits', async () => {
    const { get, key } = await createFull();
    const { json: description } = await get('/openapi.json');
    const paths = description['paths'] as Record<string, { get: Operation }>;
    expect(Object.keys(paths)).toEqual(ROUTES.map(({ path }) => path));
    for (const [path, { get: operation }] of Object.entries(paths)) {
      if (path.endsWith('/events')) continue;
      const answer = await get(path, key);
      const content = operation.responses[answer.status]!.content;
      const type = answer.headers['content-type']!.split(';')[0]!;
      const value = type === 'application/json' ? answer.json : answer.text;
      expect(faultsOf(value, content[type]!.schema, description), path).toEqual([]);
      const refusals = [
        await get(path),
        await get(`${path}?x=1`, key),
        await get(`${path}?state=ny`, key),
      ];
      for (const { status, json } of refusals) {
        const problem = operation.responses[status]!.content['application/problem+json']!;
        expect(faultsOf(json, problem.schema, description), `${path} ${status}`).toEqual([]);
      }
    }
  });

  test('names no parameter that its route refuses, and every one it takes', async () => {
    const { get, key } = await createFull();
    const { json } = await get('/openapi.json');
    for (const [path, { get: operation }] of Object.entries(
      json['paths'] as Record<string, { get: Operation }>,
    )) {
      if (path.endsWith('/events')) continue;
      const query = operation.parameters.map(({ name, example }) => `${name}=${example}`).join('&');
      expect((await get(`${path}?${query}`, key)).status, query).toBe(200);
      const refused = await get(`${path}?nothing=1`, key);
      expect(refused.json['allowed']).toEqual(operation.parameters.map(({ name }) => name));
    }
  });
});

interface Operation {
  readonly parameters: readonly { readonly name: string; readonly example: string }[];
  readonly responses: Readonly<Record<string, { readonly content: Content }>>;
}

type Content = Readonly<Record<string, { readonly schema: Readonly<Record<string, unknown>> }>>;

describe('results', () => {
  test('say what is suppressed or held, and why', async () => {
    const { get, key } = await createFull();
    const { json } = await get('/api/priolab/v1/results?datasets=notification', key);
    expect(json['results']).toMatchObject([
      {
        status: 'published',
        reason: 'small-counts',
        sum: [700, 200, null, null, null],
        suppressed_bins: [2, 3, 4],
        total_individual_clients: 1000,
      },
      {
        status: 'suppressed',
        reason: 'too-few-clients',
        sum: null,
        estimates: null,
        standard_error: null,
        total_individual_clients: null,
      },
      { status: 'held', reason: 'counts-differ', sum: null, total_individual_clients: null },
    ]);
    const { estimates } = (json['results'] as { readonly estimates: (number | null)[] }[])[0]!;
    expect(estimates.map((one) => one === null)).toEqual([false, false, true, true, true]);
  });

  test('what is hidden is in no output, and not even stored', async () => {
    const { get, key, portal } = await createFull();
    for (const path of ROUTES.map((one) => one.path).filter((one) => !one.endsWith('events'))) {
      const { text } = await get(`${path}`, key);
      expect(text).not.toMatch(/\b(96|35|64534|64537)\b/);
    }
    const stored = JSON.stringify(await portal.listResults(100));
    expect(stored).not.toMatch(/\b(96|35)\b/);
  });

  test('only published ones are records of the old shape', async () => {
    const { get, key } = await createFull();
    const { json } = await get('/api/public/v2/enpa-data', key);
    const records = json['rawData'] as Record<string, unknown>[];
    expect(records).toHaveLength(4);
    for (const record of records) expect(record['sum']).not.toBeNull();
  });

  const queries: [query: string, count: number][] = [
    ['', 6],
    ['datasets=notification', 3],
    ['datasets=com.apple.EN.UserNotification', 3],
    ['datasets=notification,CodeVerified-v1', 6],
    ['datasets=codeVerified', 3],
    ['datasets=codeVerified&state=wa', 2],
    ['datasets=codeVerified&state=OR&country=US', 1],
    ['state=wa', 5],
    ['start_date=2021-12-17', 4],
    ['end_date=2021-12-16', 2],
    ['start_date=2021-12-17&end_date=2021-12-17', 2],
    ['start_date=2021-12-19', 0],
    ['datasets=beaconCount', 0],
    ['datasets=notification%2CcodeVerified', 6],
  ];
  test.each(queries)('%s', async (query, count) => {
    const { get, key } = await createFull();
    const { json, status } = await get(`/api/priolab/v1/results?${query}`, key);
    expect(status).toBe(200);
    expect(json['results']).toHaveLength(count);
  });

  test('too many for one answer are refused, not cut off', async () => {
    for (const limits of [{ resultsMax: 1 }, { binsMax: 9 }]) {
      const bench = await createBench({ limits });
      await bench.sum({ totals: [90, 10, 0, 0, 0], clients: 100 });
      const key = await bench.keyFor('us-wa');
      await bench.portal.scan();
      for (const { path } of ROUTES.filter(({ parameters }) => parameters.length > 0)) {
        expect((await bench.get(path, key)).status).toBe(200);
      }
      await bench.sum({ start: START + DAY, totals: [90, 10, 0, 0, 0], clients: 100 });
      await bench.portal.scan();
      for (const { path } of ROUTES.filter(({ parameters }) => parameters.length > 0)) {
        const answer = await bench.get(path, key);
        expect(answer).toMatchObject({ status: 400, json: { code: 'too-many-results' } });
        expect((await bench.get(`${path}?end_date=2021-12-16`, key)).status).toBe(200);
      }
    }
  });

  test('no estimate without a signal, or where the noise was on whole vectors', async () => {
    const bench = await createBench();
    await bench.sum({ epsilon: 0 });
    const whole = { hammingWeight: 1 };
    await bench.sum({ start: START + DAY }, { leader: whole, helper: whole });
    await bench.portal.scan();
    const { json } = await bench.get('/api/priolab/v1/results', await bench.keyFor('us-wa'));
    for (const one of json['results'] as object[]) {
      expect(one).toMatchObject({ status: 'published', estimates: null, standard_error: null });
    }
  });
});

test('the authority learns who it is, what it may read and by which policy', async () => {
  const { get, key } = await createFull();
  const { json } = await get('/api/priolab/v1/authority', key);
  expect(json).toMatchObject({
    authority: 'us-wa us-or',
    localities: [
      { country_code: 'us', state_code: 'or' },
      { country_code: 'us', state_code: 'wa' },
    ],
    datasets: [
      { generic_id: 'codeVerified', aggregation_id: 'CodeVerified-v1', bins: 6 },
      { generic_id: 'notification', bins: 5, providers: ['apple'] },
    ],
    policy: { minimum_clients: 50, suppress_below: 10 },
  }); // prettier-ignore
  const [verified, notified] = json['datasets'] as { readonly labels: string[] }[];
  expect(verified!.labels[2]).toBe('notified before, class 1');
  expect(notified!.labels[0]).toBe('no notification');
});

describe('CSV', () => {
  test('has a row a bin, and one for what is not shown', async () => {
    const { get, key } = await createFull();
    const { text, headers } = await get('/api/priolab/v1/results.csv?state=wa', key);
    expect(headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    const lines = text.split('\r\n');
    expect(lines.at(-1)).toBe('');
    const rows = lines.slice(0, -1).map((line) => line.split(','));
    expect(rows).toHaveLength(1 + 5 + 6 + 1 + 1 + 6);
    expect(rows[0]!.slice(-5)).toEqual(['bin', 'label', 'sum', 'estimate', 'suppressed']);
    const published = rows.filter((row) => row[1] === 'published' && row[4] === 'notification');
    expect(published.map((row) => row.at(-1))).toEqual(['no', 'no', 'yes', 'yes', 'yes']);
    const hidden = rows.find((row) => row[1] === 'suppressed')!;
    expect(hidden.slice(11)).toEqual(['', '', '', '', '', '', '']);
  });

  const cells: [cell: string | number | null, text: string][] = [
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@a', "'@a"],
    ['\t=1', "'\t=1"],
    ['\r=1', '"\'\r=1"'],
    ['a=1', 'a=1'],
    [-1.5, '-1.5'],
    [0, '0'],
    [null, ''],
    ['a,b', '"a,b"'],
    ['a"b', '"a""b"'],
    ['a\r\nb', '"a\r\nb"'],
  ];
  test.each(cells)('%j', (cell, text) => expect(cellText(cell)).toBe(text));
});
