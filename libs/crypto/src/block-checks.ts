/**
 * The entry checks of each block operation, shared so that the backends refuse the same calls.
 * All throw `invalid-layout`; the loops behind them need no bounds checks.
 */

import { checkInput, checkList, checkOutput } from './layout.ts';
import { DIGEST_SIZE, POINT_SIZE, SCALAR_SIZE } from './backend.ts';
import { SEAL_OVERHEAD, SEED_SIZE, SIGNATURE_SIZE } from './backend.ts';
import type { OpenBlock, SealBlock, SignBlock, Strided, VerifyBlock } from './backend.ts';

export function checkPublicKeys(count: number, scalars: Strided, points: Strided): void {
  checkInput('scalars', scalars, count, SCALAR_SIZE);
  checkOutput('points', points, count, POINT_SIZE);
}

export function checkSeal(block: SealBlock): void {
  checkInput('scalars', block.scalars, block.count, SCALAR_SIZE);
  checkInput('plaintexts', block.plaintexts, block.count, block.plaintextSize);
  checkOutput('sealed items', block.sealed, block.count, block.plaintextSize + SEAL_OVERHEAD);
  checkList('status bytes', block.status, block.count);
}

/** Sealed items too short to hold a plaintext are no layout mistake: `open` refuses each. */
export function checkOpen(block: OpenBlock): void {
  checkInput('sealed items', block.sealed, block.count, block.sealedSize);
  const plaintextSize = Math.max(0, block.sealedSize - SEAL_OVERHEAD);
  checkOutput('plaintexts', block.plaintexts, block.count, plaintextSize);
  checkList('status bytes', block.status, block.count);
}

export function checkSign(block: SignBlock): void {
  checkInput('scalars', block.scalars, block.count, SCALAR_SIZE);
  checkInput('digests', block.digests, block.count, DIGEST_SIZE);
  checkInput('nonces', block.nonces, block.count, SCALAR_SIZE);
  checkOutput('signatures', block.signatures, block.count, SIGNATURE_SIZE);
  checkList('status bytes', block.status, block.count);
}

export function checkVerify(block: VerifyBlock): void {
  checkList('key indexes', block.keyIndex, block.count);
  checkList('offsets', block.offsets, block.count);
  checkList('sizes', block.sizes, block.count);
  checkInput('signatures', block.signatures, block.count, SIGNATURE_SIZE);
  checkList('status bytes', block.status, block.count);
}

export function checkKeystream(count: number, seeds: Strided, size: number, out: Strided): void {
  checkInput('seeds', seeds, count, SEED_SIZE);
  checkOutput('keystreams', out, count, size);
}

export function checkSha256(
  count: number,
  offsets: Uint32Array,
  sizes: Uint32Array,
  digests: Strided,
): void {
  checkList('offsets', offsets, count);
  checkList('sizes', sizes, count);
  checkOutput('digests', digests, count, DIGEST_SIZE);
}
