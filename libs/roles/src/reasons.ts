/**
 * Why a report was refused: one byte a report, carried in `status` arrays along the pipeline.
 * 0 means nothing is wrong so far. The party that finds the fault names it; nobody overwrites it.
 * Codes are part of the fate ledger's format: append, never renumber.
 */

export const REASONS = [
  'none',
  // Found by the ingestor, at the edge.
  'truncated',
  'oversized',
  'unknown-version',
  'wrong-task',
  'wrong-share-size',
  'stale',
  'bad-certificate',
  'bad-signature',
  'replayed',
  // Found by a processor.
  'decrypt-failed',
  'noncanonical-share',
  'unsafe-query-randomness',
  'duplicate-report-id',
  'peer-refused',
  'proof-invalid',
  // Of reports that travel through stores, in simulated time.
  'not-sent',
  'rate-limited',
  'batch-signature',
  'batch-digest',
  'batch-header',
  'batch-unmatched',
  'batch-late',
  'window-held',
  'below-minimum',
  'peer-missing',
  'batch-incomplete',
  'batch-unknown',
  'peer-version',
] as const;

export type Reason = (typeof REASONS)[number];

/** The code of a reason: its position in `REASONS`. */
export function reasonCode(reason: Reason): number {
  return REASONS.indexOf(reason);
}

/** The reason of a code; throws on a code that no party writes (a bug of ours). */
export function reasonOf(code: number): Reason {
  const reason = REASONS[code];
  if (reason === undefined)
    throw new RangeError(`reason code ${code} is not in 0..${REASONS.length - 1}`);
  return reason;
}
