/**
 * Cost of each operation on each backend, in microseconds an item (see `npm run bench`). Inputs
 * come from a fixed seed; the checksum says that the same work was done.
 */

import { backendNames, createBackend, createSeedTree, fillScalars } from '../src/index.ts';
import { POINT_SIZE, SEAL_OVERHEAD } from '../src/index.ts';
import type { BackendName, CryptoBackend, Strided } from '../src/index.ts';

export interface BenchRow {
  readonly name: string;
  /** Items a run works on. */
  readonly sizes: { readonly smoke: number; readonly full: number };
  /** Sets up; the closure does the work once and returns a checksum. */
  prepare(size: number): () => number;
}

const FAILURE = 1;
const MESSAGE_SIZE = 112;
const root = createSeedTree('crypto bench');

function scalars(name: string, count: number): Strided {
  const out = packed(count, 32);
  const indexes = Uint32Array.from({ length: count }, (_, i) => i);
  fillScalars(root.child(name), indexes, count, out);
  return out;
}

/** Pseudo-random items; `size` need not be a multiple of 16. */
function items(name: string, count: number, size: number): Strided {
  const bytes = root.child(name).bytes(0, Math.ceil((count * size) / 16) * 16);
  return { bytes, offset: 0, stride: size };
}

function packed(count: number, size: number): Strided {
  return { bytes: new Uint8Array(count * size), offset: 0, stride: size };
}

/** FNV-1a, 32 bits. */
function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash >>> 0;
}

function sealing(backend: CryptoBackend, count: number, plaintextSize: number) {
  const privateKey = backend.privateKey(scalars('recipient', 1).bytes);
  const sealedSize = plaintextSize + SEAL_OVERHEAD;
  const sealed = packed(count, sealedSize);
  const status = new Uint8Array(count);
  const block = {
    count,
    recipient: privateKey.publicKey,
    scalars: scalars('ephemeral', count),
    plaintexts: items('plaintext', count, plaintextSize),
    plaintextSize,
    sealed,
    status,
  };
  return { privateKey, sealed, sealedSize, block };
}

function seal(backend: CryptoBackend, count: number, plaintextSize: number): () => number {
  const { block, sealed } = sealing(backend, count, plaintextSize);
  return () => {
    backend.seal(block);
    return checksum(sealed.bytes);
  };
}

/** Each to somebody else, more than a backend keeps in mind: whatever a new recipient costs. */
function sealToEach(backend: CryptoBackend, count: number): () => number {
  const { block, sealed } = sealing(backend, 1, 64);
  const secrets = scalars('recipients', count).bytes;
  const keys = Array.from({ length: count }, (_, i) => secrets.slice(32 * i, 32 * (i + 1)));
  const recipients = keys.map((key) => backend.privateKey(key).publicKey);
  return () => {
    let sum = 0;
    for (const recipient of recipients) {
      backend.seal({ ...block, recipient });
      sum ^= checksum(sealed.bytes);
    }
    return sum >>> 0;
  };
}

function open(backend: CryptoBackend, count: number, plaintextSize: number): () => number {
  const { privateKey, block, sealed, sealedSize } = sealing(backend, count, plaintextSize);
  backend.seal(block);
  const plaintexts = packed(count, plaintextSize);
  const status = new Uint8Array(count);
  return () => {
    status.fill(0);
    backend.open({ count, privateKey, sealed, sealedSize, plaintexts, status, failure: FAILURE });
    return checksum(plaintexts.bytes) ^ checksum(status);
  };
}

/** `keyCount` is 1, or `count` for signers of their own. */
function signing(backend: CryptoBackend, count: number, keyCount = 1) {
  const messages = items('message', count, MESSAGE_SIZE).bytes;
  const offsets = Uint32Array.from({ length: count }, (_, i) => i * MESSAGE_SIZE);
  const sizes = new Uint32Array(count).fill(MESSAGE_SIZE);
  const digests = packed(count, 32);
  backend.sha256(count, messages, offsets, sizes, digests);
  const signatures = packed(count, 64);
  const signers = scalars('signer', keyCount);
  const block = {
    count,
    scalars: keyCount === 1 ? { ...signers, stride: 0 } : signers,
    digests,
    nonces: scalars('nonce', count),
    signatures,
    status: new Uint8Array(count),
  };
  return { messages, offsets, sizes, signatures, block };
}

