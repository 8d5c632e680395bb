/**
 * Prio v2 for one report, as the specification tells it: BigInt, polynomials through n and 2n
 * points, values by Horner. Slow on purpose; the block code is tested against it. Source: ENPA
 * sections 3.2, 3.3, 3.4, 5.2.
 */

import { referenceField as field } from '@priolab/field';

import { prio2Shape } from './shape.ts';

/** (f(r), g(r), h(r)). */
export type ReferenceVerifierShare = readonly [bigint, bigint, bigint];

/** ENPA 3.2: the proof vector of `data` with blinds f0 and g0. */
function prove(data: readonly bigint[], f0: bigint, g0: bigint): bigint[] {
  const { rootCount, dimension } = prio2Shape(data.length);
  const padding = Array.from({ length: rootCount - dimension - 1 }, () => 0n);
  const f = field.interpolate([f0, ...data, ...padding]);
  const g = field.interpolate([g0, ...data.map((x) => field.sub(x, 1n)), ...padding]);
  const zeros = Array.from({ length: rootCount }, () => 0n);
  const root = field.root(2 * rootCount);
  const fValues = field.transform([...f, ...zeros], root);
  const gValues = field.transform([...g, ...zeros], root);
  const h = fValues.map((value, i) => field.mul(value, gValues[i]!));
  const packed = h.filter((_, i) => i % 2 === 1);
  return [...data, f0, g0, field.mul(f0, g0), ...packed];
}

/** ENPA 3.4: the first `count` words of the keystream below p; it must be long enough. */
function elementsOf(keystream: Uint8Array, count: number): bigint[] {
  const view = new DataView(keystream.buffer, keystream.byteOffset, keystream.byteLength);
  const elements: bigint[] = [];
  for (let at = 0; elements.length < count; at += 4) {
    const word = BigInt(view.getUint32(at, true));
    if (word < field.modulus) elements.push(word);
  }
  return elements;
}

/** ENPA 3.3: the leader's share, given the helper's expanded one. */
function split(proof: readonly bigint[], helper: readonly bigint[]): bigint[] {
  return proof.map((element, i) => field.sub(element, helper[i]!));
}

/** ENPA 5.2: one processor's verification message at r. */
function verifyInit(
  share: readonly bigint[],
  options: { role: 'leader' | 'helper'; dimension: number; r: bigint },
): ReferenceVerifierShare {
  const { role, dimension, r } = options;
  const { rootCount } = prio2Shape(dimension);
  const one = role === 'leader' ? 1n : 0n;
  const data = share.slice(0, dimension);
  const [f0, g0, h0] = share.slice(dimension, dimension + 3) as [bigint, bigint, bigint];
  const packed = share.slice(dimension + 3);
  const padding = Array.from({ length: rootCount - dimension - 1 }, () => 0n);
  const f = field.interpolate([f0, ...data, ...padding]);
  const g = field.interpolate([g0, ...data.map((x) => field.sub(x, one)), ...padding]);
  const h = field.interpolate(packed.flatMap((odd, j) => (j === 0 ? [h0, odd] : [0n, odd])));
  return [field.evaluate(f, r), field.evaluate(g, r), field.evaluate(h, r)];
}

/** ENPA 5.2: both messages together. */
function decide(a: ReferenceVerifierShare, b: ReferenceVerifierShare): boolean {
  const product = field.mul(field.add(a[0], b[0]), field.add(a[1], b[1]));
  return product === field.add(a[2], b[2]);
}

export const referencePrio2 = Object.freeze({ prove, elementsOf, split, verifyInit, decide });
