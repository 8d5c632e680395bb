/**
 * The lib's one WebAssembly instance: its kernels, and memory that is given out once, at set-up.
 */

import { MODULE_BASE64 } from './module.generated.ts';

/** What the kernels export: addresses, strides and sizes in bytes, counts; a group is 4 lanes. */
export interface KernelExports {
  sha256Lanes(lanes: number, blockCount: number): void;
  deriveKeys(
    count: number,
    sharedX: number,
    sharedXStride: number,
    points: number,
    pointStride: number,
    keys: number,
    keyStride: number,
  ): void;
  keystream(
    count: number,
    seeds: number,
    seedStride: number,
    size: number,
    out: number,
    outStride: number,
  ): void;
  sealItems(
    count: number,
    indexes: number,
    keys: number,
    keyStride: number,
    plaintexts: number,
    plaintextStride: number,
    size: number,
    sealed: number,
    sealedStride: number,
  ): void;
  openItems(
    count: number,
    indexes: number,
    keys: number,
    keyStride: number,
    sealed: number,
    sealedStride: number,
    size: number,
    plaintexts: number,
    plaintextStride: number,
  ): void;
  importPoint(into: number, point: number): number;
  importPoints(into: number, points: number, stride: number, groups: number, valid: number): void;
  exportElements(
    bytes: number,
    stride: number,
    elements: number,
    elementStride: number,
    groups: number,
  ): void;
  recode(digits: number, scalars: number, count: number, width: number): void;
  recodeShort(digits: number, scalars: number, count: number, width: number, bits: number): void;
  storeEntries(entries: number, stride: number, point: number): void;
  /** Those that return a number return 0 where a denominator was 0: results are worthless. */
  buildTable(table: number, point: number, width: number, work: number): number;
  multiplyFixed(
    into: number,
    table: number,
    digits: number,
    width: number,
    groups: number,
    selected: number,
    products: number,
  ): number;
  addPoints(
    into: number,
    intoStride: number,
    p: number,
    pStride: number,
    q: number,
    qStride: number,
    groups: number,
    products: number,
  ): number;
  oddMultiples(
    tables: number,
    multiples: number,
    groups: number,
    twice: number,
    products: number,
  ): number;
  selectKeys(tables: number, stride: number, keys: number, indexes: number, groups: number): void;
  multiplyByOne(
    into: number,
    tables: number,
    multiples: number,
    schedule: number,
    length: number,
    groups: number,
  ): void;
  multiplyEach(into: number, tables: number, digits: number, width: number, groups: number): void;
  addToEach(jacobian: number, affine: number, groups: number): void;
  toAffineX(x: number, jacobian: number, groups: number, products: number): number;
  recoverPoints(entries: number, xs: number, parities: number, groups: number, valid: number): void;
  /** 1 where the sum is infinity; else 0, also where an addition met an exception. */
  sumVanishes(
    entries: number,
    longDigits: number,
    longCount: number,
    shortDigits: number,
    shortCount: number,
    shortBits: number,
    firstShort: number,
    firstFree: number,
    width: number,
    lists: number,
    words: number,
    pairs: number,
    products: number,
  ): number;
  weighScalars(
    count: number,
    weights: number,
    positive: number,
    u1: number,
    u2: number,
    owners: number,
    scalars: number,
    scalarCount: number,
    sums: number,
  ): void;
  signScalars(
    count: number,
    nonces: number,
    nonceStride: number,
    scalars: number,
    scalarStride: number,
    digests: number,
    digestStride: number,
    points: number,
    pointStride: number,
    signatures: number,
    signatureStride: number,
    status: number,
    work: number,
  ): number;
  verifyScalars(
    count: number,
    digests: number,
    digestStride: number,
    signatures: number,
    signatureStride: number,
    u1: number,
    u1Stride: number,
    u2: number,
    u2Stride: number,
    status: number,
    failure: number,
    work: number,
  ): void;
  matchR(
    count: number,
    xs: number,
    xStride: number,
    signatures: number,
    signatureStride: number,
    status: number,
    failure: number,
  ): void;
  /** Field operations, for their tests. */
  multiply(into: number, a: number, b: number): void;
  multiplyMinus(into: number, a: number, b: number, e: number): void;
  multiplyMinusSquare(into: number, a: number, b: number, c: number): void;
  square(into: number, a: number): void;
  squareMinus(into: number, a: number, e: number): void;
  tripleDifference(into: number, a: number, b: number): void;
}

export interface KernelInstance {
  readonly memory: WebAssembly.Memory;
  readonly exports: KernelExports;
  /** The address of `size` fresh bytes, a multiple of 16; for set-up, nothing is given back. */
  reserve(size: number): number;
}

const PAGE_SIZE = 64 * 1024;
/** Kernels' scratch, then the compiler's constants. */
const STATIC_SIZE = 128 * 1024;

/** Compiles the kept module and makes an instance of it. */
export function createKernelInstance(): KernelInstance {
  const memory = new WebAssembly.Memory({ initial: STATIC_SIZE / PAGE_SIZE });
  const module = new WebAssembly.Module(Buffer.from(MODULE_BASE64, 'base64'));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  let next = STATIC_SIZE;
  return {
    memory,
    exports: exports as unknown as KernelExports,
    reserve(size) {
      const address = next;
      next += Math.ceil(size / 16) * 16;
      const missing = next - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE_SIZE));
      return address;
    },
  };
}
