/** What each backend refuses, and how: slots by status, callers by `CryptoError`. */

import { createCipheriv, createECDH } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createBackend, fromHex, sha256, toHex } from '../src/index.ts';
import { backends, keystreamOne, one, openOne, publicKeyOne, scalarOf } from './blocks.ts';
import { FAILURE, sealOne, signOne, utf8, verifyOne } from './blocks.ts';

const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
/** A point of P-256 with x = 0: y is a root of the curve's b. */
const X_ZERO_Y = 0x66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4n;
const SCALAR = sha256(utf8('scalar'));
const NONCE = sha256(utf8('nonce'));

function uncompressed(form: number, x: bigint, y: bigint): Uint8Array {
  return new Uint8Array(Buffer.concat([Uint8Array.of(form), scalarOf(x), scalarOf(y)]));
}

function edited(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at] = value;
  return copy;
}

describe.each(backends)('$name', (backend) => {
  const key = backend.privateKey(SCALAR);
  const hybrid = 6 + (key.publicKey[64]! & 1);
  const badPoints: Record<string, Uint8Array> = {
    'off the curve': edited(key.publicKey, 64, key.publicKey[64]! ^ 1),
    'the origin': uncompressed(4, 0n, 0n),
    'all ff': new Uint8Array(65).fill(0xff, 1).fill(4, 0, 1),
    'a hybrid point': edited(key.publicKey, 0, hybrid),
    'form 5': edited(key.publicKey, 0, 5),
    'all zero': new Uint8Array(65),
    'x + p for x': uncompressed(4, P, X_ZERO_Y),
  };

  it('takes a point with x = 0, the control of the next tests', () => {
    const point = uncompressed(4, 0n, X_ZERO_Y);
    expect(backend.verifyingKeys().add(point)).toBe(0);
    expect(sealOne(backend, point, SCALAR, utf8('x'))).toHaveLength(82);
  });

  it.each(Object.entries(badPoints))('refuses a point that is %s', (_, point) => {
    const sealed = sealOne(backend, key.publicKey, NONCE, utf8('plaintext'));
    expect(openOne(backend, key, sealed)).toEqual(utf8('plaintext'));
    sealed.set(point);
    expect(openOne(backend, key, sealed)).toBeUndefined();
    expect(backend.verifyingKeys().add(point)).toBe(-1);
    expect(() => sealOne(backend, point, NONCE, utf8('x'))).toThrow(
      expect.objectContaining({ name: 'CryptoError', code: 'invalid-point' }),
    );
  });

  it('refuses a hybrid ephemeral point though its tag fits', () => {
    // OpenSSL's ECDH takes hybrids, so that only an explicit check refuses this one.
    const agreement = createECDH('prime256v1');
    agreement.setPrivateKey(NONCE);
    const seal = (ephemeral: Uint8Array): Uint8Array => {
      const shared = agreement.computeSecret(key.publicKey);
      const derived = sha256(Buffer.concat([shared, fromHex('00000001'), ephemeral]));
      const aes = createCipheriv('aes-128-gcm', derived.subarray(0, 16), derived.subarray(16));
      const parts = [ephemeral, aes.update('plaintext'), aes.final(), aes.getAuthTag()];
      return new Uint8Array(Buffer.concat(parts));
    };
    const point = agreement.getPublicKey();
    expect(openOne(backend, key, seal(point))).toEqual(utf8('plaintext'));
    expect(openOne(backend, key, seal(edited(point, 0, 6 + (point[64]! & 1))))).toBeUndefined();
  });

  it('refuses points of other sizes', () => {
    for (const point of [new Uint8Array(), key.publicKey.subarray(0, 33), new Uint8Array(66)]) {
      expect(backend.verifyingKeys().add(point)).toBe(-1);
      const refusal = expect.objectContaining({ code: 'invalid-point' });
      expect(() => sealOne(backend, point, NONCE, utf8('x'))).toThrow(refusal);
    }
  });

  it.each([
    ['0', new Uint8Array(32)],
    ['n', scalarOf(N)],
    ['n + 1', scalarOf(N + 1n)],
    ['all ff', new Uint8Array(32).fill(0xff)],
    ['31 bytes', new Uint8Array(31).fill(1)],
  ])('throws on a scalar that is %s, and does not print it', (_, bad) => {
    const refusal = expect.objectContaining({ name: 'CryptoError', code: 'invalid-scalar' });
    expect(() => backend.privateKey(bad)).toThrow(refusal);
    try {
      backend.privateKey(bad);
    } catch (error) {
      expect(String(error)).not.toContain(toHex(bad));
    }
    if (bad.length !== 32) return;
    const digest = sha256(utf8('message'));
    expect(() => publicKeyOne(backend, bad)).toThrow(refusal);
    expect(() => sealOne(backend, key.publicKey, bad, utf8('x'))).toThrow(refusal);
    expect(() => signOne(backend, bad, digest, NONCE)).toThrow(refusal);
    expect(() => signOne(backend, SCALAR, digest, bad)).toThrow(refusal);
  });

  it('takes the scalars 1 and n - 1, which give points of the same x', () => {
    const [first, last] = [
      publicKeyOne(backend, scalarOf(1n)),
      publicKeyOne(backend, scalarOf(N - 1n)),
    ];
    expect(toHex(first.subarray(1, 33))).toBe(
      '6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296',
    );
    expect(first.subarray(0, 33)).toEqual(last.subarray(0, 33));
    expect(first).not.toEqual(last);
  });

  it('signs as RFC 6979 appendix A.2.5 with its nonce for "sample"', () => {
    const scalar = fromHex('c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721');
    const nonce = fromHex('a6e3c57dd01abe90086538398355dd4c3b17aa873382b0f24d6129493d8aad60');
    const expected =
      'efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716' +
      'f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8';
    const digest = sha256(utf8('sample'));
    expect(toHex(signOne(backend, scalar, digest, nonce))).toBe(expected);
    // kG has an even y, and (n - k) G an odd one: of both nonces' signatures that of k is taken.
    const negated = scalarOf(N - BigInt(`0x${toHex(nonce)}`));
    expect(publicKeyOne(backend, nonce)[64]! & 1).toBe(0);
    expect(toHex(signOne(backend, scalar, digest, negated))).toBe(expected);
  });

  it('throws where the nonce gives s = 0', () => {
    // kG = G for k = 1, so that z = -r d makes s = k^-1 (z + r d) = 0.
    const r = BigInt(`0x${toHex(publicKeyOne(backend, scalarOf(1n)).subarray(1, 33))}`) % N;
    const digest = scalarOf(N - r);
    expect(() => signOne(backend, scalarOf(1n), digest, scalarOf(1n))).toThrow(
      expect.objectContaining({ code: 'invalid-signature' }),
    );
  });

  it('refuses r or s of 0, n and above, and takes n - s', () => {
    const signed = utf8('message');
    const signature = signOne(backend, SCALAR, sha256(signed), NONCE);
    const accepts = (candidate: Uint8Array): boolean =>
      verifyOne(backend, key.publicKey, signed, candidate);
    expect(accepts(signature)).toBe(true);
    for (const at of [0, 32]) {
      const value = BigInt(`0x${toHex(signature.subarray(at, at + 32))}`);
      const bad = [0n, N, N + 1n, 2n ** 256n - 1n];
      if (value + N < 2n ** 256n) bad.push(value + N);
      for (const other of bad) {
        const candidate = Uint8Array.from(signature);
        candidate.set(scalarOf(other), at);
        expect(accepts(candidate), `${other} at ${at}`).toBe(false);
      }
    }
    const negated = Uint8Array.from(signature);
    negated.set(scalarOf(N - BigInt(`0x${toHex(signature.subarray(32))}`)), 32);
    expect(accepts(negated)).toBe(true);
  });

  it('refuses the slots whose key is unknown, and forgets cleared keys', () => {
    const keys = backend.verifyingKeys();
    expect([keys.add(key.publicKey), keys.add(key.publicKey), keys.size]).toEqual([0, 1, 2]);
    const signed = utf8('message');
    const signature = signOne(backend, SCALAR, sha256(signed), NONCE);
    const verify = (): number[] => {
      const status = Uint8Array.of(0, 0, 0, 3);
      backend.verify({
        count: 4,
        keys,
        keyIndex: Int32Array.of(-1, 1, 2, 0),
        messages: signed,
        offsets: new Uint32Array(4),
        sizes: new Uint32Array(4).fill(signed.length),
        signatures: { bytes: signature, offset: 0, stride: 0 },
        status,
        failure: FAILURE,
      });
      return [...status];
    };
    expect(verify()).toEqual([FAILURE, 0, FAILURE, 3]);
    keys.clear();
    expect(keys.size).toBe(0);
    expect(verify()).toEqual([FAILURE, FAILURE, FAILURE, 3]);
  });

  it('leaves a refused slot as it was', () => {
    const sealed = sealOne(backend, key.publicKey, NONCE, utf8('plaintext'));
    sealed[sealed.length - 1]! ^= 1;
    const plaintexts = new Uint8Array(9).fill(0xa5);
    const status = new Uint8Array(1);
    backend.open({
      count: 1,
      privateKey: key,
      sealed: one(sealed),
      sealedSize: sealed.length,
      plaintexts: one(plaintexts),
      status,
      failure: FAILURE,
    });
    expect([status[0], toHex(plaintexts)]).toEqual([FAILURE, 'a5'.repeat(9)]);
  });

  it("throws on arrays that are too short, overlapping or another backend's", () => {
    const short = expect.objectContaining({ code: 'invalid-layout' });
    const seeds = one(new Uint8Array(32));
    const packed = { bytes: new Uint8Array(64), offset: 0, stride: 16 };
    expect(() => backend.keystream(1, seeds, 65, packed)).toThrow(short);
    expect(() => backend.keystream(2, seeds, 16, packed)).toThrow(short);
    expect(() => backend.keystream(2, { ...seeds, stride: 0 }, 17, packed)).toThrow(short);
    expect(() => backend.keystream(-1, seeds, 16, packed)).toThrow(short);
    expect(() => backend.keystream(1, seeds, 1.5, packed)).toThrow(short);
    const digests = one(new Uint8Array(32));
    const [offsets, sizes] = [Uint32Array.of(3), Uint32Array.of(6)];
    expect(() => backend.sha256(1, new Uint8Array(8), offsets, sizes, digests)).toThrow(short);
    expect(() => backend.sha256(2, new Uint8Array(99), offsets, sizes, digests)).toThrow(short);

    const other = createBackend(backend.name === 'node' ? 'noble' : 'node');
    const foreign = expect.objectContaining({ code: 'foreign-key' });
    expect(() => openOne(other, key, new Uint8Array(90))).toThrow(foreign);
    const same = createBackend(backend.name);
    expect(openOne(same, key, new Uint8Array(90))).toBeUndefined();
  });

  it('shows no private key when printed', () => {
    const shown = inspect(key, { showHidden: true, depth: 9 }) + JSON.stringify(key);
    expect(shown).toContain('publicKey');
    expect(shown).not.toContain(`${SCALAR[0]}, ${SCALAR[1]}, ${SCALAR[2]}`);
    expect(shown).not.toContain(toHex(SCALAR).slice(0, 8));
  });

  it('wraps the low half of the counter without carry', () => {
    const wrapping = fromHex('00'.repeat(16) + '11'.repeat(8) + 'ff'.repeat(8));
    const wrapped = fromHex('00'.repeat(16) + '11'.repeat(8) + '00'.repeat(8));
    const stream = keystreamOne(backend, wrapping, 48);
    expect(stream.subarray(16)).toEqual(keystreamOne(backend, wrapped, 32));
  });
});
