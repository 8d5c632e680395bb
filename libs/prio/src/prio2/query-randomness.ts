/**
 * Which points r a proof may be checked at. At a 2n-th root of unity the check is worthless: the
 * even ones give away a data bit (f(w^i) = x_i), and a cheating vector passes at the odd ones.
 * Source: ENPA section 5.3; VDAF Prio2 rejects r^(2n) = 1 as well. r = 0 is fine.
 */

import { fieldPrio2 } from '@priolab/field';

/** @param rootCount n, a power of two */
export function isSafeQueryRandomness(r: number, rootCount: number): boolean {
  if (r >= fieldPrio2.modulus) return false;
  let power = r;
  for (let order = 1; order < 2 * rootCount; order *= 2) power = fieldPrio2.mul(power, power);
  return power !== 1;
}
