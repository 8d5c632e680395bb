/**
 * Arithmetic modulo n, the order of P-256, on blocks: what ECDSA needs besides points. Blocks of
 * any count go through the kernels some hundreds at a time, each with one inversion. Like the
 * kernels, not constant-time.
 */

import { checkSign } from '../block-checks.ts';
import { CryptoError } from '../errors.ts';
import { checkInput, checkList, checkOutput, slot } from '../layout.ts';
import { checkScalar } from '../scalars.ts';
import { DIGEST_SIZE, POINT_SIZE, SCALAR_SIZE, SIGNATURE_SIZE } from '../backend.ts';
import type { SignBlock, Strided } from '../backend.ts';
import type { KernelInstance } from './instance.ts';
import { createStaging } from './staging.ts';
import type { Staging } from './staging.ts';

/** Slots that share one inversion, which costs as much as 400 products. */
const CHUNK_COUNT = 512;
/** A number modulo n in the kernels' memory. */
const ELEMENT_SIZE = 36;

export interface SignScalarsBlock extends SignBlock {
  /** nonce * G, 65 bytes each. */
  readonly points: Strided;
}

export interface VerifyScalarsBlock {
  readonly count: number;
  readonly digests: Strided;
  /** r || s. */
  readonly signatures: Strided;
  /** Receive e / s and r / s, 32 bytes each; 1 in slots whose status is not 0, before or after. */
  readonly u1: Strided;
  readonly u2: Strided;
  readonly status: Uint8Array;
  /** Written into `status` where r or s is not in [1, n-1]. */
  readonly failure: number;
}

export interface MatchBlock {
  readonly count: number;
  /** x of u1 * G + u2 * Q, 32 bytes each. */
  readonly xs: Strided;
  /** r || s; r was found to be in [1, n-1]. */
  readonly signatures: Strided;
  readonly status: Uint8Array;
  /** Written into `status` where x mod n is not r. */
  readonly failure: number;
}

export interface OrderArithmetic {
  /**
   * s and r of ECDSA signatures, kG being given.
   * @throws CryptoError `invalid-scalar`, `invalid-signature` as `CryptoBackend.sign` does
   */
  signScalars(block: SignScalarsBlock): void;
  verifyScalars(block: VerifyScalarsBlock): void;
  matchR(block: MatchBlock): void;
}

export function createOrderArithmetic(kernels: KernelInstance): OrderArithmetic {
  const areas = createAreas(kernels);
  return {
    signScalars(block) {
      checkSign(block);
      checkInput('points', block.points, block.count, POINT_SIZE);
      forChunks(block.count, CHUNK_COUNT, (first, count) => {
        signChunk(kernels, areas, block, first, count);
      });
    },
    verifyScalars(block) {
      checkInput('digests', block.digests, block.count, DIGEST_SIZE);
      checkInput('signatures', block.signatures, block.count, SIGNATURE_SIZE);
      checkOutput('scalars', block.u1, block.count, SCALAR_SIZE);
      checkOutput('scalars', block.u2, block.count, SCALAR_SIZE);
      checkList('status bytes', block.status, block.count);
      forChunks(block.count, CHUNK_COUNT, (first, count) => {
        verifyChunk(kernels, areas, block, first, count);
      });
    },
    matchR(block) {
      checkInput('x coordinates', block.xs, block.count, SCALAR_SIZE);
      checkInput('signatures', block.signatures, block.count, SIGNATURE_SIZE);
      checkList('status bytes', block.status, block.count);
      forChunks(block.count, CHUNK_COUNT, (first, count) => {
        matchChunk(kernels, areas, block, first, count);
      });
    },
  };
}

interface Areas {
  /** 32-byte items. */
  readonly first: Staging;
  readonly second: Staging;
  readonly third: Staging;
  /** 65-byte items. */
  readonly points: Staging;
  readonly signatures: Staging;
  /** A byte each. */
  readonly status: Staging;
  /** The address of an element for each slot. */
  readonly work: number;
}

