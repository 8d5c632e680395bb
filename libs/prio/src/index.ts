/** Protocols for private sums. Today Prio v2, the protocol of ENPA. */

export { PrioError, type PrioErrorCode } from './prio-error.ts';
export { createPrio2, merge, unshard, type Prio2 } from './prio2/prio2.ts';
export { isSafeQueryRandomness } from './prio2/query-randomness.ts';
export { referencePrio2, type ReferenceVerifierShare } from './prio2/reference.ts';
export { FIELD_MODULUS, MAX_DIMENSION, prio2Shape, type Prio2Shape } from './prio2/shape.ts';
export type { VerifyInitBlock } from './prio2/verifier.ts';
export { createCountingPrio2, type ProofWork } from './prio2/work.ts';
