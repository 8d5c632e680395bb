/** The one record of the real portal that is public: sum parts with its numbers give it again. */

import { describe, expect, test } from 'vitest';

import { readVector, vectorsDir } from '@priolab/vectors';

import { START, createBench } from './portal.ts';

interface Vector {
  readonly example: Record<string, unknown> & { readonly sum: number[] };
  readonly debias_check: string;
}

describe.skipIf(vectorsDir === undefined)('the published record', () => {
  const read = (): Vector => readVector<Vector>('enpa/portal_record.json');

  test('comes out byte for byte, its provider version given', async () => {
    const { example } = read();
    const version = example['provider_version'] as string;
    const { portal, sum, keyFor, get } = await createBench({
      providerVersions: new Map([['us-ev-apple', version]]),
    });
    await sum({ instance: 'us-ev-apple', start: START, totals: example.sum, clients: 64_534 });
    await portal.scan();
    const query = 'datasets=notification&raw=True&start_date=2021-12-16&end_date=2021-12-16';
    const target = `/api/public/v2/enpa-data?${query}&country=US&state=ev`;
    const { status, text } = await get(target, await keyFor('us-ev'));
    expect(status).toBe(200);
    expect(text).toBe(JSON.stringify({ rawData: [example] }));
  });

  test('without it, the version is a digest of the parameters', async () => {
    const { example } = read();
    const { portal, sum, keyFor, get } = await createBench();
    const window = { instance: 'us-ev-apple', totals: example.sum, clients: 64_534 };
    await sum(window);
    await sum({ ...window, start: START - 8 * 3_600_000 });
    await sum({ ...window, start: START - 16 * 3_600_000, epsilon: 4 });
    await portal.scan();
    const { json } = await get('/api/public/v2/enpa-data', await keyFor('us-ev'));
    const given = json['rawData'] as Record<string, unknown>[];
    const versions = given.map((one) => one['provider_version'] as string);
    expect(versions).toHaveLength(3);
    for (const version of versions) expect(version).toMatch(/^[0-9a-f]{64}$/);
    expect(versions[1]).toBe(versions[2]);
    expect(versions[0]).not.toBe(versions[1]);
    const { provider_version: version, id, ...rest } = given[2]!;
    const { provider_version: published, id: publishedId, ...expected } = example;
    expect(JSON.stringify(rest)).toBe(JSON.stringify(expected));
    const inId = String(publishedId).replace(String(published), String(version));
    expect(id).toBe(inId);
  });

  test('its estimates are the ones that the vector computes', async () => {
    const { example, debias_check: check } = read();
    expect(check).toContain('estimates = (s-n*p)/(1-2p)');
    const p = 1 / (1 + Math.exp(8));
    const { portal, sum, keyFor, get } = await createBench();
    await sum({ instance: 'us-ev-apple', totals: example.sum, clients: 64_534 });
    await portal.scan();
    const { json } = await get('/api/priolab/v1/results', await keyFor('us-ev'));
    const [result] = json['results'] as Record<string, unknown>[];
    const estimates = result!['estimates'] as number[];
    for (const [bin, total] of example.sum.entries()) {
      expect(estimates[bin]).toBeCloseTo((total - 64_534 * p) / (1 - 2 * p), 3);
    }
    const error = Math.sqrt(64_534 * p * (1 - p)) / (1 - 2 * p);
    expect(result!['standard_error']).toBeCloseTo(error, 4);
  });
});
