/** Whatever is asked, the answer is one of the API's: no crash, no 500, nothing of another's. */

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { PARAMETERS } from '../../src/api/filters.ts';
import { ROUTES } from '../../src/api/routes.ts';
import { createBench } from '../portal.ts';

const piece = fc.oneof(
  fc.constantFrom(
    '/',
    '?',
    '&',
    '=',
    '%',
    '..',
    '%2e',
    '%00',
    '\r\n',
    ',',
    '+',
    '#',
    ';',
    'state=or',
  ),
  fc.constantFrom(...ROUTES.map(({ path }) => path), '/openapi.json', '/assets/', '/api'),
  fc.constantFrom(...Object.entries(PARAMETERS).map(([name, { example }]) => `${name}=${example}`)),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const target = fc.oneof(
  fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
  fc
    .tuple(fc.constantFrom(...ROUTES.map(({ path }) => path)), fc.array(piece, { maxLength: 6 }))
    .map(([path, pieces]) => `${path}?${pieces.join('&')}`),
);
const header = fc.tuple(
  fc.constantFrom('x-api-key', 'if-none-match', 'cookie', 'x-forwarded-for', 'host', 'accept'),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

test('random targets, methods and headers', async () => {
  const assets = new Map([['/', { type: 'text/html', bytes: new Uint8Array(3) }]]);
  const bench = await createBench({ assets });
  await bench.sum({ instance: 'us-or-apple', totals: [31_003, 42_004], clients: 77_007 });
  await bench.portal.scan();
  const key = await bench.keyFor('us-wa');
  const method = fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST', 'OPTIONS', 'X\r\nY');
  const statuses = new Set<number>();
  await fc.assert(
    fc.asyncProperty(target, method, fc.array(header), fc.boolean(), async (...input) => {
      const [asked, how, pairs, isSignedIn] = input;
      const gone = new AbortController();
      gone.abort();
      const headers = { ...Object.fromEntries(pairs), ...(isSignedIn ? { 'x-api-key': key } : {}) };
      const more = { method: how, headers, signal: gone.signal };
      const answer = await bench.get(asked, undefined, more);
      statuses.add(answer.status);
      expect([200, 304, 400, 401, 403, 404, 405, 414, 429, 503]).toContain(answer.status);
      expect(answer.text).not.toMatch(/31003|42004|77007/);
      for (const value of Object.values(answer.headers)) expect(value).not.toMatch(/[\r\n\0]/);
    }),
    { numRuns: 1500 },
  );
  expect([...statuses]).toEqual(expect.arrayContaining([200, 400, 401, 404, 405]));
  const long = await bench.get(`/${'a'.repeat(5000)}`, key);
  expect(long.status).toBe(414);
});
