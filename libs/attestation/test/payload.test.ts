/** The signed bytes, field by field; that they are a phone's is in `published.test.ts`. */

import { toHex } from '@priolab/crypto';
import { describe, expect, it } from 'vitest';
import { serializePayload } from '../src/index.ts';

const upload = {
  uuid: '0f8fad5b-d9cb-469f-a165-70867728950e',
  schemaVersion: 2,
  prioParams: { bins: 0, prime: 4293918721, epsilon: 8, numberServers: 2 },
  shares: [
    { payload: new Uint8Array(130).fill(0xaa), encryptionKeyId: 'not signed' },
    { payload: Uint8Array.of(1, 2, 3), encryptionKeyId: 'not signed' },
  ],
};
const uuid = `0a24${toHex(Buffer.from(upload.uuid))}`;
const epsilon = '110000000000002040';
const prime = '188180c0ff0f';
const packets = `2a8e010a0208011282 01${'aa'.repeat(130)}1203010203`.replace(' ', '');

describe('a payload', () => {
  it('has numbers that are 0, and no Hamming weight where there is none', () => {
    const params = `1a130800${epsilon}${prime}2002`;
    expect(toHex(serializePayload(upload))).toBe(`${uuid}${params}2002${packets}`);
  });

  it('has the Hamming weight where there is one, and numbers of several bytes', () => {
    const prioParams = { ...upload.prioParams, bins: 1344, hammingWeight: 168 };
    const params = `1a1708c00a${epsilon}${prime}200228a801`;
    expect(toHex(serializePayload({ ...upload, prioParams }))).toBe(
      `${uuid}${params}2002${packets}`,
    );
  });
});
