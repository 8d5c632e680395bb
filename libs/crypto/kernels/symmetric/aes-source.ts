/**
 * Writes the AES-128 rounds of the vector-permute method (see `aes-tower.ts`), without a loop and
 * with two blocks interleaved: one block's lookups wait for each other, two fill the machine.
 *
 * A state between rounds is in the tower's basis, and its ShiftRows are put off: after round r the
 * AES state is ShiftRows^r of what is kept. MixColumns, which rotates within columns, therefore
 * has four forms; round keys are kept in the same basis and order, by
 * `assembly/symmetric/aes-keys.ts`.
 */

import { AFFINE_CONSTANT, towerTables } from './aes-tower.ts';
import type { NibbleMap, SubstitutionTables } from './aes-tower.ts';

export const ROUNDS = 10;
const tables = towerTables();

/** Gathers: byte p of the result is byte `gather[p]` of the operand. Byte p is row p % 4. */
type Gather = readonly number[];
const IDENTITY: Gather = Array.from({ length: 16 }, (_, p) => p);
/** FIPS 197 section 5.1.2: row r moves r columns to the left. */
export const SHIFT_ROWS: Gather = IDENTITY.map((p) => (p + 4 * (p % 4)) % 16);
/** The next row of the same column. */
const NEXT_ROW: Gather = IDENTITY.map((p) => (p % 4 === 3 ? p - 3 : p + 1));

/** The gather that does `first`, then `second`. */
export const compose = (first: Gather, second: Gather): Gather => second.map((p) => first[p]!);
const repeat = (gather: Gather, times: number): Gather =>
  Array.from({ length: times }).reduce<Gather>((done) => compose(done, gather), IDENTITY);
const shiftRows = (times: number): Gather => repeat(SHIFT_ROWS, ((times % 4) + 4) % 4);

/** `rows` rows down in the same column. */
export const nextRows = (rows: number): Gather => repeat(NEXT_ROW, rows);

/** `rows` rows down in a state whose ShiftRows^`delay` are put off. */
function rowsDown(rows: number, delay: number): Gather {
  return compose(compose(shiftRows(delay), nextRows(rows)), shiftRows(-delay));
}

/** Tables in memory, the S-box for key schedules, and `encrypt2`. */
export function aesSource(): string {
  return [
    '// Written by kernels/symmetric/aes-source.ts.',
    ...tableLines(),
    ...substituteFunction(),
    ...encryptFunction(2),
    '',
  ].join('\n');
}

function tableLines(): string[] {
  const toTower = (x: number): number => tables.toTower.low[x & 15]! ^ tables.toTower.high[x >> 4]!;
  const roundFactors = Array.from({ length: ROUNDS }, (_, i) => toTower(doubled(i)));
  const delays = [0, 1, 2, 3].flatMap((r) => [...shiftRows(-r)]);
  return [
    ...mapLines('TO_TOWER', tables.toTower),
    ...mapLines('FROM_TOWER', tables.fromTower),
    `const INVERSE = ${data(tables.inverse)};`,
    `const INVERSE_TIMES_A = ${data(tables.inverseTimesA)};`,
    ...substitutionLines('SUBSTITUTE', tables.substitute),
    ...substitutionLines('SUBSTITUTE_TIMES_2', tables.substituteTimes2),
    ...substitutionLines('SUBSTITUTE_LAST', tables.substituteLast),
    '/** The S-box constant in the tower basis, and as it is. */',
    `export const AFFINE_IN_TOWER: i8 = ${(toTower(AFFINE_CONSTANT) << 24) >> 24};`,
    `export const AFFINE: i8 = ${AFFINE_CONSTANT};`,
    '/** Round constants of the key schedule in the tower basis, a word each. */',
    `export const ROUND_FACTORS = memory.data<u32>([${roundFactors.join(', ')}], 16);`,
    '/** Gathers that put off ShiftRows^r, for r = 0 to 3. */',
    `export const DELAYS = ${data(delays)};`,
  ];
}

function mapLines(name: string, map: NibbleMap): string[] {
  return [
    `export const ${name}_LOW = ${data(map.low)};`,
    `export const ${name}_HIGH = ${data(map.high)};`,
  ];
}

function substitutionLines(name: string, { u, v }: SubstitutionTables): string[] {
  return [`const ${name}_U = ${data(u)};`, `const ${name}_V = ${data(v)};`];
}

function data(bytes: readonly number[]): string {
  return `memory.data<u8>([${bytes.join(', ')}], 16)`;
}

/** 2^exponent in AES' field. */
function doubled(exponent: number): number {
  let x = 1;
  for (let i = 0; i < exponent; i++) x = (x << 1) ^ ((x >> 7) * 0x11b);
  return x;
}

/** The S-box without its constant, on 16 bytes in the tower's basis. */
function substituteFunction(): string[] {
  return [
    '// @ts-ignore: decorator',
    '@inline',
    'export function substitute(s: v128): v128 {',
    ...constantLines(['SUBSTITUTE']),
    '  let i: v128, k: v128, p: v128, q: v128;',
    ...invertLines(''),
    `  return ${substituted('SUBSTITUTE', '')};`,
    '}',
  ];
}

