/**
 * The rows of `test/golden/prio2.json`: Prio v2 from end to end by the reference code alone, which
 * the published vectors verify, so that a clone without those vectors still proves correctness.
 * Inputs are fixed: everything comes from the keystream of two seeds per row.
 */

import { createHash } from 'node:crypto';

import { createBackend, toHex } from '@priolab/crypto';

import { prio2Shape, referencePrio2 } from '../src/index.ts';

export interface GoldenRow {
  readonly dimension: number;
  /** One character a bin. */
  readonly data: string;
  readonly f0: number;
  readonly g0: number;
  /** The helper's share, hex. */
  readonly seed: string;
  readonly r: number;
  /** The vectors as little-endian bytes: hex for up to 16 bins, else their SHA-256. */
  readonly proof: string;
  readonly leaderShare: string;
  readonly leaderVerifierShare: readonly number[];
  readonly helperVerifierShare: readonly number[];
}

const DIMENSIONS = [1, 5, 10, 16, 100, 1344];
const MAX_DIMENSION_IN_FULL = 16;

export function goldenRows(): GoldenRow[] {
  return DIMENSIONS.map(goldenRow);
}

function goldenRow(dimension: number): GoldenRow {
  const { proofLen } = prio2Shape(dimension);
  const inputs = keystream(seedOf(dimension, 1), 16 + dimension);
  const [f0, g0, r] = referencePrio2.elementsOf(inputs, 3) as [bigint, bigint, bigint];
  const data = Array.from(inputs.subarray(16), (byte) => BigInt(byte & 1));
  const seed = seedOf(dimension, 2);
  const helper = referencePrio2.elementsOf(keystream(seed, 8 * proofLen), proofLen);
  const proof = referencePrio2.prove(data, f0, g0);
  const leader = referencePrio2.split(proof, helper);
  const options = { dimension, r };
  const first = referencePrio2.verifyInit(leader, { ...options, role: 'leader' });
  const second = referencePrio2.verifyInit(helper, { ...options, role: 'helper' });
  if (!referencePrio2.decide(first, second)) throw new Error(`${dimension} bins: not accepted`);
  return {
    dimension,
    data: data.join(''),
    f0: Number(f0),
    g0: Number(g0),
    seed: toHex(seed),
    r: Number(r),
    proof: goldenVector(dimension, proof.map(Number)),
    leaderShare: goldenVector(dimension, leader.map(Number)),
    leaderVerifierShare: first.map(Number),
    helperVerifierShare: second.map(Number),
  };
}

/** A vector as the golden file holds it. */
export function goldenVector(dimension: number, elements: readonly number[]): string {
  const bytes = new Uint8Array(4 * elements.length);
  const view = new DataView(bytes.buffer);
  elements.forEach((element, i) => view.setUint32(4 * i, element, true));
  if (dimension <= MAX_DIMENSION_IN_FULL) return toHex(bytes);
  return createHash('sha256').update(bytes).digest('hex');
}

function seedOf(dimension: number, purpose: number): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => (dimension * 31 + purpose * 101 + i * 7) & 0xff);
}

function keystream(seed: Uint8Array, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  const seeds = { bytes: seed, offset: 0, stride: seed.length };
  createBackend('noble').keystream(1, seeds, size, { bytes, offset: 0, stride: size });
  return bytes;
}
