/**
 * FieldPrio2 as a textbook would write it: BigInt, one `%` an operation, transforms and
 * interpolation straight from their definitions. The fast path is tested against this; nothing else
 * should use it.
 */

const P = 2n ** 32n - 2n ** 20n + 1n;
const GENERATOR = 3925978153n;

const mod = (a: bigint): bigint => ((a % P) + P) % P;

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = mod(base), rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}

const inverse = (a: bigint): bigint => power(a, P - 2n);

/** The principal root of unity of order `order`, a power of two up to 2^20. */
const root = (order: number): bigint => power(GENERATOR, 2n ** 20n / BigInt(order));

/** out[k] = sum over i of values[i] * w^(i*k), for a root w of the values' number. */
function transform(values: readonly bigint[], w: bigint): bigint[] {
  const size = values.length;
  const powers = values.map((_, i) => power(w, BigInt(i)));
  return values.map((_, k) =>
    mod(values.reduce((sum, value, i) => sum + value * powers[(i * k) % size]!, 0n)),
  );
}

/** Coefficients of the polynomial that takes values[i] at the i-th power of the principal root. */
function interpolate(values: readonly bigint[]): bigint[] {
  const sizeInverse = inverse(BigInt(values.length));
  const w = inverse(root(values.length));
  return transform(values, w).map((value) => mod(value * sizeInverse));
}

/** The polynomial's value: sum of coefficients[i] * x^i. */
function evaluate(coefficients: readonly bigint[], x: bigint): bigint {
  return mod(coefficients.reduceRight((value, coefficient) => value * x + coefficient, 0n));
}

export const referenceField = Object.freeze({
  modulus: P,
  add: (a: bigint, b: bigint) => mod(a + b),
  sub: (a: bigint, b: bigint) => mod(a - b),
  neg: (a: bigint) => mod(-a),
  mul: (a: bigint, b: bigint) => mod(a * b),
  pow: power,
  /** inv(0) = 0. */
  inv: inverse,
  root,
  transform,
  interpolate,
  evaluate,
});
