/**
 * Every cryptographic backend against published answers, and against each other where only the
 * inputs are published: a processor, or a Node, that computes something else is seen here.
 */

import {
  DIGEST_SIZE,
  POINT_SIZE,
  SCALAR_SIZE,
  SEAL_OVERHEAD,
  SEED_SIZE,
  SIGNATURE_SIZE,
  backendNames,
  createBackend,
  fromHex,
  sha256,
  toHex,
} from '@priolab/crypto';
import type { BackendName, CryptoBackend, Strided } from '@priolab/crypto';

import { ok, problem } from './finding.ts';
import type { Finding } from './finding.ts';

/** RFC 6979 appendix A.2.5: a key on P-256, and k and r of its signature of "sample" (SHA-256). */
const KEY = fromHex('c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721');
const K = fromHex('a6e3c57dd01abe90086538398355dd4c3b17aa873382b0f24d6129493d8aad60');
/** NIST SP 800-38A, F.5.1: AES-128 in counter mode, its key and its first counter. */
const SEED = fromHex('2b7e151628aed2a6abf7158809cf4f3cf0f1f2f3f4f5f6f7f8f9fafbfcfdfeff');

const KNOWN: Readonly<Record<string, string>> = {
  // FIPS 180-2, appendix B.1: of "abc".
  'SHA-256': 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  'P-256':
    '0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6' +
    '7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299',
  'ECDSA r': 'efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716',
  'AES-CTR': 'ec8cdf7398607cb0f2d21675ea9ea1e4362b7c3c6773516318a077d7fc5073ae',
};

/** @param create for tests: backends that are broken on purpose */
export function checkBackends(create: (name: BackendName) => CryptoBackend = createBackend) {
  return (): Finding => {
    const answers = new Map(backendNames.map((name) => [name, attempt(() => create(name))]));
    const reference = answers.get('noble')!;
    const wrong = [...answers].flatMap(([name, found]) => {
      if (typeof found === 'string') return [`${name} can't be used: ${found}`];
      return Object.keys(found).flatMap((what) => {
        const expected = KNOWN[what] ?? (typeof reference === 'string' ? '' : reference[what]);
        return found[what] === expected ? [] : [`${name}: another ${what} than it should be`];
      });
    });
    const names = backendNames.join(', ');
    if (wrong.length === 0) return ok(`${names} give the published answers and the same bytes`);
    return problem(wrong.join('; '), 'runs with such a backend are worth nothing (crypto.backend)');
  };
}

type Answers = Readonly<Record<string, string>>;

function attempt(create: () => CryptoBackend): Answers | string {
  try {
    return answersOf(create());
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function answersOf(backend: CryptoBackend): Answers {
  const message = new TextEncoder().encode('abc');
  const [digest, point, stream] = [room(DIGEST_SIZE), room(POINT_SIZE), room(SEED_SIZE)];
  const sizes = Uint32Array.of(message.length);
  backend.sha256(1, message, Uint32Array.of(0), sizes, digest);
  backend.publicKeys(1, of(KEY), point);
  backend.keystream(1, of(SEED), SEED_SIZE, stream);
  const signature = signatureBy(backend);
  const sealed = sealedBy(backend, message);
  return {
    'SHA-256': toHex(digest.bytes),
    'P-256': toHex(point.bytes),
    'AES-CTR': toHex(stream.bytes),
    'ECDSA r': toHex(signature.subarray(0, SCALAR_SIZE)),
    // There are two that fit an r; all backends give the same one.
    'ECDSA s': toHex(signature.subarray(SCALAR_SIZE)),
    envelope: toHex(sealed),
    'opened envelope': toHex(openedBy(backend, sealed)),
  };
}

function signatureBy(backend: CryptoBackend): Uint8Array {
  const signatures = room(SIGNATURE_SIZE);
  backend.sign({
    count: 1,
    scalars: of(KEY),
    digests: of(sha256(new TextEncoder().encode('sample'))),
    nonces: of(K),
    signatures,
    status: new Uint8Array(1),
  });
  return signatures.bytes;
}

function sealedBy(backend: CryptoBackend, plaintext: Uint8Array): Uint8Array {
  const sealed = room(plaintext.length + SEAL_OVERHEAD);
  backend.seal({
    count: 1,
    recipient: backend.privateKey(KEY).publicKey,
    scalars: of(K),
    plaintexts: of(plaintext),
    plaintextSize: plaintext.length,
    sealed,
    status: new Uint8Array(1),
  });
  return sealed.bytes;
}

function openedBy(backend: CryptoBackend, sealed: Uint8Array): Uint8Array {
  const plaintexts = room(sealed.length - SEAL_OVERHEAD);
  backend.open({
    count: 1,
    privateKey: backend.privateKey(KEY),
    sealed: of(sealed),
    sealedSize: sealed.length,
    plaintexts,
    status: new Uint8Array(1),
    failure: 1,
  });
  return plaintexts.bytes;
}

function of(bytes: Uint8Array): Strided {
  return { bytes, offset: 0, stride: bytes.length };
}

function room(size: number): Strided {
  return of(new Uint8Array(size));
}
