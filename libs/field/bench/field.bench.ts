/** Cost of FieldPrio2's kernels, in microseconds an item (see `npm run bench`). */

import {
  batchInvert,
  createBlockKernels,
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

type Block = ReturnType<typeof block>;

/** `count` vectors of `bins` elements, whatever they mean, and arrays to work on them. */
function block(bins: number, count: number) {
  const sizeLog2 = 32 - Math.clz32(bins);
  const size = 2 ** sizeLog2;
  const constants = { offsets: elements(size), slopes: elements(size) };
  const vectorLen = bins + 3 + size;
  const itemSize = 4 * vectorLen;
  return {
    kernels: createBlockKernels({ dimension: bins, sizeLog2 }, constants),
    count,
    vectors: elements(count * vectorLen),
    other: elements(count * vectorLen).reverse(),
    items: { bytes: new Uint8Array(count * itemSize), offset: 0, stride: itemSize },
    points: elements(count),
    values: new Uint32Array(3 * count),
    status: new Uint8Array(count),
    sum: new Uint32Array(bins),
  };
}

/** What a kernel costs a report, on blocks as the pipeline has them; `work` ends in a checksum. */
function kernel(name: string, bins: number, work: (data: Block) => () => number): BenchRow {
  return {
    name: `field: ${name}, ${bins} bins`,
    sizes: { smoke: 5, full: 256 },
    prepare: (count) => work(block(bins, count)),
  };
}

const prove = ({ kernels, count, vectors }: Block) => {
  return () => {
    kernels.prove(count, vectors);
    return vectors.at(-1)!;
  };
};

const verify = ({ kernels, count, vectors: shares, points, values: out, status }: Block) => {
  const request = { leader: true, count, shares, points, out, status, failure: 1 };
  return () => {
    kernels.verify(request);
    return out.at(-1)!;
  };
};

const split = ({ kernels, count, vectors, other, items }: Block) => {
  return () => {
    kernels.split(count, vectors, other, items);
    return items.bytes.at(-1)!;
  };
};

const decode = ({ kernels, count, vectors, items, status }: Block) => {
  kernels.split(count, vectors, new Uint32Array(vectors.length), items);
  return () => {
    kernels.decode(count, items, vectors, status, 1);
    return vectors.at(-1)!;
  };
};

/** Without what makes the random words: they are copied from a table. */
const expand = ({ kernels, count, vectors, status }: Block) => {
  const words = new Uint8Array(elements(2 * vectors.length).buffer);
  return () => {
    kernels.expand(
      count,
      (_, inChunk, size, into) => into.bytes.set(words.subarray(0, inChunk * size), into.offset),
      vectors,
      status,
    );
    return vectors.at(-1)!;
  };
};

const aggregate = ({ kernels, count, vectors, status, sum }: Block) => {
  return () => {
    sum.fill(0);
    kernels.aggregate(count, vectors, status, sum);
    return sum.at(-1)!;
  };
};

export const rows: readonly BenchRow[] = [
  kernel('prove with two transforms of 128', 100, prove),
  kernel('prove with two transforms of 256', 200, prove),
  kernel('prove with two transforms of 2048', 1344, prove),
  kernel('verify, one processor', 100, verify),
  kernel('verify, one processor', 1344, verify),
  kernel('split', 100, split),
  kernel('decode', 100, decode),
  kernel('random words to elements', 100, expand),
  kernel('aggregate', 100, aggregate),
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
