/** The upload document: there and back, its place, and its members on all levels. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeDocument, hourOf, readDocument } from '../src/index.ts';
import type { AndroidUpload } from '../src/index.ts';
import {
  HOUR_MS,
  upload,
  place,
  target,
  body,
  rules,
  tree,
  bytesOf,
  faultAfter,
  faultOf,
  faultAt,
  payloadIn,
  paramsIn,
  sharesIn,
  chainIn,
  set,
} from './document-samples.ts';
import type { Tree } from './document-samples.ts';
import { nowMs, uploadOf } from './samples.ts';

describe('a document', () => {
  it('comes back as it was', () => {
    expect(readDocument(target, body, rules)).toEqual(upload);
    expect(target).toBe(
      '/v1/projects/enpa-us/databases/(default)/documents/uuid42/' +
        '0f8fad5b-d9cb-469f-a165-70867728950e/2021-03-15-13?documentId=histogramMetric-v2',
    );
    expect(Object.keys(tree()['fields']!)).toEqual(['payload', 'signature', 'certificateChain']);
    expect(paramsIn(tree())).toEqual({
      bins: { integerValue: '1344' },
      prime: { integerValue: '4293918721' },
      epsilon: { doubleValue: 8 },
      numberServers: { integerValue: '2' },
    });
    expect(payloadIn(tree())['created']).toEqual({ timestampValue: '2021-03-15T13:45:10.123Z' });
  });

  it('comes back whatever is in it', () => {
    const bytes = (max: number) => fc.uint8Array({ minLength: 1, maxLength: max });
    const share = fc.record({
      payload: bytes(300),
      encryptionKeyId: fc.string({ maxLength: 99, unit: 'binary' }).filter((s) => s.length < 100),
    });
    const params = fc.record(
      {
        bins: fc.integer({ min: 100, max: 2000 }),
        prime: fc.constant(4293918721),
        epsilon: fc.double({ min: 1, minExcluded: true, noNaN: true, noDefaultInfinity: true }),
        numberServers: fc.constant(2),
        hammingWeight: fc.integer({ min: 0, max: 100 }),
      },
      { requiredKeys: ['bins', 'prime', 'epsilon', 'numberServers'] },
    );
    const uploads = fc.record({
      uuid: fc.uuid(),
      metric: fc.constantFrom(...rules.metrics),
      createdMs: fc.integer({ min: nowMs - HOUR_MS, max: nowMs + HOUR_MS }),
      schemaVersion: fc.constantFrom(1, 2),
      prioParams: params,
      shares: fc.tuple(share, share),
      signature: bytes(72),
      certificateChain: fc.array(bytes(200), { minLength: 3, maxLength: 10 }),
    });
    fc.assert(
      fc.property(uploads, fc.integer({ min: 0, max: 99 }), (one, prefix) => {
        const sent = encodeDocument(one as AndroidUpload, { project: place.project, prefix });
        expect(readDocument(sent.target, sent.body, rules)).toEqual(one);
      }),
      { numRuns: 100 },
    );
  });

  it('is not sent to a place that has no name', () => {
    const encode = (changes: Partial<AndroidUpload>, where = place) =>
      encodeDocument({ ...upload, ...changes }, where);
    expect(() => encode({ metric: '../x' })).toThrow(RangeError);
    expect(() => encode({ metric: 'a/b' })).toThrow(RangeError);
    expect(() => encode({ uuid: 'none' })).toThrow(RangeError);
    expect(() => encode({}, { ...place, prefix: 100 })).toThrow(RangeError);
    expect(() => encode({}, { ...place, prefix: 0.5 })).toThrow(RangeError);
    expect(() => encode({}, { ...place, project: 'a?b' })).toThrow(RangeError);
  });
});

describe('the target', () => {
  it('is a path of this form and nothing else', () => {
    const changed = [
      ['/v1/', '/v2/'],
      ['/v1/', '//v1/'],
      ['https', 'https://host/v1'],
      ['uuid42', 'uuid100'],
      ['uuid42', 'uuid042'],
      ['uuid42', 'uuid4/../uuid42'],
      ['uuid42', 'uuid%34%32'],
      ['(default)', '%28default%29'],
      ['(default)', 'other'],
      ['enpa-us', 'enpa-us/..'],
      ['enpa-us', '..'],
      ['13?', '13/?'],
      ['13?', '13??'],
      ['?documentId', '?documentid'],
      ['-v2', '-v2&documentId=fakeMetric-v1'],
      ['-v2', '-v2#'],
      ['-v2', '-v2%00'],
      ['-v2', '-v2\n'],
      ['-v2', ''.padEnd(600, 'x')],
      [target, ''],
      ['0f8fad5b', '0F8FAD5B'],
      ['-70867728950e', ''.padEnd(50, 'a')],
    ].map(([from, to]) => (target.includes(from!) ? target.replace(from!, to!) : to!));
    expect(changed.map((one) => faultAt(one))).toEqual(changed.map(() => 'path'));
  });

  it('names this project, a metric of the list and the uuid of the payload', () => {
    expect(faultAt(target.replace('enpa-us', 'enpa-mx'))).toBe('path');
    expect(faultAt(target.replace('0f8fad5b', '1f8fad5b'))).toBe('path');
    expect(faultAt(target.replace('-v2', '-v3'))).toBe('metric');
    expect(faultAt(target.replace('histogramMetric-v2', '..'))).toBe('metric');
    expect(faultAt(target.replace('histogramMetric-v2', '__proto__'))).toBe('metric');
    expect(faultAt(target, { metrics: new Set() })).toBe('metric');
    // That is a rule for the leaf's challenge to find, not for the form.
    expect(faultAt(target.replace('histogramMetric-v2', 'fakeMetric-v1'))).toBe('none');
  });

  it('names an hour within one of now', () => {
    const hours = [-2, -1, 0, 1, 2].map((distance) =>
      faultAt(target.replace('2021-03-15-13', hourOf(nowMs + distance * HOUR_MS))),
    );
    expect(hours).toEqual(['stale', 'none', 'none', 'none', 'stale']);
    expect(faultAt(target.replace('2021-03-15-13', '2021-03-15-37'))).toBe('stale');
    expect(faultAt(target.replace('2021-03-15-13', '2020-03-15-13'))).toBe('stale');
  });

  it('has an hour of midnight on the next day', () => {
    const midnightMs = Date.UTC(2021, 11, 31, 23, 59);
    expect(hourOf(midnightMs)).toBe('2021-12-31-23');
    const after = uploadOf({ createdMs: midnightMs + 60_000 });
    const sent = encodeDocument(after, place);
    expect(sent.target).toContain('/2022-01-01-00?');
    expect(faultOf(readDocument(sent.target, sent.body, { ...rules, nowMs: midnightMs }))).toBe(
      'none',
    );
  });
});

describe('the body', () => {
  it('is JSON in UTF-8', () => {
    const read = (bytes: Uint8Array) => faultOf(readDocument(target, bytes, rules));
    expect(read(new Uint8Array())).toBe('json');
    expect(read(body.subarray(0, -1))).toBe('json');
    expect(read(Buffer.concat([body, Buffer.from('x')]))).toBe('json');
    expect(read(Buffer.concat([Buffer.from('\uFEFF'), body]))).toBe('json');
    expect(read(body.map((byte) => byte ^ 0x80))).toBe('json');
    expect(read(Buffer.concat([body, Buffer.from(' \n')]))).toBe('none');
    for (const json of ['null', '1', '"x"', '[]', '[{}]', '{}']) {
      expect(read(Buffer.from(json))).toBe('form');
    }
  });

  it('may be as deep as it likes: nobody goes there', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"fields":', '}'],
      ['{"arrayValue":{"values":[', ']}}'],
    ]) {
      const bomb = open!.repeat(20_000) + '0' + close!.repeat(20_000);
      expect(['form', 'json']).toContain(faultOf(readDocument(target, Buffer.from(bomb), rules)));
      const inside = JSON.stringify(tree()).replace('{"stringValue":"key of leader"}', bomb);
      expect(['form', 'json']).toContain(faultOf(readDocument(target, Buffer.from(inside), rules)));
    }
  });

  it('has no member that is not known, on any level', () => {
    const levels: readonly ((document: Tree) => Tree)[] = [
      (document) => document,
      (document) => document['fields']!,
      (document) => document['fields']!['payload']!,
      (document) => document['fields']!['payload']!['mapValue']!,
      payloadIn,
      (document) => payloadIn(document)['uuid']!,
      (document) => payloadIn(document)['encryptedDataShares']!['arrayValue']!,
      paramsIn,
      (document) => paramsIn(document)['bins']!,
      (document) => sharesIn(document)[0]!['mapValue']!['fields']!,
      (document) => sharesIn(document)[1]!,
      (document) => chainIn(document)[0]!,
    ];
    for (const level of levels) {
      for (const name of ['name', 'Fields', 'constructor', 'hasOwnProperty', 'nullValue', '']) {
        expect(faultAfter((document) => set(level(document), name, {}))).toBe('form');
      }
      // As JSON.parse has it: an own member of that name.
      const document = tree();
      Object.defineProperty(level(document), '__proto__', { value: { x: 1 }, enumerable: true });
      const sent = bytesOf(document);
      expect(sent.toString()).toContain('"__proto__":{"x":1}');
      expect(faultOf(readDocument(target, sent, rules))).toBe('form');
    }
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
  });

  it('has all members that there are, on any level', () => {
    const remove = (parent: (document: Tree) => Tree, names: readonly string[]) => {
      for (const name of names) {
        expect(
          faultAfter((document) => delete parent(document)[name]),
          name,
        ).toBe('form');
      }
    };
    remove((document) => document, ['fields']);
    remove((document) => document['fields']!, ['payload', 'signature', 'certificateChain']);
    remove(payloadIn, ['uuid', 'created', 'schemaVersion', 'prioParams', 'encryptedDataShares']);
    remove(paramsIn, ['bins', 'prime', 'epsilon', 'numberServers']);
    remove(
      (document) => sharesIn(document)[1]!['mapValue']!['fields']!,
      ['payload', 'encryptionKeyId'],
    );
  });

  it('takes the last of two members of one name, as JSON.parse does', () => {
    const twice = JSON.stringify(tree()).replace('"bins":', '"bins":{"integerValue":"7"},"bins":');
    expect(readDocument(target, Buffer.from(twice), rules)).toEqual(upload);
  });
});