/** `encryptN(keys0, .., blocks)`: N blocks in place, block b under the expanded key `keys<b>`. */
function encryptFunction(blockCount: number): string[] {
  const blocks = Array.from({ length: blockCount }, (_, b) => b);
  const interleave = (linesOf: (b: number) => string[]): string[] => {
    const lists = blocks.map(linesOf);
    return lists[0]!.flatMap((_, line) => lists.map((list) => list[line]!));
  };
  const locals = blocks.flatMap((b) =>
    ['s', 'i', 'k', 'p', 'q'].map((name) => `${name}${b}: v128`),
  );
  const parameters = blocks.map((b) => `keys${b}: usize, `).join('');
  const rounds = Array.from({ length: ROUNDS - 1 }, (_, r) => r + 1);
  return [
    `export function encrypt${blockCount}(${parameters}blocks: usize): void {`,
    ...constantLines(['SUBSTITUTE', 'SUBSTITUTE_TIMES_2']),
    `  let ${locals.join(', ')};`,
    ...interleave((b) => [
      `  s${b} = v128.load(blocks, ${16 * b});`,
      `  k${b} = v128.and(s${b}, nibble);`,
      `  i${b} = v128.and(i32x4.shr_u(s${b}, 4), nibble);`,
      `  s${b} = v128.swizzle(v128.load(TO_TOWER_LOW), k${b});`,
      `  s${b} = v128.xor(s${b}, v128.swizzle(v128.load(TO_TOWER_HIGH), i${b}));`,
      `  s${b} = v128.xor(s${b}, v128.load(keys${b}));`,
    ]),
    ...rounds.flatMap((round) =>
      interleave((b) => [...invertLines(`${b}`), ...mixLines(round, b)]),
    ),
    ...interleave((b) => [
      ...invertLines(`${b}`),
      `  s${b} = ${lastSubstituted(b)};`,
      `  s${b} = ${gathered(`s${b}`, shiftRows(ROUNDS))};`,
      `  s${b} = v128.xor(s${b}, v128.load(keys${b}, ${16 * ROUNDS}));`,
      `  v128.store(blocks, s${b}, ${16 * b});`,
    ]),
    '}',
  ];
}

function constantLines(substitutions: readonly string[]): string[] {
  const names = substitutions.flatMap((name) => [`${name}_U`, `${name}_V`]);
  return [
    '  const nibble = i8x16.splat(15);',
    ...['INVERSE', 'INVERSE_TIMES_A', ...names].map(
      (name) => `  const ${localOf(name)} = v128.load(${name});`,
    ),
  ];
}

const localOf = (table: string): string => table.toLowerCase();

/** Leaves the reciprocals of u and v in `p` and `q`; `n` is the block's suffix. */
function invertLines(n: string): string[] {
  return [
    `  k${n} = v128.and(s${n}, nibble);`,
    `  i${n} = v128.and(i32x4.shr_u(s${n}, 4), nibble);`,
    `  q${n} = v128.swizzle(inverse_times_a, k${n});`,
    `  k${n} = v128.xor(k${n}, i${n});`,
    `  p${n} = v128.xor(v128.swizzle(inverse, i${n}), q${n});`,
    `  q${n} = v128.xor(v128.swizzle(inverse, k${n}), q${n});`,
    `  p${n} = v128.xor(v128.swizzle(inverse, p${n}), k${n});`,
    `  q${n} = v128.xor(v128.swizzle(inverse, q${n}), i${n});`,
  ];
}

/** MixColumns as 2x + 3y + y' + y'', where y, y', y'' are the next rows, and the round key. */
function mixLines(round: number, b: number): string[] {
  const next = rowsDown(1, round);
  return [
    `  s${b} = ${substituted('SUBSTITUTE', `${b}`)};`,
    `  i${b} = ${substituted('SUBSTITUTE_TIMES_2', `${b}`)};`,
    `  i${b} = v128.xor(i${b}, ${gathered(`s${b}`, next)});`,
    `  s${b} = v128.xor(i${b}, ${gathered(`s${b}`, rowsDown(3, round))});`,
    `  s${b} = v128.xor(s${b}, ${gathered(`i${b}`, next)});`,
    `  s${b} = v128.xor(s${b}, v128.load(keys${b}, ${16 * round}));`,
  ];
}

function substituted(name: string, n: string): string {
  const [u, v] = [localOf(`${name}_U`), localOf(`${name}_V`)];
  return `v128.xor(v128.swizzle(${u}, p${n}), v128.swizzle(${v}, q${n}))`;
}

/** The last round is the only one to use its tables: they are no locals. */
function lastSubstituted(b: number): string {
  const [u, v] = ['SUBSTITUTE_LAST_U', 'SUBSTITUTE_LAST_V'];
  return `v128.xor(v128.swizzle(v128.load(${u}), p${b}), v128.swizzle(v128.load(${v}), q${b}))`;
}

export function gathered(operand: string, gather: Gather): string {
  return `v128.swizzle(${operand}, i8x16(${gather.join(', ')}))`;
}
