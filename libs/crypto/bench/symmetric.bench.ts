/**
 * Cost of hashes and ciphers by the WebAssembly kernels and by node:crypto one item at a time, in
 * microseconds an item (see `npm run bench`). Items are in arrays outside of the kernels' memory:
 * the copies are included.
 */

import { hash } from 'node:crypto';
import { openSealed, TAG_SIZE, writeSealed } from '../src/node-aes.ts';
import { createNodeBackend, createSeedTree } from '../src/index.ts';
import type { Strided } from '../src/index.ts';
import { createGcm } from '../src/wasm/gcm.ts';
import type { Gcm } from '../src/wasm/gcm.ts';
import { createKernelInstance } from '../src/wasm/instance.ts';
import { createKeyDerivation } from '../src/wasm/key-derivation.ts';
import type { KeyDerivation } from '../src/wasm/key-derivation.ts';
import { createKeystream } from '../src/wasm/keystream.ts';
import { createSha256 } from '../src/wasm/sha256.ts';
import type { BenchRow } from './crypto.bench.ts';
import { slot } from '../src/layout.ts';

/** The operations that both sides have. */
interface Symmetric {
  readonly name: string;
  readonly sha256: ReturnType<typeof createSha256>;
  readonly deriveKeys: KeyDerivation;
  readonly keystream: ReturnType<typeof createKeystream>;
  readonly gcm: Gcm;
}

const FAILURE = 1;
const root = createSeedTree('symmetric bench');

function createKernelSide(): Symmetric {
  const kernels = createKernelInstance();
  return {
    name: 'kernels',
    sha256: createSha256(kernels),
    deriveKeys: createKeyDerivation(kernels),
    keystream: createKeystream(kernels),
    gcm: createGcm(kernels),
  };
}

function createNodeSide(): Symmetric {
  const backend = createNodeBackend();
  const input = new Uint8Array(101);
  input[35] = 1;
  return {
    name: 'node:crypto',
    sha256: (...block) => backend.sha256(...block),
    keystream: (...block) => backend.keystream(...block),
    deriveKeys({ count, sharedX, points, keys }) {
      for (let i = 0; i < count; i++) {
        input.set(slot(sharedX, i, 32), 0);
        input.set(slot(points, i, 65), 36);
        keys.bytes.set(hash('sha256', input, 'buffer'), keys.offset + i * keys.stride);
      }
    },
    gcm: {
      seal({ count, keys, plaintexts, plaintextSize, sealed }) {
        for (let i = 0; i < count; i++) {
          const start = sealed.offset + i * sealed.stride;
          const plaintext = slot(plaintexts, i, plaintextSize);
          writeSealed(slot(keys, i, 32), plaintext, sealed.bytes, start);
        }
      },
      open({ count, keys, sealed, plaintextSize, plaintexts, status, failure }) {
        for (let i = 0; i < count; i++) {
          const plaintext = openSealed(
            slot(keys, i, 32),
            slot(sealed, i, plaintextSize + TAG_SIZE),
          );
          if (plaintext === undefined) status[i] = failure;
          else plaintexts.bytes.set(plaintext, plaintexts.offset + i * plaintexts.stride);
        }
      },
    },
  };
}

/** Pseudo-random items; `size` need not be a multiple of 16. */
function items(name: string, count: number, size: number): Strided {
  const bytes = root.child(name).bytes(0, Math.ceil((count * size) / 16) * 16);
  return { bytes, offset: 0, stride: size };
}

function packed(count: number, size: number): Strided {
  return { bytes: new Uint8Array(count * size), offset: 0, stride: size };
}

/** FNV-1a, 32 bits, of every 61st byte: cheap beside what is measured. */
function checksum(bytes: Uint8Array): number {
  let hashed = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i += 61) hashed = Math.imul(hashed ^ bytes[i]!, 0x01000193);
  return hashed >>> 0;
}

function sha256(side: Symmetric, count: number, size: number): () => number {
  const messages = items('message', count, size).bytes;
  const offsets = Uint32Array.from({ length: count }, (_, i) => i * size);
  const sizes = new Uint32Array(count).fill(size);
  const digests = packed(count, 32);
  return () => {
    side.sha256(count, messages, offsets, sizes, digests);
    return checksum(digests.bytes);
  };
}

function deriveKeys(side: Symmetric, count: number): () => number {
  const keys = packed(count, 32);
  const block = { count, sharedX: items('x', count, 32), points: items('point', count, 65), keys };
  return () => {
    side.deriveKeys(block);
    return checksum(keys.bytes);
  };
}

function keystream(side: Symmetric, count: number, size: number): () => number {
  const seeds = items('seed', count, 32);
  const out = packed(count, size);
  return () => {
    side.keystream(count, seeds, size, out);
    return checksum(out.bytes);
  };
}

function seal(side: Symmetric, count: number, plaintextSize: number): () => number {
  const sealed = packed(count, plaintextSize + TAG_SIZE);
  const block = {
    count,
    keys: items('key', count, 32),
    plaintexts: items('plaintext', count, plaintextSize),
    plaintextSize,
    sealed,
    status: new Uint8Array(count),
  };
  return () => {
    side.gcm.seal(block);
    return checksum(sealed.bytes);
  };
}

function open(side: Symmetric, count: number, plaintextSize: number): () => number {
  const sealed = packed(count, plaintextSize + TAG_SIZE);
  const keys = items('key', count, 32);
  const plaintexts = items('plaintext', count, plaintextSize);
  const status = new Uint8Array(count);
  side.gcm.seal({ count, keys, plaintexts, plaintextSize, sealed, status });
  const opened = packed(count, plaintextSize);
  const block = {
    count,
    keys,
    sealed,
    plaintextSize,
    plaintexts: opened,
    status,
    failure: FAILURE,
  };
  return () => {
    side.gcm.open(block);
    return checksum(opened.bytes) ^ checksum(status);
  };
}

function rowsOf(side: Symmetric): readonly BenchRow[] {
  const row = (what: string, prepare: BenchRow['prepare']): BenchRow => ({
    name: `crypto: ${side.name}: ${what}`,
    sizes: { smoke: 5, full: 512 },
    prepare,
  });
  const sized = (
    what: string,
    sizes: readonly number[],
    prepare: (side: Symmetric, count: number, size: number) => () => number,
  ): readonly BenchRow[] =>
    sizes.map((size) => row(`${what} ${size} B`, (count) => prepare(side, count, size)));
  return [
    ...sized('SHA-256', [100, 1300], sha256),
    row('derive keys', (count) => deriveKeys(side, count)),
    ...sized('keystream', [32, 924], keystream),
    ...sized('GCM seal', [32, 64, 140, 924], seal),
    ...sized('GCM open', [32, 64, 140, 924], open),
  ];
}

const sides = [createKernelSide(), createNodeSide()];

export const rows: readonly BenchRow[] = sides.flatMap(rowsOf);
