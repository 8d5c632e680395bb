/**
 * Counts what a backend is asked to do, in the operations of the protocol and not in those of an
 * implementation: the counts are exact, the same for every backend, and say what a report must
 * cost whoever computes it.
 *
 *   public key   1 base multiplication (k * G)
 *   seal         1 base, 1 fixed (k * Q, Q the recipient of the whole block), KDF, AES-GCM
 *   open         1 variable (d * R, R the sender's), KDF, AES-GCM
 *   sign         1 base; the digest is counted where it is made
 *   verify       1 base, 1 variable (u1 * G + u2 * Q), SHA-256 of the message; also where a backend
 *                verifies many by one sum, as `wasm` does at a third of the cost
 *   KDF          2 SHA-256 blocks: Z || 00000001 || ephemeral point, 101 bytes
 *   AES-GCM      1 AES block for the hash key, 1 to mask the tag, 1 for each 16 bytes of plaintext
 *   SHA-256      1 block for each 64 bytes of message, padding and length (9 bytes) included
 *   keystream    1 AES block for each 16 bytes asked for
 *
 * A slot that was refused before a call costs nothing; one that the call itself refuses counts in
 * full. Not counted: checks that a point is on the curve, keys prepared once, arithmetic mod n, and
 * the seed tree, which stands for a device's own source of randomness.
 */

import { POINT_SIZE, SEAL_OVERHEAD } from './backend.ts';
import type { CryptoBackend } from './backend.ts';

/** Running counts of operations. */
export interface CryptoWork {
  baseMultiplications: number;
  fixedMultiplications: number;
  variableMultiplications: number;
  sha256Blocks: number;
  aesBlocks: number;
}

const AES_BLOCK_SIZE = 16;
const GCM_EXTRA_BLOCKS = 2;
const KDF_BLOCKS = sha256BlockCount(32 + 4 + POINT_SIZE);

/** `backend`, adding to `work` once a call. */
export function createCountingBackend(backend: CryptoBackend, work: CryptoWork): CryptoBackend {
  const countEnvelopes = (count: number, plaintextSize: number): void => {
    work.sha256Blocks += count * KDF_BLOCKS;
    work.aesBlocks += count * (GCM_EXTRA_BLOCKS + aesBlockCount(plaintextSize));
  };
  return {
    name: backend.name,
    privateKey: (scalar) => backend.privateKey(scalar),
    verifyingKeys: () => backend.verifyingKeys(),
    publicKeys(count, scalars, points) {
      work.baseMultiplications += count;
      backend.publicKeys(count, scalars, points);
    },
    seal(block) {
      const count = openSlots(block.count, block.status);
      work.baseMultiplications += count;
      work.fixedMultiplications += count;
      countEnvelopes(count, block.plaintextSize);
      backend.seal(block);
    },
    open(block) {
      const count = openSlots(block.count, block.status);
      work.variableMultiplications += count;
      countEnvelopes(count, Math.max(0, block.sealedSize - SEAL_OVERHEAD));
      backend.open(block);
    },
    sign(block) {
      work.baseMultiplications += openSlots(block.count, block.status);
      backend.sign(block);
    },
    verify(block) {
      const count = openSlots(block.count, block.status);
      work.baseMultiplications += count;
      work.variableMultiplications += count;
      work.sha256Blocks += messageBlocks(block.count, block.sizes, block.status);
      backend.verify(block);
    },
    keystream(count, seeds, size, out) {
      work.aesBlocks += count * aesBlockCount(size);
      backend.keystream(count, seeds, size, out);
    },
    sha256(count, messages, offsets, sizes, digests) {
      work.sha256Blocks += messageBlocks(count, sizes);
      backend.sha256(count, messages, offsets, sizes, digests);
    },
  };
}

export function emptyCryptoWork(): CryptoWork {
  return {
    baseMultiplications: 0,
    fixedMultiplications: 0,
    variableMultiplications: 0,
    sha256Blocks: 0,
    aesBlocks: 0,
  };
}

function openSlots(count: number, status: Uint8Array): number {
  let open = 0;
  for (let i = 0; i < count; i++) if (status[i] === 0) open++;
  return open;
}

function messageBlocks(count: number, sizes: Uint32Array, status?: Uint8Array): number {
  let blocks = 0;
  for (let i = 0; i < count; i++) {
    if (status === undefined || status[i] === 0) blocks += sha256BlockCount(sizes[i]!);
  }
  return blocks;
}

function sha256BlockCount(size: number): number {
  return Math.ceil((size + 9) / 64);
}

function aesBlockCount(size: number): number {
  return Math.ceil(size / AES_BLOCK_SIZE);
}
