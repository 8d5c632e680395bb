/** Cost of FieldPrio2's kernels, in microseconds an item (see `npm run bench`). */

import {
  batchInvert,
  createLagrangeBasis,
  createNtt,
  fieldPrio2,
  innerProduct,
} from '../src/index.ts';

export interface BenchRow {
  readonly name: string;
  /** Items a run works on. */
  readonly sizes: { readonly smoke: number; readonly full: number };
  /** Sets up; the closure does the work once and returns a checksum. */
  prepare(size: number): () => number;
}

function elements(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => (i * 2654435761 + 1) % fieldPrio2.modulus);
}

function transforms(log2: number): BenchRow {
  return {
    name: `field: ntt of ${2 ** log2}`,
    sizes: { smoke: 2, full: 200 },
    prepare(size) {
      const ntt = createNtt(log2);
      const values = elements(ntt.size);
      const work = new Uint32Array(ntt.size);
      return () => {
        for (let i = 0; i < size; i++) {
          work.set(values);
          ntt.forward(work, 0);
        }
        return work[1]!;
      };
    },
  };
}

export const rows: readonly BenchRow[] = [
  {
    name: 'field: multiply and add',
    sizes: { smoke: 100, full: 100_000 },
    prepare(size) {
      const a = elements(size);
      return () => innerProduct(a, 0, a, 0, size);
    },
  },
  {
    name: 'field: batch inversion, per element',
    sizes: { smoke: 100, full: 10_000 },
    prepare(size) {
      const values = elements(size);
      const work = new Uint32Array(size);
      const scratch = new Uint32Array(size);
      return () => {
        work.set(values);
        batchInvert(work, 0, size, scratch);
        return work[size - 1]!;
      };
    },
  },
  transforms(7),
  transforms(11),
  {
    name: 'field: Lagrange basis on 128 roots',
    sizes: { smoke: 2, full: 200 },
    prepare(size) {
      const basis = createLagrangeBasis(7);
      const out = new Uint32Array(128);
      return () => {
        for (let i = 0; i < size; i++) basis(998314904 + i, 1, out);
        return out[1]!;
      };
    },
  },
];
