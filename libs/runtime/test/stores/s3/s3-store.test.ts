/**
 * The store in S3 on a double that knows conditions, pages and faults. A failure is an error that
 * says 'definite' of what may have happened, a wrong 'false', or a part taken for the whole.
 */

import { afterAll, beforeEach, describe, expect, test } from 'vitest';

import { createS3Store, type S3StoreOptions } from '../../../src/stores/index.ts';
import {
  credentials,
  errorBody,
  failure,
  startS3Double,
  type Fault,
} from '../../fixtures/s3-double.ts';
import { chunks, keepsTheContract, pattern, readAll, text, utf8 } from '../contract.ts';

const double = await startS3Double();
afterAll(() => double.close());
beforeEach(() => {
  double.fault = () => undefined;
  double.requests.length = 0;
  double.objects.clear();
  double.uploads.clear();
});

const freshStore = (options: Partial<S3StoreOptions> = {}) =>
  createS3Store({
    region: 'eu-west-3',
    bucket: 'bucket',
    endpoint: double.endpoint,
    credentials,
    ...options,
  });
const failsOnce = (faults: Fault[]) => () => faults.shift();
const methods = () => double.requests.map(({ method }) => method);
const partBytes = 5 * 1024 * 1024;
/** Of two parts. */
const LARGE = partBytes + 1000;
const largeBytes = pattern(LARGE);
const large = () => chunks(largeBytes.subarray(0, 900_000), largeBytes.subarray(900_000));

let stores = 0;
describe('in S3, by conditions', () =>
  keepsTheContract({ open: () => freshStore({ prefix: `p/${++stores}` }), isRemote: true }));

describe('a put', () => {
  test('is conditional unless it overwrites', async () => {
    const store = freshStore();
    await store.put('k', utf8('1'));
    await store.put('k', utf8('2'), { overwrite: true });
    expect(double.requests.map(({ headers }) => headers['if-none-match'])).toEqual([
      '*',
      undefined,
    ]);
  });

  test('that conflicts with another is tried again, some times', async () => {
    double.fault = failsOnce([failure(409, 'ConditionalRequestConflict')]);
    expect(await freshStore().put('k', utf8('x'))).toBe(true);
    expect(methods()).toEqual(['PUT', 'PUT']);
    double.fault = () => failure(409, 'ConditionalRequestConflict');
    const conflict = { code: 'unavailable', retryable: true, definite: true };
    await expect(freshStore().put('other', utf8('x'))).rejects.toMatchObject(conflict);
  });

  test.each([
    ['reset', { code: 'unavailable', retryable: true, definite: false }],
    ['reset-after', { code: 'unavailable', retryable: true, definite: false }],
    ['silence', { code: 'timeout', retryable: true, definite: false }],
    [failure(500, 'InternalError'), { code: 'unavailable', retryable: true, definite: false }],
    [failure(503, 'SlowDown'), { code: 'unavailable', retryable: true, definite: true }],
    [
      { status: 503, body: '<html><p>' },
      { code: 'unavailable', retryable: true, definite: false },
    ],
    [failure(400, 'RequestTimeout'), { code: 'timeout', retryable: true, definite: true }],
    [failure(403, 'AccessDenied'), { code: 'refused', retryable: false, definite: true }],
    [failure(501, 'NotImplemented'), { code: 'refused', retryable: false, definite: true }],
    [failure(404, 'NoSuchBucket'), { code: 'not-found', retryable: false, definite: true }],
    [failure(507, 'XMinioStorageFull'), { code: 'full', retryable: true, definite: true }],
    [
      { status: 301, headers: { location: '/' } },
      { code: 'refused', definite: true },
    ],
    [
      { status: 200, body: errorBody('InternalError') },
      { code: 'unavailable', definite: false },
    ],
    [
      { status: 200, body: '<cut' },
      { code: 'unavailable', definite: false },
    ],
  ] as const)('that meets %j tells it, and is not tried again', async (fault, expected) => {
    double.fault = () => fault;
    const store = freshStore({ timeoutMs: 100 });
    await expect(store.put('k', utf8('x'))).rejects.toMatchObject(expected);
    expect(methods()).toEqual(['PUT']);
    expect(double.objects.has('k')).toBe(fault === 'reset-after');
  });

  test('where nobody listens did not happen', async () => {
    const gone = await startS3Double();
    await gone.close();
    const store = freshStore({ endpoint: gone.endpoint });
    const error = { code: 'unavailable', retryable: true, definite: true };
    await expect(store.put('k', utf8('x'))).rejects.toMatchObject(error);
  });

  test('looked for first writes without a condition', async () => {
    const store = freshStore({ conditionalPut: 'check-first' });
    expect(await store.put('k', utf8('1'))).toBe(true);
    expect(await store.put('k', utf8('2'))).toBe(false);
    expect(methods()).toEqual(['HEAD', 'PUT', 'HEAD']);
    expect(double.requests.some(({ headers }) => 'if-none-match' in headers)).toBe(false);
  });
});

