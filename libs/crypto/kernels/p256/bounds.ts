/**
 * Worst cases of P-256 field elements in the kernels' form, by interval arithmetic: each operation
 * here gives the bounds of its result, or throws where a digit might leave 16 bits or a column 32.
 * The generators run what they write through it, so that a kernel that might overflow never builds.
 *
 * An element is 20 digits of 13 bits, balanced around 0, of any value that is congruent to it
 * (times R = 2^260, Montgomery). Sums are left uncarried for as long as a product can take them.
 */

export const DIGIT_COUNT = 20;
export const DIGIT_BITS = 13;
export const COLUMN_COUNT = 2 * DIGIT_COUNT - 1;
/** p = 2^256 - 2^224 + 2^192 + 2^96 - 1 (SEC 2 v2 section 2.4.2). */
export const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
/** Montgomery's radix: 20 digits. */
export const R = 2n ** 260n;

/** A closed interval. */
export interface Interval<T> {
  readonly lo: T;
  readonly hi: T;
}

export interface Bounds {
  /** Of each digit, the least significant first. */
  readonly digits: readonly Interval<number>[];
  /** Of the number that the digits make up. */
  readonly value: Interval<bigint>;
}

export type Columns = readonly Interval<number>[];

/** A product, or a sum of products, before its reduction. */
export interface Product {
  readonly columns: Columns;
  readonly value: Interval<bigint>;
}

/** The shifts of p + 1 as digits and bits: + 2^96, + 2^192, - 2^224, + 2^256. */
export const PRIME_TERMS = [
  { digit: 7, bit: 5, sign: 1 },
  { digit: 14, bit: 10, sign: 1 },
  { digit: 17, bit: 3, sign: -1 },
  { digit: 19, bit: 9, sign: 1 },
] as const;

const DIGIT_MAX = 2 ** DIGIT_BITS - 1;
const HALF = 2 ** (DIGIT_BITS - 1);

/**
 * Elements with balanced digits and a value within `lo` and `hi` 64ths of p: the top digit follows.
 */
export function element(lo: number, hi: number): Bounds {
  return balanced({ lo: (BigInt(lo) * P) / 64n, hi: (BigInt(hi) * P) / 64n }, HALF);
}

function balanced(value: Interval<bigint>, digitMax: number): Bounds {
  const low = (1n << 247n) / 8191n;
  const rest = BigInt(digitMax) * low;
  const top = { lo: shift(value.lo - rest, 247), hi: shift(value.hi + rest, 247) };
  const digits = Array.from({ length: DIGIT_COUNT - 1 }, () => ({ lo: -digitMax, hi: digitMax }));
  return checkDigits({ digits: [...digits, top], value });
}

export function sum(a: Bounds, b: Bounds): Bounds {
  const digits = a.digits.map((d, i) => plus(d, b.digits[i]!));
  const value = { lo: a.value.lo + b.value.lo, hi: a.value.hi + b.value.hi };
  return checkDigits({ digits, value });
}

export function difference(a: Bounds, b: Bounds): Bounds {
  return sum(a, {
    digits: b.digits.map(({ lo, hi }) => ({ lo: -hi, hi: -lo })),
    value: { lo: -b.value.hi, hi: -b.value.lo },
  });
}

export function multiple(a: Bounds, factor: number): Bounds {
  const digits = a.digits.map(({ lo, hi }) => ({ lo: factor * lo, hi: factor * hi }));
  const scale = BigInt(factor);
  return checkDigits({ digits, value: { lo: scale * a.value.lo, hi: scale * a.value.hi } });
}

export function product(a: Bounds, b: Bounds): Product {
  const columns = Array.from({ length: COLUMN_COUNT }, () => ({ lo: 0, hi: 0 }));
  for (let i = 0; i < DIGIT_COUNT; i++) {
    for (let j = 0; j < DIGIT_COUNT; j++) {
      columns[i + j] = plus(columns[i + j]!, times(a.digits[i]!, b.digits[j]!));
    }
  }
  const corners = [
    a.value.lo * b.value.lo,
    a.value.lo * b.value.hi,
    a.value.hi * b.value.lo,
    a.value.hi * b.value.hi,
  ];
  return { columns, value: { lo: least(corners), hi: greatest(corners) } };
}

/** factor * (a^2 - b^2): the columns of factor (a - b) (a + b), where what is mixed cancels. */
export function squareDifference(a: Bounds, b: Bounds, factor: number): Product {
  const whole = productDifference(product(a, a), product(b, b));
  const columns = whole.columns.map(({ lo, hi }) => ({ lo: factor * lo, hi: factor * hi }));
  const scale = BigInt(factor);
  return { columns, value: { lo: scale * whole.value.lo, hi: scale * whole.value.hi } };
}

export function productDifference(a: Product, b: Product): Product {
  return {
    columns: a.columns.map(({ lo, hi }, i) => ({
      lo: lo - b.columns[i]!.hi,
      hi: hi - b.columns[i]!.lo,
    })),
    value: { lo: a.value.lo - b.value.hi, hi: a.value.hi - b.value.lo },
  };
}

/**
 * Montgomery's reduction as `field-source.ts` writes it, of a product, less `subtrahend` if given
 * and then also less the multiple of p that brings it nearest to 0.
 */
