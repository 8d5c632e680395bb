/**
 * Writes the SHA-256 compression of four messages at once, one to each 32-bit lane: 64 rounds
 * without a loop, so that the eight state words stay in registers. FIPS 180-4 sections 4.1.2 and
 * 6.2.2.
 */

type StateNames = [string, string, string, string, string, string, string, string];

/** First 32 fractional bits of the cube roots of the first 64 primes, FIPS 180-4 section 4.2.2. */
export const ROUND_CONSTANTS: readonly number[] = firstPrimes(64).map((prime) =>
  Number(integerRoot(3, BigInt(prime) << 96n) & 0xffffffffn),
);

/** First 32 fractional bits of the square roots of the first 8 primes, section 5.3.3. */
export const INITIAL_STATE: readonly number[] = firstPrimes(8).map((prime) =>
  Number(integerRoot(2, BigInt(prime) << 64n) & 0xffffffffn),
);

/**
 * `compress4(state, words)`: `state` is 8 and `words` 16 v128, lane l of each belonging to message
 * l; the schedule is worked out in place in `words`.
 */
export function sha256Source(): string {
  const lines = [
    '// Written by kernels/symmetric/sha256-source.ts.',
    `const K = memory.data<u32>([${ROUND_CONSTANTS.join(', ')}], 16);`,
    `export const INITIAL_STATE = memory.data<u32>([${INITIAL_STATE.join(', ')}], 16);`,
    'export function compress4(state: usize, words: usize): void {',
    '  let w: v128, t: v128, u: v128;',
  ];
  let names: StateNames = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  names.forEach((name, i) => lines.push(`  let ${name} = v128.load(state, ${16 * i});`));
  lines.push(`  let m: v128, n = ${xor('b', 'c')};`);
  for (let round = 0; round < 64; round++) {
    lines.push(...scheduleWord(round), ...roundLines(round, names));
    names = [names[7], ...names.slice(0, 7)] as StateNames;
  }
  names.forEach((name, i) => {
    const sum = add(`v128.load(state, ${16 * i})`, name);
    lines.push(`  v128.store(state, ${sum}, ${16 * i});`);
  });
  return [...lines, '}', ''].join('\n');
}

/** Lines that put W[round] into `w`; words 16 rounds back are overwritten, no longer needed. */
function scheduleWord(round: number): string[] {
  const word = (back: number): string => `v128.load(words, ${16 * ((round - back) & 15)})`;
  if (round < 16) return [`  w = ${word(16)};`];
  const lines = [
    `  t = ${word(15)};`,
    `  u = ${word(2)};`,
    `  w = ${add(add(word(16), word(7)), smallSigma('t', 7, 18, 3))};`,
    `  w = ${add('w', smallSigma('u', 17, 19, 10))};`,
  ];
  // The last two words feed no later one.
  if (round < 62) lines.push(`  v128.store(words, w, ${16 * (round & 15)});`);
  return lines;
}

/** One round: the new `a` ends in the local of the old `h`, the new `e` in that of `d`. */
function roundLines(round: number, names: StateNames): string[] {
  const [a, b, , d, e, f, g, h] = names as StateNames;
  const choose = xor(g, and(e, xor(f, g)));
  // Maj(a, b, c) = b ^ ((a ^ b) & (b ^ c)), and a round's a ^ b is the next one's b ^ c.
  const [ab, bc] = round % 2 === 0 ? ['m', 'n'] : ['n', 'm'];
  const majority = xor(b, and(ab, bc));
  return [
    `  ${ab} = ${xor(a, b)};`,
    `  t = ${add(add(h, add('w', `v128.load32_splat(K, ${4 * round})`)), choose)};`,
    `  t = ${add('t', bigSigma(e, 6, 11, 25))};`,
    `  ${d} = ${add(d, 't')};`,
    `  ${h} = ${add(add('t', majority), bigSigma(a, 2, 13, 22))};`,
  ];
}

const add = (x: string, y: string): string => `i32x4.add(${x}, ${y})`;
const xor = (x: string, y: string): string => `v128.xor(${x}, ${y})`;
const and = (x: string, y: string): string => `v128.and(${x}, ${y})`;
const shiftRight = (x: string, by: number): string => `i32x4.shr_u(${x}, ${by})`;
/** XOR takes the place of OR, since the two shifted halves share no bit. */
const rotateRight = (x: string, by: number): string =>
  xor(shiftRight(x, by), `i32x4.shl(${x}, ${32 - by})`);

function bigSigma(x: string, i: number, j: number, k: number): string {
  return xor(xor(rotateRight(x, i), rotateRight(x, j)), rotateRight(x, k));
}

function smallSigma(x: string, i: number, j: number, shift: number): string {
  return xor(xor(rotateRight(x, i), rotateRight(x, j)), shiftRight(x, shift));
}

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) {
    if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  }
  return primes;
}

/** The whole part of the `degree`th root of `value`, by bisection: exact, unlike floating point. */
function integerRoot(degree: number, value: bigint): bigint {
  let [low, high] = [0n, 1n << 64n];
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** BigInt(degree) <= value) low = middle;
    else high = middle;
  }
  return low;
}
