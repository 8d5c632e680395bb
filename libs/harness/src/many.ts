/**
 * Many runs at once, and the catalogue of faults with what demonstrates each: for the commands
 * `fuzz` and `faults`. An entry of its own, since a plain run needs none of it.
 */

export { cardFile, renderCard } from './faults/card.ts';
export { faultIds, faults, type FaultId } from './faults/catalogue.ts';
export { reddenedBy, unexplainedOf } from './many/explained.ts';
export { FAULT_COLUMNS, faultRow, markdownRow } from './many/fault-row.ts';
export type { ManyResult } from './many/many-program.ts';
export { runMany } from './many/run-many.ts';
export { shrink, type Shrunk } from './many/shrink.ts';
export {
  demonstrationOf,
  demonstrations,
  type Demonstration,
} from './simulation/faults/demonstrations.ts';
export { faultNotes } from './simulation/faults/not-expressible.ts';
