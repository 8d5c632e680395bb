/** Key forms: round trips, published keys, refusals, and that no key material is ever shown. */

import { readVector, vectorsDir } from '@priolab/vectors';
import { createECDH, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeKeyPair, decodePublicKey, encodeKeyPair, encodePublicKey } from '../src/index.ts';
import { decodeSigningKey, encodeSigningKey, generateKeyPair } from '../src/index.ts';
import { KeyPair, keyPairFromPem, keyPairFromPkcs8, keyPairToPkcs8 } from '../src/index.ts';
import { publicKeyFromCertificate, publicKeyFromPem, publicKeyFromSpki } from '../src/index.ts';
import { publicKeyToPem, publicKeyToSpki, sha256, toHex } from '../src/index.ts';
import { base64, utf8 } from './blocks.ts';

interface EciesVectors {
  libprio_cc_pem_keys: { keys: { certificate: string; secret_key: string }[] };
  libprio_cc_negative_key_parsing: { cases: Record<string, { pem: string }> };
}

const SCALAR = sha256(utf8('key pair'));
const keyPair = new KeyPair(SCALAR);

function code(expected: string): unknown {
  return expect.objectContaining({ name: 'CryptoError', code: expected });
}

describe('key forms', () => {
  it('round-trip', () => {
    expect(decodeKeyPair(encodeKeyPair(keyPair)).scalar).toEqual(SCALAR);
    expect(decodePublicKey(encodePublicKey(keyPair.publicKey))).toEqual(keyPair.publicKey);
    expect(decodePublicKey(encodeKeyPair(keyPair))).toEqual(keyPair.publicKey);
    expect(keyPairFromPkcs8(keyPairToPkcs8(keyPair)).scalar).toEqual(SCALAR);
    expect(publicKeyFromSpki(publicKeyToSpki(keyPair.publicKey))).toEqual(keyPair.publicKey);
    expect(publicKeyFromPem(publicKeyToPem(keyPair.publicKey))).toEqual(keyPair.publicKey);
  });

  it('of files: a signing key in base64, a new pair each time', () => {
    expect(decodeSigningKey(encodeSigningKey(keyPair)).scalar).toEqual(SCALAR);
    expect(() => decodeSigningKey(encodeKeyPair(keyPair))).toThrow(code('invalid-key'));
    const [a, b] = [generateKeyPair(), generateKeyPair()];
    expect(decodeKeyPair(encodeKeyPair(a)).publicKey).toEqual(a.publicKey);
    expect(a.publicKey).not.toEqual(b.publicKey);
  });

  it('have the sizes and prefix of the specification', () => {
    expect(base64(encodeKeyPair(keyPair))).toHaveLength(97);
    expect(base64(encodePublicKey(keyPair.publicKey))).toHaveLength(65);
    const spki = publicKeyToSpki(keyPair.publicKey);
    expect(spki).toHaveLength(91);
    expect(toHex(spki.subarray(0, 26))).toBe(
      '3059301306072a8648ce3d020106082a8648ce3d030107034200',
    );
  });

  it('are what OpenSSL writes and reads', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pkcs8 = new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs8' }));
    const found = keyPairFromPkcs8(pkcs8);
    expect(toHex(keyPairToPkcs8(found))).toBe(toHex(pkcs8));
    const pem = publicKey.export({ format: 'pem', type: 'spki' });
    expect(publicKeyToPem(found.publicKey)).toBe(pem);
    expect(publicKeyFromPem(String(pem))).toEqual(found.publicKey);
    expect(createPublicKey(publicKeyToPem(keyPair.publicKey)).asymmetricKeyType).toBe('ec');
    for (const type of ['pkcs8', 'sec1'] as const) {
      const text = String(privateKey.export({ format: 'pem', type }));
      expect(keyPairFromPem(text).scalar).toEqual(found.scalar);
    }
  });
});

describe('a key pair', () => {
  it('shows no scalar when printed, at any depth', () => {
    const secret = toHex(SCALAR);
    const holder = { keys: [keyPair] };
    const shown = [
      inspect(holder, { showHidden: true, depth: 9, getters: true }),
      inspect(keyPair, { customInspect: false, showHidden: true }),
      JSON.stringify(holder),
      JSON.stringify(Object.entries(keyPair)),
    ].join('\n');
    expect(shown).toContain('[redacted]');
    expect(shown).toContain(toHex(keyPair.publicKey));
    expect(shown).not.toContain(secret.slice(0, 12));
    expect(shown.replaceAll(/\s/g, '')).not.toContain([...SCALAR.subarray(0, 4)].join(','));
  });

  it('copies its scalar in and out', () => {
    const given = Uint8Array.from(SCALAR);
    const made = new KeyPair(given);
    given.fill(0);
    made.scalar.fill(0);
    expect(made.scalar).toEqual(SCALAR);
  });
});

