/**
 * The envelope keys of ENPA section 4 step 3: one block of the X9.63 KDF, which is SHA-256 of 101
 * bytes, four at a time.
 */

import { checkInput, checkOutput } from '../layout.ts';
import { POINT_SIZE, SCALAR_SIZE } from '../backend.ts';
import type { Strided } from '../backend.ts';
import { ENVELOPE_KEY_SIZE } from './gcm.ts';
import type { KernelInstance } from './instance.ts';
import { createStaging } from './staging.ts';

/** Items that pass through the areas at a time: a multiple of the kernel's four lanes. */
const STAGED_COUNT = 32;

export interface DerivationBlock {
  readonly count: number;
  /** Z: the x coordinate of the shared point, 32 bytes big-endian. */
  readonly sharedX: Strided;
  /** Ephemeral public keys, 65 bytes. */
  readonly points: Strided;
  /** Receives AES key || nonce, 32 bytes an item. */
  readonly keys: Strided;
}

/** Derives every slot's key: whether a slot is good or refused is not asked here. */
export type KeyDerivation = (block: DerivationBlock) => void;

export function createKeyDerivation(kernels: KernelInstance): KeyDerivation {
  const sharedX = createStaging(kernels, STAGED_COUNT, SCALAR_SIZE);
  const points = createStaging(kernels, STAGED_COUNT, POINT_SIZE);
  const keys = createStaging(kernels, STAGED_COUNT, ENVELOPE_KEY_SIZE);
  return (block) => {
    checkInput('shared coordinates', block.sharedX, block.count, SCALAR_SIZE);
    checkInput('points', block.points, block.count, POINT_SIZE);
    checkOutput('envelope keys', block.keys, block.count, ENVELOPE_KEY_SIZE);
    for (let first = 0; first < block.count; first += STAGED_COUNT) {
      const staged = Math.min(STAGED_COUNT, block.count - first);
      sharedX.placeInputs(block.sharedX, first, staged, SCALAR_SIZE);
      points.placeInputs(block.points, first, staged, POINT_SIZE);
      keys.placeOutputs(block.keys, first, ENVELOPE_KEY_SIZE);
      kernels.exports.deriveKeys(
        staged,
        sharedX.address,
        sharedX.stride,
        points.address,
        points.stride,
        keys.address,
        keys.stride,
      );
      keys.collectAll(block.keys, first, staged, ENVELOPE_KEY_SIZE);
    }
  };
}
