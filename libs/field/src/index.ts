/** Finite fields for Prio: arithmetic, vectors, transforms, encodings. */

import {
  ENCODED_SIZE,
  GENERATOR,
  GENERATOR_ORDER_LOG2,
  MODULUS,
  add,
  inv,
  mul,
  mulAdd,
  neg,
  pow,
  rootOfUnity,
  sub,
} from './field-prio2/arithmetic.ts';

export { FieldError, type FieldErrorCode } from './field-error.ts';
export { decodeInto, encodeInto } from './field-prio2/codec.ts';
export { createLagrangeBasis, type LagrangeBasis } from './field-prio2/lagrange.ts';
export { createNtt, createOddExtension, type Ntt } from './field-prio2/ntt.ts';
export { evaluate } from './field-prio2/polynomial.ts';
export { referenceField } from './field-prio2/reference.ts';
export { addInto, batchInvert, innerProduct, subtractFrom, sum } from './field-prio2/vector.ts';
export { createBlockKernels } from './wasm/block-kernels.ts';
export type { BlockKernels, VerifyBlock } from './wasm/block-kernels.ts';
export type { ByteItems, FillRandom } from './wasm/random-elements.ts';
export type { BlockShape, ProofConstants } from './wasm/tables.ts';

/** The field of Prio v2 and ENPA. Elements are numbers in 0..modulus-1. */
export const fieldPrio2 = Object.freeze({
  name: 'FieldPrio2',
  modulus: MODULUS,
  encodedSize: ENCODED_SIZE,
  generator: GENERATOR,
  generatorOrderLog2: GENERATOR_ORDER_LOG2,
  add,
  sub,
  neg,
  mul,
  mulAdd,
  pow,
  inv,
  rootOfUnity,
});
