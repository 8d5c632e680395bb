/** Each value of the upload document, and whatever else the network brings. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DOCUMENT_SIZE_MAX, encodeDocument, readDocument } from '../src/index.ts';
import type { AndroidUpload } from '../src/index.ts';
import {
  upload,
  place,
  target,
  body,
  rules,
  tree,
  faultAfter,
  faultOf,
  payloadIn,
  paramsIn,
  sharesIn,
  chainIn,
  set,
  text,
  integer,
} from './document-samples.ts';
import type { Tree } from './document-samples.ts';
import { nowMs } from './samples.ts';

describe('values', () => {
  it('have their types', () => {
    const values = (document: Tree): readonly (readonly [Tree, string])[] => [
      [payloadIn(document), 'uuid'],
      [payloadIn(document), 'created'],
      [payloadIn(document), 'schemaVersion'],
      [payloadIn(document), 'prioParams'],
      [payloadIn(document), 'encryptedDataShares'],
      [paramsIn(document), 'bins'],
      [paramsIn(document), 'epsilon'],
      [document['fields']!, 'signature'],
      [document['fields']!, 'certificateChain'],
    ];
    const wrong = [
      null,
      'x',
      [],
      {},
      { nullValue: null },
      { booleanValue: true },
      { stringValue: 7 },
      { integerValue: 7 },
      { doubleValue: '8' },
      { doubleValue: 'NaN' },
      { bytesValue: 'AA==' },
      { timestampValue: 0 },
      { mapValue: null },
      { mapValue: [] },
      { arrayValue: [] },
      { arrayValue: { values: null } },
      { arrayValue: { values: {} } },
    ];
    for (let index = 0; index < values(tree()).length; index++) {
      for (const value of wrong) {
        const fault = faultAfter((document) => {
          const [parent, name] = values(document)[index]!;
          set(parent, name, value);
        });
        expect(fault, `${values(tree())[index]![1]}: ${JSON.stringify(value)}`).toBe('form');
      }
    }
  });

  it('of integers are decimal and exact', () => {
    const bins = (value: unknown) => faultAfter((d) => set(paramsIn(d), 'bins', integer(value)));
    for (const value of ['', '-1', '-0', '+1', '01', '1.0', '1e3', ' 1', '0x1', 'Infinity']) {
      expect(bins(value)).toBe('form');
    }
    expect(bins('9007199254740993')).toBe('form');
    expect(bins('9'.repeat(400))).toBe('form');
    expect(bins('0')).toBe('none');
    expect(bins('2000')).toBe('none');
    expect(bins('2001')).toBe('parameters');
  });

  it('of parameters are those of Prio v2', () => {
    const after = (name: string, value: unknown) =>
      faultAfter((document) => set(paramsIn(document), name, value));
    expect(after('prime', integer('4293918722'))).toBe('parameters');
    expect(after('numberServers', integer('3'))).toBe('parameters');
    for (const epsilon of [1, 0, -8, 0.999]) {
      expect(after('epsilon', { doubleValue: epsilon })).toBe('parameters');
    }
    expect(after('epsilon', { doubleValue: 1.0000001 })).toBe('none');
    expect(after('epsilon', { integerValue: '8' })).toBe('form');
    const huge = JSON.stringify(tree()).replace('"doubleValue":8', '"doubleValue":1e999');
    expect(faultOf(readDocument(target, Buffer.from(huge), rules))).toBe('form');
    expect(after('hammingWeight', integer('1344'))).toBe('none');
    expect(after('hammingWeight', integer('1345'))).toBe('parameters');
  });

  it('of the schema are 1 and 2', () => {
    const versions = ['0', '1', '2', '3'].map((version) =>
      faultAfter((document) => set(payloadIn(document), 'schemaVersion', integer(version))),
    );
    expect(versions).toEqual(['schema-version', 'none', 'none', 'schema-version']);
  });

  it('of times are in UTC and within an hour of now', () => {
    const at = (time: string) =>
      faultAfter((d) => set(payloadIn(d), 'created', { timestampValue: time }));
    expect(at('2021-03-15T12:45:10.123Z')).toBe('none');
    expect(at('2021-03-15T14:45:10.123456789Z')).toBe('none');
    expect(at('2021-03-15T13:45:10Z')).toBe('none');
    expect(at('2021-03-15T12:45:10.122Z')).toBe('stale');
    expect(at('2021-03-15T14:45:10.124Z')).toBe('stale');
    expect(at('2001-03-15T13:45:10Z')).toBe('stale');
    for (const time of [
      '2021-03-15T13:45:10+00:00',
      '2021-03-15 13:45:10Z',
      '2021-03-15T13:45Z',
      '2021-02-30T13:45:10Z',
      '2021-03-15T24:00:00Z',
      '2021-03-15T13:45:60Z',
      '2021-03-15T13:45:10.Z',
      '2021-03-15T13:45:10.1234567890Z',
      '+02021-03-15T13:45:10Z',
      'now',
    ]) {
      expect(at(time), time).toBe('form');
    }
    const { createdMs } = readDocument(target, body, rules) as AndroidUpload;
    expect(createdMs).toBe(nowMs);
  });

  it('of a uuid are one in lower case', () => {
    const uuid = (value: string) =>
      faultAfter((document) => set(payloadIn(document), 'uuid', { stringValue: value }));
    expect(uuid('not-a-uuid')).toBe('uuid');
    expect(uuid(upload.uuid.toUpperCase())).toBe('uuid');
    expect(uuid(`{${upload.uuid}}`)).toBe('uuid');
    expect(uuid('a'.repeat(50))).toBe('form');
    expect(uuid(upload.uuid.replace('0f', '1f'))).toBe('path');
  });

  it('of texts are shorter than the rules say', () => {
    const share = (name: string, length: number) =>
      faultAfter((d) => set(sharesIn(d)[1]!['mapValue']!['fields']!, name, text(length)));
    const signature = (length: number) =>
      faultAfter((document) => set(document['fields']!, 'signature', text(length)));
    const certificate = (index: number, length: number) =>
      faultAfter((document) => set(chainIn(document), index, text(length)));
    expect([signature(196), signature(200)]).toEqual(['none', 'form']);
    expect([share('payload', 99_996), share('payload', 100_000)]).toEqual(['none', 'form']);
    expect([share('encryptionKeyId', 99), share('encryptionKeyId', 100)]).toEqual(['none', 'form']);
    for (const index of [0, 1, 2]) {
      expect([certificate(index, 29_996), certificate(index, 30_000)]).toEqual(['none', 'form']);
    }
  });

  it('of bytes are padded base64', () => {
    const signature = (value: string) =>
      faultAfter((document) => set(document['fields']!, 'signature', { stringValue: value }));
    expect(signature('AAA=')).toBe('none');
    for (const value of ['', 'AAA', 'AAB=', 'AA-_', 'AA AA', 'AAAA\n', '=AAA', 'AA==AA==', 'é']) {
      expect(signature(value), value).toBe('form');
    }
  });

  it('of lists are as many as there may be', () => {
    const shares = (count: number) =>
      faultAfter((d) => {
        const values = Array.from({ length: count }, () => sharesIn(d)[0]);
        set(payloadIn(d)['encryptedDataShares']!['arrayValue']!, 'values', values);
      });
    expect([0, 1, 2, 3].map(shares)).toEqual(['shares', 'shares', 'none', 'shares']);
    const certificates = (count: number) =>
      faultAfter((d) => {
        const values = Array.from({ length: count }, () => chainIn(d)[0]);
        set(d['fields']!['certificateChain']!['arrayValue']!, 'values', values);
      });
    const counts = [0, 2, 3, 10, 11].map(certificates);
    expect(counts).toEqual(['certificates', 'certificates', 'none', 'none', 'certificates']);
    const absent = faultAfter((d) => {
      set(d['fields']!['certificateChain']!, 'arrayValue', {});
    });
    expect(absent).toBe('certificates');
  });
});

describe('whatever comes', () => {
  it('is an upload or a fault, and no detail repeats it', () => {
    const edits = fc.array(
      fc.tuple(fc.nat({ max: body.length - 1 }), fc.nat({ max: 255 }), fc.nat({ max: 12 })),
      { minLength: 1, maxLength: 4 },
    );
    const secret = Buffer.from(upload.shares[0]!.payload).toString('base64');
    fc.assert(
      fc.property(edits, (changes) => {
        let bytes = Buffer.from(body);
        for (const [at, byte, removed] of changes) {
          const before = bytes.subarray(0, at);
          bytes = Buffer.concat([before, Buffer.of(byte), bytes.subarray(at + removed)]);
        }
        const answer = readDocument(target, bytes, rules);
        if (!('fault' in answer)) {
          const again = encodeDocument(answer, place);
          expect(readDocument(again.target, again.body, rules)).toEqual(answer);
        } else {
          expect(answer.detail.length).toBeLessThan(200);
          expect(answer.detail).not.toContain(secret.slice(0, 12));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('is a fault where it is other JSON or another target', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.string(), (json, other) => {
        expect(faultOf(readDocument(target, Buffer.from(json), rules))).toBe('form');
        expect(faultOf(readDocument(other, body, rules))).toBe('path');
      }),
      { numRuns: 300 },
    );
  });

  it('need not be longer than the longest document', () => {
    const base64 = (length: number) => new Uint8Array((length / 4) * 3);
    const longest = encodeDocument(
      {
        ...upload,
        shares: upload.shares.map(() => ({
          payload: base64(99_996),
          encryptionKeyId: 'k'.repeat(99),
        })),
        signature: base64(196),
        certificateChain: Array.from({ length: 10 }, () => base64(29_996)),
      },
      place,
    );
    expect(faultOf(readDocument(longest.target, longest.body, rules))).toBe('none');
    expect(longest.body.length).toBeLessThanOrEqual(DOCUMENT_SIZE_MAX);
  });
});
