/**
 * Codes under which something is refused because of a fault: those of reports and batches, and what
 * pairs of sums are held for in place of `window-held`, which says of no fault more than that.
 */

import type { HoldReason, Reason } from '@priolab/roles';

/** What a report, or a whole batch, is refused under. */
export type ReportReason = Exclude<Reason, 'none' | 'not-sent' | 'window-held'>;

export type FaultReason = ReportReason | HoldReason;
