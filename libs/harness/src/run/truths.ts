/**
 * The simulator's own sums over the reports of a shard that both processors accepted, with and
 * without noise, by metric and window. Integers, so that totals can be compared exactly.
 */

import { DAY_MS } from '@priolab/roles';
import type { ReportBlock } from '@priolab/roles';

import { emptyTruth } from './shard-result.ts';
import type { Truth } from './shard-result.ts';

export interface Truths {
  /**
   * Adds one accepted report of a block.
   * @param bits true bits of the block, before noise; undefined where the sender invented its value
   */
  add(report: ReportBlock, metricSlot: number, bits: Uint32Array | undefined, slot: number): void;
  /** By `metricSlot/windowStartMs`. */
  readonly byWindow: Map<string, Truth>;
}

export function createTruths(): Truths {
  const byWindow = new Map<string, Truth>();
  let latest = { metricSlot: -1, startMs: -1, truth: emptyTruth(0) };

  /** By the report's own time, not by the ingestor's window; mostly that of the one before. */
  const truthOf = (report: ReportBlock, metricSlot: number, slot: number): Truth => {
    const { windowMs } = report.task;
    const createdMs = report.day * DAY_MS + report.timesMs[slot]!;
    const startMs = createdMs - (createdMs % windowMs);
    if (latest.startMs === startMs && latest.metricSlot === metricSlot) return latest.truth;
    const key = `${metricSlot}/${startMs}`;
    let truth = byWindow.get(key);
    if (truth === undefined) {
      truth = emptyTruth(report.task.metric.bins);
      byWindow.set(key, truth);
    }
    latest = { metricSlot, startMs, truth };
    return truth;
  };

  return {
    byWindow,
    add(report, metricSlot, bits, slot) {
      const { proofs, task } = report;
      const { dimension, proofLen } = task.shape;
      const truth = truthOf(report, metricSlot, slot);
      truth.count++;
      if (bits !== undefined) {
        truth.honestCount++;
        truth.noisedBits += dimension;
      }
      const { noisy, honestNoisy, honestClean } = truth;
      const proofAt = slot * proofLen;
      const bitsAt = slot * dimension;
      for (let bin = 0; bin < dimension; bin++) {
        const sent = proofs[proofAt + bin]!;
        const clean = bits === undefined ? 0 : bits[bitsAt + bin]!;
        // Most bins of most reports: nothing to add.
        if ((sent | clean) === 0) continue;
        noisy[bin]! += sent;
        if (bits === undefined) continue;
        honestClean[bin]! += clean;
        honestNoisy[bin]! += sent;
        if (clean !== sent) truth.flippedBits++;
      }
    },
  };
}
