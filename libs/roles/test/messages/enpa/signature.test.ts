/** Signatures over header objects: RFC 6979's own vector, published keys, both forms of a batch. */

import { keyPairFromPkcs8, KeyPair, publicKeyFromSpki, sha256, toHex } from '@priolab/crypto';
import { readVector, vectorsDir } from '@priolab/vectors';
import fc from 'fast-check';
import { createVerify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  checkPacketDigest,
  createBatchSigner,
  createBatchVerifier,
  createServiceSigner,
  decodeOne,
  encodeContainer,
  openHeader,
  records,
  sealHeader,
  sealSingle,
} from '../../../src/messages/enpa/index.ts';
import type { EnpaError, ValidityHeader } from '../../../src/messages/enpa/index.ts';
import { signatureNonce } from '../../../src/messages/enpa/nonce.ts';
import { sampleContainer, sampleForm, sampleRecords } from '../../../fuzz/samples.ts';

const UTF8 = new TextEncoder();
const keyPair = new KeyPair(new Uint8Array(32).fill(9));
const signer = createBatchSigner({ keyId: 'own', keyPair });
const verifier = createBatchVerifier(new Map([['own', keyPair.publicKey]]));
const form = sampleForm('validityHeader');
const packets = sampleContainer('validityPacket');
const header = {
  ...(sampleRecords.validityHeader[0] as ValidityHeader),
  packetFileDigest: sha256(packets),
};
const kind = records.validityHeader;

function codeOf(work: () => unknown): readonly [string, boolean] {
  try {
    work();
  } catch (error) {
    return [(error as EnpaError).code, (error as EnpaError).retryable];
  }
  return ['none', false];
}

describe('nonces', () => {
  // RFC 6979 appendix A.2.5: P-256, SHA-256.
  const scalar = Buffer.from(
    'c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721',
    'hex',
  );
  test.each([
    ['sample', 'a6e3c57dd01abe90086538398355dd4c3b17aa873382b0f24d6129493d8aad60'],
    ['test', 'd16b6ae827f17175e040871a1c7ec3500192c4c92677336ec2537acaee0008e0'],
  ])('of "%s" is the one of RFC 6979', (message, nonce) => {
    expect(toHex(signatureNonce(scalar, sha256(UTF8.encode(message))))).toBe(nonce);
  });

  test('a digest of n or more counts modulo n', () => {
    const order = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551';
    const zero = signatureNonce(scalar, new Uint8Array(32));
    expect(toHex(signatureNonce(scalar, Buffer.from(order, 'hex')))).toBe(toHex(zero));
  });
});

test('OpenSSL takes what we sign; the same bytes get the same signature, others another', () => {
  const pem = `-----BEGIN PUBLIC KEY-----\n${spki(keyPair.publicKey)}\n-----END PUBLIC KEY-----`;
  const seen = new Map<string, string>();
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (message) => {
      const der = signer.sign(message);
      expect(createVerify('sha256').update(message).verify(pem, der)).toBe(true);
      expect(toHex(signer.sign(message))).toBe(toHex(der));
      // The nonce shows in r: no two messages may share it.
      const r = toHex(der.subarray(4, 4 + der[3]!));
      expect(seen.get(r) ?? toHex(message)).toBe(toHex(message));
      seen.set(r, toHex(message));
    }),
    { numRuns: 20 },
  );
});

test("a service's signatures verify and differ each time", () => {
  const service = createServiceSigner({ keyId: 'own', keyPair });
  expect(service.keyId).toBe('own');
  const [one, two] = [service, service].map((each) => sealHeader(kind, header, each, form));
  expect(toHex(one!.header)).toBe(toHex(two!.header));
  expect(toHex(one!.signature)).not.toBe(toHex(two!.signature));
  for (const sealed of [one!, two!]) expect(openHeader(kind, sealed, verifier).keyId).toBe('own');
});

describe.skipIf(vectorsDir === undefined)('published keys', () => {
  test.each(['INGESTOR', 'FACILITATOR_SIGNING', 'PHA_SIGNING'])('%s', (name) => {
    const { keys } = readVector<{ keys: Record<string, string> }>('enpa/prio_server_keys.json');
    const der = (key: string) => new Uint8Array(Buffer.from(keys[key]!, 'base64'));
    const subject = name.replace('_SIGNING', '');
    const point = publicKeyFromSpki(der(`DEFAULT_${subject}_SUBJECT_PUBLIC_KEY_INFO`));
    const pair = keyPairFromPkcs8(der(`DEFAULT_${name}_PRIVATE_KEY`));
    const signed = createBatchSigner({ keyId: name, keyPair: pair }).sign(packets);
    const theirs = createBatchVerifier(new Map([[name, point]]));
    expect(theirs.verify(name, packets, signed)).toBe('good');
    expect(theirs.verify(name, header.packetFileDigest, signed)).toBe('invalid-signature');
  });
});

