/** The derived tables of the AES kernel against AES' field itself, on all bytes. */

import { expect, it } from 'vitest';
import { affine, invert, multiply, towerTables } from '../../kernels/symmetric/aes-tower.ts';
import type { NibbleMap, SubstitutionTables } from '../../kernels/symmetric/aes-tower.ts';

const tables = towerTables();
const BYTES = Array.from({ length: 256 }, (_, x) => x);

/** A byte shuffle: an index out of range, infinity among them, gives 0. */
const look = (table: readonly number[], index: number): number => table[index] ?? 0;
const map = ({ low, high }: NibbleMap, x: number): number => low[x & 15]! ^ high[x >> 4]!;

/** The five lookups of the kernel's inversion, then the last two. */
function substitute({ u, v }: SubstitutionTables, tower: number): number {
  const [i, k] = [tower >> 4, tower & 15];
  const j = i ^ k;
  const q = look(tables.inverseTimesA, k);
  const io = look(tables.inverse, look(tables.inverse, i) ^ q) ^ j;
  const jo = look(tables.inverse, look(tables.inverse, j) ^ q) ^ i;
  return look(u, io) ^ look(v, jo);
}

it('inverts in AES’ field', () => {
  for (const x of BYTES) expect(multiply(x, invert(x))).toBe(x === 0 ? 0 : 1);
});

it('has the S-box of FIPS 197 figure 7', () => {
  const box = BYTES.map((x) => affine(invert(x)) ^ 0x63);
  expect(box.slice(0, 8)).toEqual([0x63, 0x7c, 0x77, 0x7b, 0xf2, 0x6b, 0x6f, 0xc5]);
  expect([box[0x53], box[0xff]]).toEqual([0xed, 0x16]);
  expect(new Set(box).size).toBe(256);
});

it('changes the basis to the tower and back', () => {
  for (const x of BYTES) expect(map(tables.fromTower, map(tables.toTower, x))).toBe(x);
});

it('substitutes every byte as AES does', () => {
  for (const x of BYTES) {
    const [tower, linear] = [map(tables.toTower, x), affine(invert(x))];
    expect(substitute(tables.substituteLast, tower), `byte ${x}`).toBe(linear);
    expect(map(tables.fromTower, substitute(tables.substitute, tower))).toBe(linear);
    const doubled = map(tables.fromTower, substitute(tables.substituteTimes2, tower));
    expect(doubled).toBe(multiply(2, linear));
  }
});