describe('a connection that was closed while idle', () => {
  test('is tried once more where twice is once', async () => {
    const store = freshStore();
    await store.put('k', utf8('x'));
    for (const work of [
      () => store.get('k'),
      () => store.stat('k'),
      () => store.list(''),
      () => store.put('k', utf8('y'), { overwrite: true }),
      () => store.delete('k'),
    ]) {
      double.fault = failsOnce(['reset']);
      await work();
    }
    double.fault = () => 'reset';
    const error = { code: 'unavailable', retryable: true, definite: true };
    await expect(store.get('k')).rejects.toMatchObject(error);
    double.requests.length = 0;
    await expect(store.delete('k')).rejects.toMatchObject({ ...error, definite: false });
    expect(methods()).toEqual(['DELETE', 'DELETE']);
  });
});

describe('an object of several parts', () => {
  test('is completed on the condition that there is none', async () => {
    const store = freshStore({ partBytes });
    expect(await store.write('k', large())).toBe(true);
    expect(methods()).toEqual(['HEAD', 'POST', 'PUT', 'PUT', 'POST']);
    expect(double.requests.at(-1)!.headers['if-none-match']).toBe('*');
    const sizes = double.requests.slice(2, 4).map(({ body }) => body.length);
    expect(sizes).toEqual([partBytes, 1000]);
    expect(Buffer.compare((await readAll(store, 'k'))!.bytes, largeBytes)).toBe(0);
    expect(await store.write('k', large())).toBe(false);
    expect(await store.write('k', chunks(largeBytes, largeBytes), { overwrite: true })).toBe(true);
    expect(double.objects.get('k')).toHaveLength(2 * LARGE);
  });

  test.each([
    [failure(412, 'PreconditionFailed'), false],
    [failure(409, 'ConditionalRequestConflict'), false],
  ])('that another writer was first with, %j, is given up', async (fault, expected) => {
    const store = freshStore({ partBytes });
    double.fault = ({ method, key, query }) => {
      if (method !== 'POST' || !query.has('uploadId')) return undefined;
      double.objects.set(key, Buffer.from('first'));
      return fault;
    };
    expect(await store.write('k', large())).toBe(expected);
    expect(text(await store.get('k'))).toBe('first');
    expect(double.uploads.size).toBe(0);
  });

  test.each([
    ['at completion, 200', 'complete', { status: 200, body: errorBody('InternalError') }, false],
    ['at completion, 200 empty', 'complete', { status: 200 }, false],
    ['at completion, reset', 'complete', 'reset', false],
    ['at completion, 500', 'complete', failure(500, 'InternalError'), false],
    ['at completion, 403', 'complete', failure(403, 'AccessDenied'), true],
    ['at completion, 409', 'complete', failure(409, 'ConditionalRequestConflict'), true],
    ['at a part, 500', 'part', failure(500, 'InternalError'), true],
    ['at a part, no tag', 'part', { status: 200 }, true],
    ['at the beginning, 503', 'begin', failure(503, 'SlowDown'), true],
    ['at the beginning, no id', 'begin', { status: 200, body: '<a/>' }, true],
  ] as const)('that fails %s, is not there', async (_, when, fault, definite) => {
    const store = freshStore({ partBytes });
    double.fault = ({ query, method }) => {
      const isComplete = method === 'POST' && query.has('uploadId');
      const stage = query.has('uploads') ? 'begin' : isComplete ? 'complete' : 'part';
      const isOne = query.has('uploads') || (query.has('uploadId') && method !== 'DELETE');
      return isOne && stage === when ? fault : undefined;
    };
    await expect(store.write('k', large())).rejects.toMatchObject({
      name: 'TransportError',
      definite,
    });
    double.fault = () => undefined;
    expect(await store.get('k')).toBeUndefined();
    // Parts are given back, unless they may be about to become an object.
    expect(double.uploads.size).toBe(definite ? 0 : 1);
  });

  test('whose source breaks is given up; one part more is tried after a reset', async () => {
    const store = freshStore({ partBytes });
    const broken = new Error('the source broke');
    const source = chunks(largeBytes, largeBytes, broken);
    await expect(store.write('k', source)).rejects.toBe(broken);
    expect(double.uploads.size).toBe(0);
    let resets = 0;
    double.fault = ({ query }) =>
      query.get('partNumber') === '2' && resets++ === 0 ? 'reset' : undefined;
    expect(await store.write('k', large())).toBe(true);
    expect(resets).toBe(2);
    expect(Buffer.compare(double.objects.get('k')!, largeBytes)).toBe(0);
  });
});

