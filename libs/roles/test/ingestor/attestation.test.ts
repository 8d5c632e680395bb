/** Certificates and signatures: whose uploads are refused, whatever was accepted before. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  CERTIFICATE_AT,
  CERTIFICATE_DAY_AT,
  DEVICE_KEY_AT,
  LEADER_AT,
  LEADER_SIZE_AT,
  REPORT_ID_AT,
  writeUint32,
} from '../../src/messages/upload.ts';
import { DAY_MS } from '../../src/index.ts';
import { DAY, createDeployment, flipped, reasonsOf, someBits } from '../fixture.ts';

const deployment = createDeployment();
const { layout } = deployment;
const bits = someBits(1, 3);
const genuine = deployment.uploads(bits)[0]!;

function reason(upload: Uint8Array, day = DAY): string {
  deployment.ingestor.openPartition(0);
  return reasonsOf(deployment.receive([upload], day).status)[0]!;
}

describe('certificates', () => {
  test.each([
    ['another authority', { authority: 'stranger' }],
    ['the other vendor, by the same authority', { vendor: 'apple' as const }],
    ['the day before', { day: DAY - 1 }],
    ['the day after', { day: DAY + 1 }],
  ])('%s', (_name, request) => {
    // All of these uploads carry a good signature of the certified device key.
    const [upload] = deployment.uploads(bits, { identities: deployment.identify(request) });
    expect(reason(upload!)).toBe('bad-certificate');
    expect(reason(genuine)).toBe('none');
  });

  test('yesterday’s certificate with today’s day written on it', () => {
    const identities = { ...deployment.identify({ day: DAY - 1 }), day: DAY };
    expect(reason(deployment.uploads(bits, { identities })[0]!)).toBe('bad-certificate');
  });

  test('one remembered from yesterday does not hold today', () => {
    const yesterday = deployment.identify({ day: DAY - 1 });
    const [old] = deployment.uploads(bits, { identities: yesterday, day: DAY - 1 });
    expect(reason(old!, DAY - 1)).toBe('none');
    const [late] = deployment.uploads(bits, { identities: yesterday });
    expect(reason(late!)).toBe('bad-certificate');
  });

  test('garbage', () => {
    const credential = fc.uint8Array({
      minLength: LEADER_SIZE_AT - DEVICE_KEY_AT,
      maxLength: LEADER_SIZE_AT - DEVICE_KEY_AT,
    });
    fc.assert(
      fc.property(credential, fc.boolean(), fc.boolean(), (bytes, plausible, sameKey) => {
        const upload = genuine.slice();
        upload.set(bytes, DEVICE_KEY_AT);
        if (plausible) {
          upload[DEVICE_KEY_AT] = 4;
          writeUint32(upload, CERTIFICATE_DAY_AT, DAY);
        }
        const key = genuine.subarray(DEVICE_KEY_AT, CERTIFICATE_DAY_AT);
        if (sameKey) upload.set(key, DEVICE_KEY_AT);
        expect(reason(upload)).toBe('bad-certificate');
      }),
      { seed: 3, numRuns: 100 },
    );
  });

  test('another device’s credential under one’s own signature', () => {
    const uploads = deployment.uploads(someBits(2, 3));
    const stolen = uploads[0]!.slice();
    stolen.set(uploads[1]!.subarray(DEVICE_KEY_AT, LEADER_SIZE_AT), DEVICE_KEY_AT);
    expect(reason(stolen)).toBe('bad-signature');
  });

  test('more credentials than are remembered: checked anew, with the same result', () => {
    // Room for 32; each round brings 15 new bad ones.
    for (let round = 0; round < 6; round++) {
      const forged = Array.from({ length: 15 }, (_, i) =>
        flipped(genuine, CERTIFICATE_AT + 2 * i, round + 1),
      );
      deployment.ingestor.openPartition(round);
      const got = reasonsOf(deployment.receive([...forged, genuine]).status);
      expect(got).toEqual([...forged.map(() => 'bad-certificate'), 'none']);
    }
  });
});

describe('signatures', () => {
  test('any flipped bit of an upload is refused', () => {
    const position = fc.integer({ min: 0, max: layout.size - 1 });
    fc.assert(
      fc.property(position, fc.integer({ min: 0, max: 7 }), (at, bit) => {
        const upload = flipped(genuine, at, 1 << bit);
        const got = reason(upload);
        expect(got).not.toBe('none');
        const isCredential = at >= DEVICE_KEY_AT && at < LEADER_SIZE_AT;
        if (isCredential) expect(got).toBe('bad-certificate');
        const isShare = at >= LEADER_AT && at < layout.helperSizeAt;
        if (isShare || at >= layout.helperAt) expect(got).toBe('bad-signature');
      }),
      {
        seed: 4,
        numRuns: 300,
        examples: [
          [0, 0],
          [REPORT_ID_AT, 0],
          [layout.signatureAt - 1, 7],
          [layout.signatureAt, 7],
          [layout.size - 1, 0],
        ],
      },
    );
  });

  test('a signature over another upload, one of zeros', () => {
    const [other] = deployment.uploads(bits, { reportsName: 'other', timesMs: [DAY_MS - 1] });
    const swapped = genuine.slice();
    swapped.set(other!.subarray(layout.signatureAt), layout.signatureAt);
    expect(reason(swapped)).toBe('bad-signature');
    swapped.fill(0, layout.signatureAt);
    expect(reason(swapped)).toBe('bad-signature');
  });
});