function createAreas(kernels: KernelInstance): Areas {
  const scalars = (): Staging => createStaging(kernels, CHUNK_COUNT, SCALAR_SIZE);
  return {
    first: scalars(),
    second: scalars(),
    third: scalars(),
    points: createStaging(kernels, CHUNK_COUNT, POINT_SIZE),
    signatures: createStaging(kernels, CHUNK_COUNT, SIGNATURE_SIZE),
    status: createStaging(kernels, 1, CHUNK_COUNT),
    work: kernels.reserve(CHUNK_COUNT * ELEMENT_SIZE),
  };
}

function signChunk(
  kernels: KernelInstance,
  areas: Areas,
  block: SignScalarsBlock,
  first: number,
  count: number,
): void {
  const { first: nonces, second: scalars, third: digests, points, signatures } = areas;
  nonces.placeInputs(block.nonces, first, count, SCALAR_SIZE);
  scalars.placeInputs(block.scalars, first, count, SCALAR_SIZE);
  digests.placeInputs(block.digests, first, count, DIGEST_SIZE);
  points.placeInputs(block.points, first, count, POINT_SIZE);
  signatures.placeOutputs(block.signatures, first, SIGNATURE_SIZE);
  areas.status.placeInputs(statusOf(block, first), 0, 1, count);
  const refused = kernels.exports.signScalars(
    count,
    nonces.address,
    nonces.stride,
    scalars.address,
    scalars.stride,
    digests.address,
    digests.stride,
    points.address,
    points.stride,
    signatures.address,
    signatures.stride,
    areas.status.address,
    areas.work,
  );
  if (refused < count) refuse(block, first + refused);
  for (let i = 0; i < count; i++) {
    if (block.status[first + i] !== 0) continue;
    signatures.collect(block.signatures, first, i, SIGNATURE_SIZE);
  }
}

/** Throws what is wrong with a slot that the kernel could not sign. */
function refuse(block: SignScalarsBlock, index: number): never {
  checkScalar('nonce', slot(block.nonces, index, SCALAR_SIZE));
  checkScalar('private scalar', slot(block.scalars, index, SCALAR_SIZE));
  throw new CryptoError('invalid-signature', 'a nonce that gives r, s > 0', 'r or s = 0');
}

function verifyChunk(
  kernels: KernelInstance,
  areas: Areas,
  block: VerifyScalarsBlock,
  first: number,
  count: number,
): void {
  const { first: digests, second: u1, third: u2, signatures, status } = areas;
  digests.placeInputs(block.digests, first, count, DIGEST_SIZE);
  signatures.placeInputs(block.signatures, first, count, SIGNATURE_SIZE);
  u1.placeOutputs(block.u1, first, SCALAR_SIZE);
  u2.placeOutputs(block.u2, first, SCALAR_SIZE);
  status.placeInputs(statusOf(block, first), 0, 1, count);
  kernels.exports.verifyScalars(
    count,
    digests.address,
    digests.stride,
    signatures.address,
    signatures.stride,
    u1.address,
    u1.stride,
    u2.address,
    u2.stride,
    status.address,
    block.failure,
    areas.work,
  );
  status.collect(statusOf(block, first), 0, 0, count);
  for (let i = 0; i < count; i++) {
    u1.collect(block.u1, first, i, SCALAR_SIZE);
    u2.collect(block.u2, first, i, SCALAR_SIZE);
  }
}

function matchChunk(
  kernels: KernelInstance,
  areas: Areas,
  block: MatchBlock,
  first: number,
  count: number,
): void {
  const { first: xs, signatures, status } = areas;
  xs.placeInputs(block.xs, first, count, SCALAR_SIZE);
  signatures.placeInputs(block.signatures, first, count, SIGNATURE_SIZE);
  status.placeInputs(statusOf(block, first), 0, 1, count);
  kernels.exports.matchR(
    count,
    xs.address,
    xs.stride,
    signatures.address,
    signatures.stride,
    status.address,
    block.failure,
  );
  status.collect(statusOf(block, first), 0, 0, count);
}

/** The status bytes from slot `first` on, as one item. */
function statusOf({ status }: { readonly status: Uint8Array }, first: number): Strided {
  return { bytes: status, offset: first, stride: 0 };
}

function forChunks(
  count: number,
  chunkCount: number,
  use: (first: number, count: number) => void,
): void {
  for (let first = 0; first < count; first += chunkCount) {
    use(first, Math.min(chunkCount, count - first));
  }
}
