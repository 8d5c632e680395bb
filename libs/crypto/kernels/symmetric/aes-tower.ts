/**
 * The tables of the vector-permute AES (M. Hamburg, "Accelerating AES with vector permute
 * instructions", CHES 2009), derived instead of typed: AES' field as GF(16)[z] / (z^2 + z + 1/a),
 * where inversion takes five lookups in tables of 16 entries, which is what one byte shuffle does
 * for 16 bytes at once.
 *
 * A byte x is i + k * z with nibbles i (high) and k (low); with j = i + k:
 *   N = k^2 + a*i*j,  u = 1 / (1 / (1/i + a/k) + j) = (k + a*i) / N,  v likewise with j for i,
 *   1/x = u * (z + 1/a) + v * (z + 1 + 1/a).
 * Infinity (1/0) is a byte with the top bit set: XOR keeps it infinite, and a shuffle's index out
 * of range gives 0 = 1/infinity. The tests hold the tables against the S-box on all 256 bytes.
 */

/** Infinity among nibbles. */
const INFINITY = 0x80;
/** FIPS 197 section 5.1.1: the constant of the S-box's affine map. */
export const AFFINE_CONSTANT = 0x63;

/** A linear map of bytes as two tables: map(x) = low[x & 15] ^ high[x >> 4]. */
export interface NibbleMap {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Two tables by u's and v's reciprocals; their XOR is a multiple of the S-box's linear part. */
export interface SubstitutionTables {
  readonly u: readonly number[];
  readonly v: readonly number[];
}

export interface TowerTables {
  /** From AES' basis to the tower's, and back. */
  readonly toTower: NibbleMap;
  readonly fromTower: NibbleMap;
  /** 1/n and a/n of a nibble. */
  readonly inverse: readonly number[];
  readonly inverseTimesA: readonly number[];
  /** S-box without its constant, tower to tower; the same times 2; the same, tower to AES. */
  readonly substitute: SubstitutionTables;
  readonly substituteTimes2: SubstitutionTables;
  readonly substituteLast: SubstitutionTables;
}

/** Multiplication in AES' field, FIPS 197 section 4.2. */
export function multiply(x: number, y: number): number {
  let product = 0;
  for (let bit = 0; bit < 8; bit++) {
    if (((y >> bit) & 1) === 1) product ^= x;
    x = (x << 1) ^ ((x >> 7) * 0x11b);
  }
  return product;
}

/** 1/x, and 0 for 0. */
export function invert(x: number): number {
  let inverse = 1;
  for (let i = 0; i < 254; i++) inverse = multiply(inverse, x);
  return inverse;
}

/** FIPS 197 section 5.1.1: the S-box's affine map without its constant. */
export function affine(x: number): number {
  let y = 0;
  for (let shift = 0; shift < 5; shift++) y ^= (x << shift) | (x >> (8 - shift));
  return y & 0xff;
}

/** Derives the tables from the first `a` for which z^2 + z + 1/a is irreducible over GF(16). */
export function towerTables(): TowerTables {
  // 3 generates AES' field, so that 3^17 generates its subfield GF(16).
  const generator = power(3, 17);
  const fieldOf = (nibble: number): number =>
    [0, 1, 2, 3].reduce((sum, b) => sum ^ (((nibble >> b) & 1) * power(generator, b)), 0);
  const nibbleOf = new Map(range(16).map((nibble) => [fieldOf(nibble), nibble]));
  const { a, z } = findExtension(range(16).slice(1).map(fieldOf));

  const towerToAes = (x: number): number => fieldOf(x >> 4) ^ multiply(fieldOf(x & 15), z);
  const aesToTower = range(256);
  for (const x of range(256)) aesToTower[towerToAes(x)] = x;
  const toTower = (x: number): number => aesToTower[x]!;

  const nibbles = (of: (x: number) => number): number[] =>
    range(16).map((n) => (n === 0 ? INFINITY : nibbleOf.get(of(invert(fieldOf(n))))!));
  const oneByA = invert(a);
  const substitution = (out: (x: number) => number): SubstitutionTables => {
    // At 0 there would be infinity, which is never looked up: u and v are finite.
    const table = (factor: number): number[] =>
      range(16).map((n) => out(affine(multiply(invert(fieldOf(n)), factor))));
    return { u: table(z ^ oneByA), v: table(z ^ 1 ^ oneByA) };
  };
  return {
    toTower: nibbleMap(toTower),
    fromTower: nibbleMap(towerToAes),
    inverse: nibbles((x) => x),
    inverseTimesA: nibbles((x) => multiply(a, x)),
    substitute: substitution(toTower),
    substituteTimes2: substitution((x) => toTower(multiply(2, x))),
    substituteLast: substitution((x) => x),
  };
}

function findExtension(subfield: readonly number[]): { a: number; z: number } {
  for (const a of subfield) {
    const z = range(256).find(
      (x) => !subfield.includes(x) && (multiply(x, x) ^ x ^ invert(a)) === 0,
    );
    if (z !== undefined) return { a, z };
  }
  throw new Error('no quadratic extension of GF(16)');
}

function nibbleMap(map: (x: number) => number): NibbleMap {
  return { low: range(16).map(map), high: range(16).map((n) => map(n << 4)) };
}

function power(x: number, exponent: number): number {
  return range(exponent).reduce((product) => multiply(product, x), 1);
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
