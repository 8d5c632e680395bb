/**
 * Operations of the protocol as the record counts them: exact, deterministic, the same on every
 * backend. `crypto` and `prio` define what each kind is (`counting-backend.ts`, `prio2/work.ts`).
 */

import { emptyCryptoWork } from '@priolab/crypto';
import type { CryptoWork } from '@priolab/crypto';
import type { ProofWork } from '@priolab/prio';

/** Running counts of all parties of one world. */
export type Work = CryptoWork & ProofWork;
export type WorkKind = keyof Work;

export const WORK_KINDS: readonly WorkKind[] = [
  'baseMultiplications',
  'fixedMultiplications',
  'variableMultiplications',
  'nttButterflies',
  'sha256Blocks',
  'aesBlocks',
];

export function emptyWork(): Work {
  return { ...emptyCryptoWork(), nttButterflies: 0 };
}