describe('three objects', () => {
  const sealed = sealHeader(kind, header, signer, form);

  test('give the header back, and who signed it', () => {
    const opened = openHeader(kind, sealed, verifier);
    expect(opened).toEqual({ header, keyId: 'own' });
    checkPacketDigest(opened.header, sha256(packets));
  });

  test('the signature binds the exact bytes, not the fields', () => {
    const other = encodeContainer(kind, [header], { sync: new Uint8Array(16) });
    const parts = { ...sealed, header: other };
    expect(codeOf(() => openHeader(kind, parts, verifier))).toEqual(['invalid-signature', false]);
    const told: string[] = [];
    const opened = openHeader(kind, parts, verifier, (error) => told.push(error.code));
    expect(opened.header).toEqual(header);
    expect(told).toEqual(['invalid-signature']);
  });

  test('what is missing or wrong, in the order of the checks', () => {
    const strangers = createBatchVerifier(new Map());
    const garbage = UTF8.encode('no Avro at all');
    const open = (parts: { signature: Uint8Array; header?: Uint8Array }, by = verifier) =>
      codeOf(() => openHeader(kind, parts, by));
    expect(open({ signature: garbage, header: garbage })).toEqual(['avro', true]);
    expect(open({ signature: sealed.signature })).toEqual(['incomplete', true]);
    expect(open({ ...sealed, header: garbage }, strangers)).toEqual(['unknown-key', false]);
    expect(open({ ...sealed, header: garbage })).toEqual(['invalid-signature', false]);
    expect(open({ signature: packets, header: packets })).toEqual(['schema', false]);
    const { signature } = sealHeader(records.validityPacket, NOTHING, signer, form);
    const signed = encodeContainer(records.validityPacket, [NOTHING], form);
    expect(open({ signature, header: signed })).toEqual(['schema', false]);
    expect(codeOf(() => checkPacketDigest(header, sha256(garbage)))).toEqual([
      'digest-mismatch',
      false,
    ]);
  });

  test('a signature that is no DER is an invalid one', () => {
    const { batchHeaderSignature } = decodeOne(records.batchSignature, sealed.signature);
    for (const der of [new Uint8Array(0), batchHeaderSignature.subarray(1), new Uint8Array(70)]) {
      expect(verifier.verify('own', sealed.header, der)).toBe('invalid-signature');
    }
    expect(verifier.verify('own', sealed.header, batchHeaderSignature)).toBe('good');
  });
});

describe('one object', () => {
  test('holds header and packets; an object beside it does not count', () => {
    const signature = sealSingle(kind, { header, packets }, signer, form);
    const opened = openHeader(kind, { signature, header: new Uint8Array(3) }, verifier);
    expect(opened).toEqual({ header, keyId: 'own', packets });
  });

  test('with a header or packets alone it is no single object', () => {
    const sealed = sealHeader(kind, header, signer, form);
    const signed = decodeOne(records.batchSignature, sealed.signature);
    for (const half of [{ batchHeader: sealed.header }, { packets }]) {
      const object = encodeContainer(records.batchSignature, [{ ...signed, ...half }], form);
      const open = () => openHeader(kind, { signature: object }, verifier);
      expect(codeOf(open)).toEqual(['incomplete', true]);
      const opened = openHeader(kind, { signature: object, header: sealed.header }, verifier);
      expect(opened).toEqual({ header, keyId: 'own' });
    }
  });

  test('is not sealed around packets of another digest', () => {
    const other = { header, packets: packets.subarray(1) };
    expect(codeOf(() => sealSingle(kind, other, signer, form))).toEqual(['digest-mismatch', false]);
  });
});

test('a key that is no point is refused', () => {
  const keys = new Map([['own', new Uint8Array(65)]]);
  expect(codeOf(() => createBatchVerifier(keys))).toEqual(['manifest', false]);
});

const NOTHING = { uuid: 'b8a5579a-f984-460a-a42d-2813cbf57771', fR: 0, gR: 0, hR: 0 };

function spki(point: Uint8Array): string {
  const prefix = '3059301306072a8648ce3d020106082a8648ce3d030107034200';
  return Buffer.from(prefix + toHex(point), 'hex').toString('base64');
}