export function reduced(whole: Product, subtrahend?: Bounds): Bounds {
  const high = upperColumns(whole.columns);
  // The multiple of p that makes the sum divisible by R is at most R - 1 times p.
  let value = {
    lo: floorDivide(whole.value.lo, R),
    hi: floorDivide(whole.value.hi + (R - 1n) * P, R) + 1n,
  };
  let digits: Columns = high;
  if (subtrahend !== undefined) {
    digits = high.map((d, i) => plus(d, minus(subtrahend.digits[i]!)));
    value = { lo: value.lo - subtrahend.value.hi, hi: value.hi - subtrahend.value.lo };
    ({ digits, value } = nearZero(digits, value));
  }
  let carry = { lo: 0, hi: 0 };
  digits.forEach((d, k) => {
    const s = checkColumn(plus(plus(d, carry), { lo: HALF, hi: HALF }), `digit ${k}`);
    carry = { lo: s.lo >> DIGIT_BITS, hi: s.hi >> DIGIT_BITS };
  });
  return balanced(value, HALF);
}

/** What is left in the columns above R: carries and multiples of p's digits are in. */
function upperColumns(columns: Columns): Interval<number>[] {
  let carry = { lo: 0, hi: 0 };
  const upper: Interval<number>[] = [];
  for (let k = 0; k < 2 * DIGIT_COUNT; k++) {
    let s = checkColumn(columns[k] ?? { lo: 0, hi: 0 }, `column ${k}`);
    for (const { digit, bit, sign } of PRIME_TERMS) {
      if (k < digit || k >= digit + DIGIT_COUNT) continue;
      const term = { lo: 0, hi: DIGIT_MAX * 2 ** bit };
      s = plus(s, sign > 0 ? term : minus(term));
    }
    if (k <= DIGIT_COUNT) s = plus(s, carry);
    checkColumn(s, `reduced column ${k}`);
    carry = { lo: s.lo >> DIGIT_BITS, hi: s.hi >> DIGIT_BITS };
    if (k >= DIGIT_COUNT) upper.push(s);
  }
  return upper;
}

/** The quotient q is estimated from the two upper digits; what they leave out widens the result. */
function nearZero(digits: Columns, value: Interval<bigint>): Bounds {
  const second = checkColumn(digits[18]!, 'digit 18');
  const top = plus(digits[19]!, { lo: second.lo >> DIGIT_BITS, hi: second.hi >> DIGIT_BITS });
  const q = { lo: (top.lo + 256) >> 9, hi: (top.hi + 256) >> 9 };
  let left: Interval<bigint> = { lo: 0n, hi: BigInt(DIGIT_MAX) << 234n };
  for (let k = 0; k < 18; k++) {
    const at = BigInt(DIGIT_BITS * k);
    left = {
      lo: left.lo + (BigInt(digits[k]!.lo) << at),
      hi: left.hi + (BigInt(digits[k]!.hi) << at),
    };
  }
  // value - q p = (value - q 2^256) + q (2^256 - p)
  const excess = 2n ** 256n - P;
  const nearest = {
    lo: -(256n << 247n) + left.lo + BigInt(q.lo) * excess,
    hi: (255n << 247n) + left.hi + BigInt(q.hi) * excess,
  };
  const shifted = digits.map((d, k) => {
    const terms = PRIME_TERMS.filter(({ digit }) => digit === k);
    let s = k === 0 ? plus(d, q) : d;
    for (const { bit, sign } of terms)
      s = plus(s, times(q, { lo: -sign << bit, hi: -sign << bit }));
    return s;
  });
  return {
    digits: shifted,
    value: {
      lo: greatest([nearest.lo, value.lo - BigInt(q.hi) * P]),
      hi: least([nearest.hi, value.hi - BigInt(q.lo) * P]),
    },
  };
}

/** Whether everything within `inner` is within `outer`. */
export function isWithin(inner: Bounds, outer: Bounds): boolean {
  const { digits, value } = outer;
  return (
    value.lo <= inner.value.lo &&
    inner.value.hi <= value.hi &&
    inner.digits.every((d, i) => digits[i]!.lo <= d.lo && d.hi <= digits[i]!.hi)
  );
}

/** For comments: the largest digit below the top, the top digit, and the value in p. */
export function describe({ digits, value }: Bounds): string {
  const largest = Math.max(...digits.slice(0, -1).map(({ lo, hi }) => Math.max(-lo, hi)));
  const top = digits.at(-1)!;
  const inP = (v: bigint): string => (Number((v * 1000n) / P) / 1000).toFixed(2);
  return `|digit| <= ${largest}, top ${top.lo}..${top.hi}, ${inP(value.lo)}p..${inP(value.hi)}p`;
}

function checkDigits(bounds: Bounds): Bounds {
  for (const [i, { lo, hi }] of bounds.digits.entries()) {
    // -2^15 is left out: a pair of its squares would overflow the 32 bits of their sum.
    if (lo <= -(2 ** 15) || hi >= 2 ** 15) throw new RangeError(`digit ${i}: ${lo}..${hi}`);
  }
  return bounds;
}

function checkColumn(column: Interval<number>, what: string): Interval<number> {
  const { lo, hi } = column;
  if (lo < -(2 ** 31) || hi >= 2 ** 31) throw new RangeError(`${what}: ${lo}..${hi}`);
  return column;
}

function plus(a: Interval<number>, b: Interval<number>): Interval<number> {
  return { lo: a.lo + b.lo, hi: a.hi + b.hi };
}

function minus(a: Interval<number>): Interval<number> {
  return { lo: -a.hi, hi: -a.lo };
}

function times(a: Interval<number>, b: Interval<number>): Interval<number> {
  const corners = [a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi];
  return { lo: Math.min(...corners), hi: Math.max(...corners) };
}

function shift(value: bigint, bits: number): number {
  return Number(value >> BigInt(bits));
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a < 0n && quotient * b !== a ? quotient - 1n : quotient;
}

function least(values: readonly bigint[]): bigint {
  return values.reduce((a, b) => (b < a ? b : a));
}

function greatest(values: readonly bigint[]): bigint {
  return values.reduce((a, b) => (b > a ? b : a));
}
