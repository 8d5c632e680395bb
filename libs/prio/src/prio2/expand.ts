/**
 * A seed becomes field elements: AES-128-CTR keystream cut into little-endian words, words of p or
 * more skipped. One word in 4,096 is skipped, so a share of 1,344 bins meets one in about half of
 * all reports. Source: ENPA section 3.4. The keystream is the backend's, the skipping the field's.
 */

import type { CryptoBackend, Strided } from '@priolab/crypto';
import type { BlockKernels } from '@priolab/field';

import { requireLength } from './shape.ts';
import type { Prio2Shape } from './shape.ts';

/**
 * Expands the 32-byte seeds of a block into `out`, stride proofLen; slots with a status are
 * skipped.
 */
export type ExpandBlock = (
  backend: CryptoBackend,
  count: number,
  seeds: Strided,
  out: Uint32Array,
  status: Uint8Array,
) => void;

export function createExpander({ proofLen }: Prio2Shape, kernels: BlockKernels): ExpandBlock {
  return (backend, count, seeds, out, status) => {
    requireLength('share elements', out, count * proofLen);
    requireLength('status bytes', status, count);
    const { bytes, offset, stride } = seeds;
    kernels.expand(
      count,
      (first, inChunk, size, into) => {
        const chunk = { bytes, offset: offset + first * stride, stride };
        backend.keystream(inChunk, chunk, size, into);
      },
      out,
      status,
    );
  };
}
