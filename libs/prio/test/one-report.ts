/** The block code and the reference for a single report, checked against each other as they run. */

import { expect } from 'vitest';

import { createPrio2, referencePrio2 } from '../src/index.ts';

export const OK = 0;
export const FAILED = 7;

/** The proof vector of `data`, by the block code. */
export function proveOne(data: readonly number[], f0: number, g0: number): number[] {
  const prio2 = createPrio2(data.length);
  const proof = new Uint32Array(prio2.shape.proofLen);
  proof.set([...data, f0, g0]);
  prio2.proveBlock(1, proof);
  return [...proof];
}

/** (f, g, h) at r of one share; throws where r is refused. */
export function verifyOne(
  role: 'leader' | 'helper',
  dimension: number,
  share: readonly number[],
  r: number,
): number[] {
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
  if (status[0] !== OK) throw new Error(`r = ${r} was refused`);
  const options = { role, dimension, r: BigInt(r) };
  const reference = referencePrio2.verifyInit(share.map(BigInt), options);
  expect([...verifierShares].map(BigInt)).toEqual([...reference]);
  return [...verifierShares];
}

export function decideOne(own: readonly number[], peer: readonly number[]): boolean {
  const status = new Uint8Array(1);
  const [a, b] = [Uint32Array.from(own), Uint32Array.from(peer)];
  createPrio2(1).decideBlock(1, a, b, status, FAILED);
  const triple = (list: readonly number[]) => list.map(BigInt) as [bigint, bigint, bigint];
  expect(status[0] === OK).toBe(referencePrio2.decide(triple(own), triple(peer)));
  return status[0] === OK;
}
