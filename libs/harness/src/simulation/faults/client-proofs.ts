/**
 * Attacks by clients with their proofs. A forger who knew r beforehand could make a proof of
 * anything that holds there: the check compares two polynomials at r alone, and as many of the
 * proof's elements are free as points can be met. So everything hangs on r being unknown until the
 * upload is finished (ENPA section 5.3).
 */

import { FIELD_MODULUS, referencePrio2 } from '@priolab/prio';

import { adversaryIds } from '../../adversary/catalogue.ts';
import { isDeed } from '../deeds.ts';
import type { Inject } from '../fault.ts';
import { strikeSlots, withStages } from './device-stages.ts';
import { count } from './parameters.ts';

const P = BigInt(FIELD_MODULUS);
const mod = (x: bigint): bigint => ((x % P) + P) % P;

function inverse(x: bigint): bigint {
  let result = 1n;
  let square = mod(x);
  for (let left = P - 2n; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}

/** Solves rows * x = right sides, the last column; undefined where that has no one answer. */
function solve(rows: bigint[][]): bigint[] | undefined {
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    const pivot = rows.findIndex((row, k) => k >= column && row[column] !== 0n);
    if (pivot === -1) return undefined;
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const scale = inverse(rows[column]![column]!);
    const own = rows[column]!.map((x) => mod(x * scale));
    rows[column] = own;
    for (let k = 0; k < size; k++) {
      if (k === column) continue;
      const factor = rows[k]![column]!;
      rows[k] = rows[k]!.map((x, i) => mod(x - factor * own[i]!));
    }
  }
  return rows.map((row) => row[size]!);
}

/**
 * Changes the last elements of a proof so that it holds at each of the points, whatever its data.
 * @param proof data, f0, g0, h0, packed h, as numbers; changed in place
 */
function grindProof(proof: Uint32Array, dimension: number, points: readonly number[]): void {
  const valuesAt = (elements: readonly bigint[], r: number): readonly bigint[] =>
    referencePrio2.verifyInit(elements, { role: 'leader', dimension, r: BigInt(r) });
  const elements = [...proof].map(BigInt);
  const free = points.map((_, k) => proof.length - points.length + k);
  const rows = points.map((r) => {
    const [f, g, h] = valuesAt(elements, r) as [bigint, bigint, bigint];
    // h is linear in the elements that are free.
    const slopes = free.map((at) => {
      const unit = elements.map((_, i) => (i === at ? 1n : 0n));
      return valuesAt(unit, r)[2]!;
    });
    return [...slopes, mod(f * g - h)];
  });
  const change = solve(rows) ?? [];
  free.forEach((at, k) => (proof[at] = Number(mod(elements[at]! + (change[k] ?? 0n)))));
}

/** Points that a forger hopes r to be. */
export function guessedPoints(draw: (key: string) => number, pointCount: number): number[] {
  return Array.from({ length: pointCount }, (_, k) => draw(`point ${k}`) % FIELD_MODULUS);
}

/** A value of 2 under a proof that holds at every point that the forger could guess. */
const grind: Inject = (context) => {
  const tries = count(context.item, 'tries', 64);
  const struckReports = new Set<number>();
  context.hooks.phones.devices.push((line, place) => {
    let struck: number[] = [];
    return withStages(line, (device) => ({
      randomise(block, branch) {
        const report = device.randomise(block, branch);
        const { proofLen } = block.task.shape;
        const mayStrike = (slot: number): boolean => line.deeds.bySlot[slot] === 0;
        const what = 'a proof for points that it guesses';
        const allowed = ['proof-invalid'];
        struck = strikeSlots(context, block, { place, what, allowed, mayStrike });
        for (const slot of struck) {
          report.proofs[slot * proofLen] = 2;
          struckReports.add(place.firstReport + slot);
        }
        return report;
      },
      prove(report, branch) {
        device.prove(report, branch);
        const { proofLen, dimension, rootCount } = report.task.shape;
        const points = guessedPoints(context.draw, Math.min(tries, rootCount));
        for (const slot of struck) {
          const proof = report.proofs.subarray(slot * proofLen, (slot + 1) * proofLen);
          grindProof(proof, dimension, points);
        }
      },
    }));
  });
  context.hooks.phones.uploads.push((report) => {
    if (!struckReports.has(report.number)) return [report];
    context.book.invented(report.number);
    context.book.forged(report.number, 'proof');
    return [report];
  });
};

/** Done by the tampering device, as on the wall clock: there is nothing to put anywhere. */
const byTheDevice: Inject = () => {};

export const clientProofFaults: Readonly<Record<string, Inject>> = {
  'cli.grind': grind,
  ...Object.fromEntries(adversaryIds.filter(isDeed).map((id) => [id, byTheDevice])),
};
