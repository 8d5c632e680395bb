/** The published ENPA vectors, on both backends. */

import { readVector, vectorsDir } from '@priolab/vectors';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeKeyPair, decodePublicKey, keyPairFromPkcs8, sha256, toHex } from '../src/index.ts';
import { fromHex, publicKeyFromSpki, SEAL_OVERHEAD } from '../src/index.ts';
import { backends, base64, keystreamOne, openOne, sealOne, sha256One } from './blocks.ts';
import { signOne, utf8, verifyOne } from './blocks.ts';

interface EciesVectors {
  libprio_rs_interop: {
    cases: { private_key: string; plaintext_b64: string; ciphertext_b64: string }[];
  };
  apple_cryptokit_interop: { private_key: string; plaintext_utf8: string; ciphertext_b64: string };
  x963_kdf: { z_utf8: string; shared_info_utf8: string; output_hex: string };
}

interface PrngVectors {
  fixed: { seed_hex: string; elements: number[] };
  expand_to_share_dim7: { seed_hex: string; data: number[] };
  hash: { seed_b64: string; count: number; sha256_of_le_elements_b64: string }[];
}

interface EncryptedShares {
  server_1_private_key: string;
  server_2_private_key: string;
  server_1_shares: string[];
  server_2_shares: string[];
}

interface DecryptedShares {
  server_1_decrypted_shares: string[];
  server_2_decrypted_shares: string[];
}

/** Modulus of FieldPrio2: keystream words from here on are skipped. */
const MODULUS = 4293918721;

describe.skipIf(vectorsDir === undefined).each(backends)('vectors on $name', (backend) => {
  const open = (privateKey: string, sealed: Uint8Array): Uint8Array | undefined =>
    openOne(backend, backend.privateKey(decodeKeyPair(privateKey).scalar), sealed);

  describe('ecies.json', () => {
    let vectors: EciesVectors;
    beforeAll(() => {
      vectors = readVector<EciesVectors>('enpa/ecies.json');
    });

    it('opens what libprio-rs and Apple sealed', () => {
      expect(vectors.libprio_rs_interop.cases).toHaveLength(2);
      for (const { private_key, plaintext_b64, ciphertext_b64 } of vectors.libprio_rs_interop
        .cases) {
        expect(open(private_key, base64(ciphertext_b64))).toEqual(base64(plaintext_b64));
      }
    });

    it('opens what CryptoKit sealed', () => {
      const { private_key, plaintext_utf8, ciphertext_b64 } = vectors.apple_cryptokit_interop;
      expect(open(private_key, base64(ciphertext_b64))).toEqual(utf8(plaintext_utf8));
    });

    it('derives the X9.63 key', () => {
      const { z_utf8, shared_info_utf8, output_hex } = vectors.x963_kdf;
      const input = Buffer.concat([utf8(z_utf8), fromHex('00000001'), utf8(shared_info_utf8)]);
      expect(toHex(sha256One(backend, input))).toBe(output_hex);
    });
  });

  describe('fieldpriov2', () => {
    let sealed: [key: string, sealed: Uint8Array, plaintext: Uint8Array][];
    beforeAll(() => {
      const encrypted = readVector<EncryptedShares>('enpa/fieldpriov2-encrypted.json');
      const decrypted = readVector<DecryptedShares>('enpa/fieldpriov2-decrypted.json');
      sealed = ([1, 2] as const).flatMap((server) =>
        encrypted[`server_${server}_shares`].map((share, i): (typeof sealed)[number] => [
          encrypted[`server_${server}_private_key`],
          base64(share),
          base64(decrypted[`server_${server}_decrypted_shares`][i]!),
        ]),
      );
    });

    it('opens the 20 shares', () => {
      expect(sealed).toHaveLength(20);
      for (const [key, share, plaintext] of sealed) expect(open(key, share)).toEqual(plaintext);
    });

    it('refuses a share tampered with in any region', () => {
      const [key, share] = sealed[0]!;
      const end = share.length;
      // Form byte, X, Y, ciphertext (first and last byte), tag (first and last byte).
      for (const at of [0, 1, 32, 33, 64, 65, end - 17, end - 16, end - 1]) {
        const tampered = Uint8Array.from(share);
        tampered[at]! ^= 1;
        expect(open(key, tampered), `byte ${at}`).toBeUndefined();
      }
      for (const size of [0, 1, 65, 80, SEAL_OVERHEAD, end - 1]) {
        expect(open(key, share.subarray(0, size)), `${size} bytes`).toBeUndefined();
      }
      expect(open(sealed[10]![0], share), 'the other server').toBeUndefined();
    });
  });

  describe('prng.json', () => {
    let vectors: PrngVectors;
    beforeAll(() => {
      vectors = readVector<PrngVectors>('enpa/prng.json');
    });

    function elements(seed: Uint8Array, count: number): Uint32Array {
      // Words at or above the modulus are 0.02 % of all; 1 % more than `count` is plenty.
      const stream = keystreamOne(backend, seed, Math.ceil(count * 1.01 + 64) * 4);
      const view = new DataView(stream.buffer);
      const found = new Uint32Array(count);
      let size = 0;
      for (let at = 0; size < count; at += 4) {
        const word = view.getUint32(at, true);
        if (word < MODULUS) found[size++] = word;
      }
      return found;
    }

    it('gives the fixed elements', () => {
      const { fixed, expand_to_share_dim7: share } = vectors;
      expect([...elements(fromHex(fixed.seed_hex), 32)]).toEqual(fixed.elements);
      expect([...elements(fromHex(share.seed_hex), 7)]).toEqual(share.data);
    });

    it('gives the hashes of 100 000 elements, across a counter wrap too', () => {
      expect(vectors.hash).toHaveLength(4);
      for (const { seed_b64, count, sha256_of_le_elements_b64 } of vectors.hash) {
        const found = new Uint8Array(elements(base64(seed_b64), count).buffer);
        expect(sha256(found), seed_b64).toEqual(base64(sha256_of_le_elements_b64));
      }
    });
  });

  describe('prio_server_keys.json', () => {
    let keys: Record<string, string>;
    beforeAll(() => {
      keys = readVector<{ keys: Record<string, string> }>('enpa/prio_server_keys.json').keys;
    });

    it('seals to and opens with the ECIES keys', () => {
      const names = Object.keys(keys).filter((name) => /ECIES|REQUEST_PRIVATE/.test(name));
      expect(names).toHaveLength(4);
      for (const name of names) {
        const text = keys[name]!;
        const plaintext = utf8(name);
        const sealed = sealOne(backend, decodePublicKey(text), sha256(plaintext), plaintext);
        expect(open(text, sealed)).toEqual(plaintext);
      }
    });

    it('signs and verifies with the batch signing keys', () => {
      for (const party of ['INGESTOR', 'FACILITATOR_SIGNING', 'PHA_SIGNING']) {
        const keyPair = keyPairFromPkcs8(base64(keys[`DEFAULT_${party}_PRIVATE_KEY`]!));
        const spkiName = `DEFAULT_${party.replace('_SIGNING', '')}_SUBJECT_PUBLIC_KEY_INFO`;
        const point = publicKeyFromSpki(base64(keys[spkiName]!));
        expect(keyPair.publicKey).toEqual(point);
        const signed = utf8(party);
        const signature = signOne(backend, keyPair.scalar, sha256(signed), sha256(point));
        for (const verifier of backends) {
          expect(verifyOne(verifier, point, signed, signature)).toBe(true);
          expect(verifyOne(verifier, point, utf8('other'), signature)).toBe(false);
        }
      }
    });
  });
});
