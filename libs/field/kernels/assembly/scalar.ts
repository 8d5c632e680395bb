/** FieldPrio2 one element at a time: what `lanes.ts` says, on u32 and u64. */

import { CARRY, P } from './lanes';

/** a * b / 2^32 as an element, for a word and an element. */
// @ts-ignore: decorator
@inline
export function mulOne(a: u32, b: u32): u32 {
  const t = <u64>a * <u64>b;
  const lo = <u32>t;
  const m = lo + (lo << 20);
  const hi = <u32>(t >> 32);
  const quotient = <u32>((<u64>m * <u64>P) >> 32);
  const rest = hi - quotient;
  return select<u32>(rest + P, rest, hi < quotient);
}

/** a + b as an element, for two elements. */
// @ts-ignore: decorator
@inline
export function addOne(a: u32, b: u32): u32 {
  const sum = <u64>a + <u64>b;
  return <u32>select<u64>(sum - <u64>P, sum, sum >= <u64>P);
}

/** a - b as an element, for two elements. */
// @ts-ignore: decorator
@inline
export function subOne(a: u32, b: u32): u32 {
  const rest = a - b;
  return select<u32>(rest + P, rest, a < b);
}

/**
 * A sum below 2^52 as an element. 2^32 = 2^20 - 1 mod p: the high part, below 2^20, comes down as
 * less than 2^40. Of what is then below 2^40 + 2^32, the high part, below 2^8 + 2, comes down as
 * less than 2^29; one subtraction of p is left, since 2^32 + 2^29 < 2p.
 */
export function reduce(sum: u64): u32 {
  sum = (sum >> 32) * CARRY + (sum & 0xffffffff);
  sum = (sum >> 32) * CARRY + (sum & 0xffffffff);
  return <u32>select<u64>(sum - <u64>P, sum, sum >= <u64>P);
}
