/**
 * FieldPrio2 as a textbook would write it: BigInt, one `%` an operation, the transform by
 * definition and by halves. The fast path is tested against this; nothing else should use it.
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

/** The definition: out[k] = sum over i of values[i] * w^(i*k), w a root of the values' number. */
function dft(values: readonly bigint[], w: bigint): bigint[] {
  return values.map((_, k) => evaluate(values, power(w, BigInt(k))));
}

/**
 * The same by halves, so that wide proofs can be checked: values at even positions and at odd ones
 * are transformed apart with w^2, and out[k] = even[k] + w^k * odd[k], both taken mod half the
 * size.
 */
function transform(values: readonly bigint[], w: bigint): bigint[] {
  if (values.length === 1) return [...values];
  const half = values.length / 2;
  const even = transform(
    values.filter((_, i) => i % 2 === 0),
    (w * w) % P,
  );
  const odd = transform(
    values.filter((_, i) => i % 2 === 1),
    (w * w) % P,
  );
  let twiddle = 1n;
  return values.map((_, k) => {
    const value = (even[k % half]! + twiddle * odd[k % half]!) % P;
    twiddle = (twiddle * w) % P;
    return value;
  });
}

/** Coefficients of the polynomial that takes values[i] at the i-th power of the principal root. */
function interpolate(values: readonly bigint[]): bigint[] {
  const sizeInverse = inverse(BigInt(values.length));
  const w = inverse(root(values.length));
  return transform(values, w).map((value) => mod(value * sizeInverse));
}

/** The polynomial's value: sum of coefficients[i] * x^i. */
function evaluate(coefficients: readonly bigint[], x: bigint): bigint {
  return coefficients.reduceRight((value, coefficient) => mod(value * x + coefficient), 0n);
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
  dft,
  transform,
  interpolate,
  evaluate,
});