describe('refusals', () => {
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 });

  it.each([
    ['P-384', p384, 'secp384r1'],
    ['RSA', rsa, 'rsa'],
  ])('of %s keys, named', (_, { privateKey, publicKey }, got) => {
    const refusal = expect.objectContaining({ code: 'unsupported-key', got });
    const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
    expect(() => keyPairFromPkcs8(pkcs8)).toThrow(refusal);
    const pem = String(privateKey.export({ format: 'pem', type: 'pkcs8' }));
    expect(() => keyPairFromPem(pem)).toThrow(refusal);
    const spki = publicKey.export({ format: 'der', type: 'spki' });
    expect(() => publicKeyFromSpki(spki)).toThrow(refusal);
    const spkiPem = String(publicKey.export({ format: 'pem', type: 'spki' }));
    expect(() => publicKeyFromPem(spkiPem)).toThrow(refusal);
  });

  it('of a compressed public key', () => {
    const point = createECDH('prime256v1');
    point.setPrivateKey(SCALAR);
    const spki = Buffer.concat([
      Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex'),
      point.getPublicKey(null, 'compressed'),
    ]);
    expect(() => publicKeyFromSpki(spki)).toThrow(code('unsupported-key'));
  });

  it('of halves that do not match', () => {
    const other = new KeyPair(sha256(utf8('other')));
    const mixed = Buffer.concat([other.publicKey, SCALAR]).toString('base64');
    expect(() => decodeKeyPair(mixed)).toThrow(code('invalid-key'));
    // The facilitator's public form takes it: it reads the point only.
    expect(decodePublicKey(mixed)).toEqual(other.publicKey);
  });

  it('of points off the curve', () => {
    const off = Uint8Array.from(keyPair.publicKey);
    off[64]! ^= 1;
    const spki = publicKeyToSpki(keyPair.publicKey);
    spki[90]! ^= 1;
    const text = Buffer.from(off).toString('base64');
    expect(() => encodePublicKey(off)).toThrow(code('invalid-point'));
    expect(() => decodePublicKey(text)).toThrow(code('invalid-point'));
    expect(() => publicKeyToSpki(off.subarray(0, 64))).toThrow(code('invalid-point'));
    expect(() => publicKeyFromSpki(spki)).toThrow(code('invalid-point'));
  });

  it('of scalars out of range, without their bytes', () => {
    const zero = Buffer.concat([keyPair.publicKey, new Uint8Array(32)]).toString('base64');
    expect(() => decodeKeyPair(zero)).toThrow(code('invalid-scalar'));
    expect(() => new KeyPair(new Uint8Array(32).fill(0xff))).toThrow(code('invalid-scalar'));
    expect(() => new KeyPair(SCALAR.subarray(1))).toThrow(code('invalid-scalar'));
  });

  it('of text that is no key', () => {
    const text = encodeKeyPair(keyPair);
    expect(() => decodeKeyPair(text.slice(0, -4))).toThrow(code('invalid-key'));
    expect(() => decodeKeyPair(`${text}\n`)).toThrow(code('invalid-key'));
    expect(() => decodePublicKey(text.slice(4))).toThrow(code('invalid-key'));
    expect(() => keyPairFromPem('nothing')).toThrow(code('invalid-key'));
    expect(() => keyPairFromPkcs8(keyPairToPkcs8(keyPair).subarray(1))).toThrow(
      code('invalid-key'),
    );
    expect(() => publicKeyFromSpki(new Uint8Array(91))).toThrow(code('invalid-key'));
    expect(() => publicKeyFromPem('nothing')).toThrow(code('invalid-key'));
    expect(() => publicKeyFromCertificate('nothing')).toThrow(code('invalid-key'));
  });
});

describe.skipIf(vectorsDir === undefined)('published keys', () => {
  let ecies: EciesVectors;
  let server: Record<string, string>;
  beforeAll(() => {
    ecies = readVector<EciesVectors>('enpa/ecies.json');
    server = readVector<{ keys: Record<string, string> }>('enpa/prio_server_keys.json').keys;
  });

  it('of libprio-cc: certificates match private keys', () => {
    expect(ecies.libprio_cc_pem_keys.keys).toHaveLength(2);
    for (const { certificate, secret_key } of ecies.libprio_cc_pem_keys.keys) {
      expect(publicKeyFromCertificate(certificate)).toEqual(keyPairFromPem(secret_key).publicKey);
    }
  });

  it('of libprio-cc: RSA and P-384 are refused', () => {
    const { cases } = ecies.libprio_cc_negative_key_parsing;
    expect(Object.keys(cases)).toHaveLength(4);
    for (const [name, { pem }] of Object.entries(cases)) {
      const parse = name.endsWith('Certificate') ? publicKeyFromCertificate : keyPairFromPem;
      expect(() => parse(pem), name).toThrow(code('unsupported-key'));
    }
  });

  it('of prio-server: every form is written back as it was', () => {
    for (const [name, text] of Object.entries(server)) {
      if (/ECIES_PRIVATE|REQUEST_PRIVATE/.test(name)) {
        expect(encodeKeyPair(decodeKeyPair(text)), name).toBe(text);
      } else if (name.endsWith('PRIVATE_KEY')) {
        const written = keyPairToPkcs8(keyPairFromPkcs8(base64(text)));
        expect(Buffer.from(written).toString('base64'), name).toBe(text);
      } else if (name.endsWith('SUBJECT_PUBLIC_KEY_INFO')) {
        const written = publicKeyToSpki(publicKeyFromSpki(base64(text)));
        expect(Buffer.from(written).toString('base64'), name).toBe(text);
      }
    }
  });
});