function sign(backend: CryptoBackend, count: number): () => number {
  const { block, signatures } = signing(backend, count);
  return () => {
    backend.sign(block);
    return checksum(signatures.bytes);
  };
}

function verify(backend: CryptoBackend, count: number, keyCount = 1): () => number {
  const { messages, offsets, sizes, signatures, block } = signing(backend, count, keyCount);
  backend.sign(block);
  const keys = backend.verifyingKeys();
  const points = packed(keyCount, POINT_SIZE);
  backend.publicKeys(keyCount, block.scalars, points);
  for (let k = 0; k < keyCount; k++) {
    keys.add(points.bytes.subarray(k * POINT_SIZE, (k + 1) * POINT_SIZE));
  }
  const keyIndex = Int32Array.from({ length: count }, (_, i) => i % keyCount);
  const status = new Uint8Array(count);
  const failure = FAILURE;
  return () => {
    status.fill(0);
    backend.verify({
      count,
      keys,
      keyIndex,
      messages,
      offsets,
      sizes,
      signatures,
      status,
      failure,
    });
    return checksum(status);
  };
}

function keystream(backend: CryptoBackend, count: number, size: number): () => number {
  const seeds = items('seed', count, 32);
  const out = packed(count, size);
  return () => {
    backend.keystream(count, seeds, size, out);
    return checksum(out.bytes);
  };
}

function publicKeys(backend: CryptoBackend, count: number): () => number {
  const keys = scalars('key', count);
  const points = packed(count, 65);
  return () => {
    backend.publicKeys(count, keys, points);
    return checksum(points.bytes);
  };
}

function digest(backend: CryptoBackend, count: number, size: number): () => number {
  const sizes = new Uint32Array(count).fill(size);
  const offsets = sizes.map((item, i) => i * item);
  const messages = items('message', count, size).bytes;
  const digests = packed(count, 32);
  return () => {
    backend.sha256(count, messages, offsets, sizes, digests);
    return checksum(digests.bytes);
  };
}

/** Slow backends get fewer items, so that a run takes no longer than a round. */
const FULL: Readonly<Record<string, number>> = { noble: 4, node: 256 };

function rowsOf(name: BackendName): readonly BenchRow[] {
  const backend = createBackend(name);
  const full = FULL[name] ?? 512;
  const row = (what: string, prepare: BenchRow['prepare'], scale = 1): BenchRow => ({
    name: `crypto: ${name}: ${what}`,
    sizes: { smoke: 3, full: full * scale },
    prepare,
  });
  const recipients = { smoke: 3, full: 8 };
  return [
    row('public key', (size) => publicKeys(backend, size)),
    row('seal 64 B', (size) => seal(backend, size, 64)),
    row('seal 924 B', (size) => seal(backend, size, 924)),
    { ...row('seal 64 B, a recipient each', (n) => sealToEach(backend, n)), sizes: recipients },
    row('open 924 B', (size) => open(backend, size, 924)),
    row('sign', (size) => sign(backend, size)),
    row('verify', (size) => verify(backend, size)),
    row('verify, a key each', (size) => verify(backend, size, size)),
    row('keystream 924 B', (size) => keystream(backend, size, 924), 4),
    row('SHA-256 of 1,300 B', (size) => digest(backend, size, 1300), 4),
  ];
}

function gather(count: number): () => number {
  const branch = root.child('gather');
  // Every other or third index: a density of 40 %.
  const indexes = Uint32Array.from({ length: count }, (_, i) => 5 * (i >> 1) + 2 * (i & 1));
  const out = new Uint8Array(count * 32);
  return () => {
    branch.gather(indexes, count, 32, out);
    return checksum(out);
  };
}

export const rows: readonly BenchRow[] = [
  ...backendNames.flatMap(rowsOf),
  {
    name: 'crypto: seed tree: gather 32 B at 40 %',
    sizes: { smoke: 10, full: 100_000 },
    prepare: gather,
  },
];
