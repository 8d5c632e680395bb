/** Finite fields for Prio: arithmetic, vectors, transforms, encodings. */

import {
  ENCODED_SIZE,
  GENERATOR,
  GENERATOR_ORDER_LOG2,
  MODULUS,
  add,
  inv,
  mul,
  neg,
  pow,
  rootOfUnity,
  sub,
} from './field-prio2/arithmetic.ts';

export { FieldError } from './field-error.ts';
export { decodeElements, encodeElements } from './field-prio2/codec.ts';
export { createNtt, type Ntt } from './field-prio2/ntt.ts';
export { evaluate, interpolate } from './field-prio2/polynomial.ts';
export { referenceField } from './field-prio2/reference.ts';
export { addInto, batchInvert, innerProduct, subtractFrom } from './field-prio2/vector.ts';

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
  pow,
  inv,
  rootOfUnity,
});
