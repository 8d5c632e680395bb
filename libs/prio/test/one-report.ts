/** The block code and the reference on a single report, checked against each other as they run. */

import { createHash } from 'node:crypto';

import { fieldPrio2 } from '@priolab/field';
import { expect } from 'vitest';

import { createPrio2, referencePrio2 } from '../src/index.ts';
import type { Prio2 } from '../src/index.ts';

export const p = fieldPrio2.modulus;
export const OK = 0;
export const FAILED = 7;

type Triple = readonly [number, number, number];

/** `count` elements without a pattern, by label. */
export function scattered(label: string, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const digest = createHash('sha256').update(`${label}/${i}`).digest();
    return digest.readUInt32LE(0) % p;
  });
}

export function scatteredBits(label: string, count: number): number[] {
  return scattered(label, count).map((x) => x % 2);
}

/** The proof vector of `data`. */
export function proveOne(data: readonly number[], f0: number, g0: number): number[] {
  const prio2 = createPrio2(data.length);
  const proof = new Uint32Array(prio2.shape.proofLen);
  proof.set([...data, f0, g0]);
  prio2.proveBlock(1, proof);
  const reference = referencePrio2.prove(data.map(BigInt), BigInt(f0), BigInt(g0));
  expect([...proof]).toEqual(reference.map(Number));
  return [...proof];
}

/** (f, g, h) at r of one share, or undefined where r is refused. */
export function answerOne(
  role: 'leader' | 'helper',
  dimension: number,
  share: readonly number[],
  r: number,
): Triple | undefined {
  const verifierShares = new Uint32Array(3);
  const status = new Uint8Array(1);
  createPrio2(dimension).verifyInit({
    role,
    count: 1,
    shares: Uint32Array.from(share),
    queryRandomness: Uint32Array.of(r),
    verifierShares,
    status,
    failure: FAILED,
  });
  if (status[0] === FAILED) {
    expect([...verifierShares]).toEqual([0, 0, 0]);
    return undefined;
  }
  const options = { role, dimension, r: BigInt(r) };
  const reference = referencePrio2.verifyInit(share.map(BigInt), options);
  expect([...verifierShares]).toEqual(reference.map(Number));
  return [...verifierShares] as unknown as Triple;
}

/** The same where r is known to be safe. */
export function verifyOne(...request: Parameters<typeof answerOne>): Triple {
  const answer = answerOne(...request);
  if (answer === undefined) throw new Error(`r = ${request[3]} was refused`);
  return answer;
}

export function decideOne(own: Triple, peer: Triple): boolean {
  const status = new Uint8Array(1);
  createPrio2(1).decideBlock(1, Uint32Array.from(own), Uint32Array.from(peer), status, FAILED);
  const [a, b] = [own, peer].map((triple) => triple.map(BigInt));
  const accepted = referencePrio2.decide(
    a as unknown as Parameters<typeof referencePrio2.decide>[0],
    b as unknown as Parameters<typeof referencePrio2.decide>[1],
  );
  expect(status[0]).toBe(accepted ? OK : FAILED);
  return accepted;
}

/** The leader's shares of a block as vectors: written as bytes and read back. */
export function leaderSharesOf(
  prio2: Prio2,
  count: number,
  proofs: Uint32Array,
  helper: Uint32Array,
): Uint32Array {
  const size = prio2.shape.leaderShareSize;
  const wire = { bytes: new Uint8Array(count * size), offset: 0, stride: size };
  prio2.splitBlock(count, proofs, helper, wire);
  const leader = new Uint32Array(helper.length);
  const status = new Uint8Array(count);
  prio2.decodeShares(count, wire, leader, status, FAILED);
  expect(status).toEqual(new Uint8Array(count));
  return leader;
}

export interface SharePair {
  readonly leader: readonly number[];
  readonly helper: readonly number[];
}

/** A proof vector in two shares; the helper's without a pattern, by label. */
export function splitOne(proof: readonly number[], label = 'helper share'): SharePair {
  const helper = scattered(label, proof.length);
  return { leader: proof.map((x, i) => fieldPrio2.sub(x, helper[i]!)), helper };
}

/** Both processors on a share pair at r. */
export function acceptedPair(dimension: number, pair: SharePair, r: number): boolean {
  const own = verifyOne('leader', dimension, pair.leader, r);
  return decideOne(own, verifyOne('helper', dimension, pair.helper, r));
}
