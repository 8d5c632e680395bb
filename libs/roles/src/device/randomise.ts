/**
 * Randomised response, per bit: each bit is flipped iff a uniform 32-bit word is below the task's
 * threshold. In distribution the same as ENPA's "keep, else a fair coin". Source: ENPA section 1.4.
 */

import type { SeedBranch } from '@priolab/crypto';
import type { Prio2Shape } from '@priolab/prio';

import type { MeasurementBlock } from '../blocks.ts';

export type RandomiseBits = (
  block: MeasurementBlock,
  noise: SeedBranch,
  proofs: Uint32Array,
) => void;

/**
 * A randomiser with its own scratch. It writes `bins` elements at the start of each proof vector
 * (stride proofLen) and leaves the rest of the vector as it was.
 */
export function randomiseBits(shape: Prio2Shape, capacity: number): RandomiseBits {
  const { dimension, proofLen } = shape;
  const itemSize = Math.ceil(dimension / 4) * 16;
  const bytes = new Uint8Array(capacity * itemSize);
  const words = new DataView(bytes.buffer);

  return (block, noise, proofs) => {
    const { count, bits, devices } = block;
    const threshold = block.task.flipThreshold;
    noise.gather(devices, count, itemSize, bytes);
    for (let i = 0; i < count; i++) {
      const bitsAt = i * dimension;
      const proofAt = i * proofLen;
      const wordsAt = i * itemSize;
      for (let k = 0; k < dimension; k++) {
        const flip = words.getUint32(wordsAt + 4 * k, true) < threshold ? 1 : 0;
        proofs[proofAt + k] = bits[bitsAt + k]! ^ flip;
      }
    }
  };
}
