/**
 * FieldPrio2, GF(p) with p = 2^32 - 2^20 + 1, on JavaScript numbers in 0..p-1, without BigInt.
 * Source: ENPA section 2; libprio-rs `FieldPrio2`. The plain version is `reference.ts`; every
 * function here is tested against it. Operands must be canonical: nothing here checks them.
 */

export const MODULUS = 4293918721;
/** Bytes of an encoded element. */
export const ENCODED_SIZE = 4;
/** Generates the subgroup of order 2^20, the largest power of two that divides p - 1. */
export const GENERATOR = 3925978153;
export const GENERATOR_ORDER_LOG2 = 20;

/**
 * A little less than 1/p, so that floor(a * b * INVERSE_LOW) never exceeds the true quotient: three
 * roundings of at most 2^-53 each are outweighed by 2^-50.
 */
const INVERSE_LOW = (1 / MODULUS) * (1 - 2 ** -50);

export function add(a: number, b: number): number {
  const sum = a + b;
  return sum >= MODULUS ? sum - MODULUS : sum;
}

export function sub(a: number, b: number): number {
  return a >= b ? a - b : a - b + MODULUS;
}

export function neg(a: number): number {
  return a === 0 ? 0 : MODULUS - a;
}

/**
 * a * b mod p. With q = floor(a * b * INVERSE_LOW): the true quotient exceeds the product by less
 * than 2^32 * 2^-49, so q is the true quotient or one less, the latter only where the remainder is
 * below p * 2^-17 = 2^15. Hence a * b - q * p lies in 0..p + 2^15, below 2^32: its low 32 bits are
 * all of it, and q * p = q * 2^32 - q * 2^20 + q needs no product.
 */
export function mul(a: number, b: number): number {
  const q = Math.floor(a * b * INVERSE_LOW);
  const rest = (Math.imul(a, b) + (q << 20) - q) >>> 0;
  return rest >= MODULUS ? rest - MODULUS : rest;
}

/** base^exponent for an integer exponent in 0..2^53-1; 0^0 = 1. */
export function pow(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = mul(result, square);
    square = mul(square, square);
  }
  return result;
}

/** The inverse; inv(0) = 0, as in the 2020 code (no honest run needs it). */
export function inv(a: number): number {
  return pow(a, MODULUS - 2);
}

/** The principal root of unity of order 2^orderLog2, 0 <= orderLog2 <= 20. */
export function rootOfUnity(orderLog2: number): number {
  if (!Number.isInteger(orderLog2) || orderLog2 < 0 || orderLog2 > GENERATOR_ORDER_LOG2) {
    throw new RangeError(
      `order 2^${orderLog2}: expected an exponent in 0..${GENERATOR_ORDER_LOG2}`,
    );
  }
  return pow(GENERATOR, 2 ** (GENERATOR_ORDER_LOG2 - orderLog2));
}
