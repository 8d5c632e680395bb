/**
 * Writes AES-128 of eight blocks under one key, bitsliced: plane i holds bit i of every byte, for
 * block b in bit b of the byte. Substitution is then a circuit on eight vectors (E. Kasper and
 * P. Schwabe, "Faster and timing-attack resistant AES-GCM", CHES 2009).
 *
 * The S-box constant is in the round keys, whose planes are bytes of all ones or none. Rounds are a
 * loop: ten copies of the circuit would save the shuffles of ShiftRows (see `aes-source.ts`), but
 * cost ten times the compilation and crowd the instruction cache.
 */

import { compose, gathered, nextRows, ROUNDS, SHIFT_ROWS } from './aes-source.ts';
import { SBOX_GATES } from './sbox-circuit.ts';

/** Bytes of a round key's planes. */
const KEY_SIZE = 8 * 16;
const PLANES = [0, 1, 2, 3, 4, 5, 6, 7];
/** Planes to which doubling adds the top one: the bits of 0x1b above the lowest. */
const REDUCED_PLANES = [1, 3, 4];

/** `encrypt8(planes, blocks)`: eight blocks in place; `planes` are 8 of each of 11 round keys. */
export function slicedSource(): string {
  return [
    '// Written by kernels/symmetric/aes-sliced-source.ts.',
    'export function encrypt8(planes: usize, blocks: usize): void {',
    `  let ${[...new Set(SBOX_GATES.map((gate) => gate.result))].join(': v128, ')}: v128;`,
    `  let ${PLANES.map((i) => `x${i}: v128, r${i}: v128`).join(', ')};`,
    '  let mask: v128, swap: v128;',
    // Plane i is x<7 - i>, as the circuit counts bits from the top.
    ...PLANES.map((i) => `  x${7 - i} = v128.load(blocks, ${16 * i});`),
    ...transposeLines('x'),
    ...PLANES.map((i) => `  x${7 - i} = ${xor(`x${7 - i}`, keyPlane(i))};`),
    `  for (let round = 1; round < ${ROUNDS}; round++) {`,
    `  planes += ${KEY_SIZE};`,
    ...substituteLines(),
    ...mixLines(),
    '  }',
    `  planes += ${KEY_SIZE};`,
    ...substituteLines(),
    ...PLANES.map((i) => {
      const shifted = gathered(`s${7 - i}`, SHIFT_ROWS);
      return `  s${7 - i} = ${xor(shifted, keyPlane(i))};`;
    }),
    ...transposeLines('s'),
    ...PLANES.map((i) => `  v128.store(blocks, s${7 - i}, ${16 * i});`),
    '}',
    '',
  ].join('\n');
}

const xor = (x: string, y: string): string => `v128.xor(${x}, ${y})`;
/** Of the round key at `planes`. */
const keyPlane = (plane: number): string => `v128.load(planes, ${16 * plane})`;

/** Transposes the 8 x 8 bits of each byte position, in three steps of swaps; its own inverse. */
function transposeLines(name: string): string[] {
  const steps = [
    { distance: 1, mask: 0x55 },
    { distance: 2, mask: 0x33 },
    { distance: 4, mask: 0x0f },
  ];
  return steps.flatMap(({ distance, mask }) => [
    `  mask = i8x16.splat(${mask});`,
    ...PLANES.filter((i) => (i & distance) === 0).flatMap((i) => {
      const [low, high] = [`${name}${7 - i}`, `${name}${7 - i - distance}`];
      return [
        `  swap = v128.and(${xor(`i64x2.shr_u(${low}, ${distance})`, high)}, mask);`,
        `  ${high} = ${xor(high, 'swap')};`,
        `  ${low} = ${xor(low, `i64x2.shl(swap, ${distance})`)};`,
      ];
    }),
  ]);
}

function substituteLines(): string[] {
  return SBOX_GATES.map(
    ({ result, operator, operands: [left, right] }) =>
      `  ${result} = v128.${operator === '&' ? 'and' : 'xor'}(${left}, ${right});`,
  );
}

/** ShiftRows; then 2(y + y') + y' + (y + y')'', where ' is the next row; y is s, the result x. */
function mixLines(): string[] {
  return [
    ...PLANES.flatMap((i) => [
      `  r${i} = ${gathered(`s${7 - i}`, compose(SHIFT_ROWS, nextRows(1)))};`,
      `  s${7 - i} = ${xor(gathered(`s${7 - i}`, SHIFT_ROWS), `r${i}`)};`,
    ]),
    ...PLANES.map((i) => {
      const doubled = `s${i === 0 ? 0 : 8 - i}`;
      const sum = xor(xor(`r${i}`, doubled), gathered(`s${7 - i}`, nextRows(2)));
      const reduced = REDUCED_PLANES.includes(i) ? xor(sum, 's0') : sum;
      return `  x${7 - i} = ${xor(reduced, keyPlane(i))};`;
    }),
  ];
}