describe('a listing', () => {
  test('is of all pages, without what has no key', async () => {
    for (const key of ['a/', 'a/1', 'a/2', 'a/3 +%', 'a/4', 'a/5', 'b']) {
      double.objects.set(key, Buffer.from('x'));
    }
    expect(await freshStore().list('a/')).toEqual(['a/1', 'a/2', 'a/3 +%', 'a/4', 'a/5']);
    expect(methods()).toHaveLength(3);
    expect(await freshStore({ prefix: 'a' }).list('')).toEqual(['1', '2', '3 +%', '4', '5']);
  });

  const page = (inside: string) => `<ListBucketResult>${inside}</ListBucketResult>`;
  const truncated = (token: string) =>
    page(`<IsTruncated>true</IsTruncated><NextContinuationToken>${token}</NextContinuationToken>`);
  test.each([
    page('<IsTruncated>true</IsTruncated>'),
    page(''),
    page('<IsTruncated>false</IsTruncated><Contents></Contents>'),
    truncated('always the same'),
    page('<IsTruncated>false</IsTruncated><EncodingType>url</EncodingType>').replace(
      '</List',
      '<Contents><Key>%zz</Key></Contents></List',
    ),
    page('<IsTruncated>false</IsTruncated>').slice(0, -5),
    '<Error><Code>InternalError</Code></Error>',
    '<Other/>',
    '',
    `<!DOCTYPE a [<!ENTITY b "c">]>${page('<IsTruncated>false</IsTruncated>')}`,
  ])('that is %j is an error, not a part of one', async (body) => {
    double.fault = () => ({ status: 200, body });
    const error = { code: 'unavailable', retryable: true, definite: true };
    await expect(freshStore().list('')).rejects.toMatchObject(error);
  });
});

describe('a read', () => {
  test('that is cut off is an error', async () => {
    const store = freshStore();
    await store.put('k', utf8('x'));
    double.fault = ({ method }) =>
      method === 'GET'
        ? { status: 200, body: 'half', headers: { 'content-length': '8' } }
        : undefined;
    const limited = freshStore({ timeoutMs: 200 });
    await expect(limited.get('k')).rejects.toMatchObject({ code: 'timeout', definite: true });
    const stream = (await limited.read('k'))![Symbol.asyncIterator]();
    expect(text((await stream.next()).value as Uint8Array)).toBe('half');
    await expect(stream.next()).rejects.toMatchObject({ code: 'timeout' });
  });

  test('of what was deleted meanwhile says so', async () => {
    const store = freshStore();
    await store.put('k', utf8('x'));
    const stream = (await store.read('k'))!;
    await store.delete('k');
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  test('of a slow reader is not timed out', async () => {
    const store = freshStore({ timeoutMs: 100 });
    await store.put('k', pattern(1_000_000));
    let size = 0;
    let isFirst = true;
    for await (const chunk of (await store.read('k'))!) {
      if (isFirst) await new Promise((resolve) => setTimeout(resolve, 250));
      isFirst = false;
      size += chunk.length;
    }
    expect(size).toBe(1_000_000);
  });
});

test('steps are told', async () => {
  const steps: string[] = [];
  const store = freshStore({ partBytes, onStep: (step, key) => void steps.push(`${step} ${key}`) });
  await store.put('k', utf8('x'));
  await store.write('l', large());
  await store.delete('k');
  expect(steps).toEqual([
    'store.put k',
    'store.upload-begun l',
    'store.part-sent l',
    'store.part-sent l',
    'store.upload-completed l',
    'store.deleted k',
  ]);
});
