/**
 * Bytes on the wire for one honest report of each metric, by the encoders of the build that made
 * the run, so that runs of two builds can be held against each other. In Prio v2 all of a metric
 * have one size. Priolab's plain form, without headers of batches and of HTTP.
 */

import { prio2Shape } from '@priolab/prio';
import {
  BATCH_ID_SIZE,
  REPORT_ID_SIZE,
  createTask,
  encodeShareBatch,
  encodeVerifierShares,
  uploadLayout,
} from '@priolab/roles';
import type { Metric, ProcessorRole } from '@priolab/roles';
import { z } from 'zod';

import { metricsOf } from '../run/settings.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { count, object, text } from './schema-words.ts';

export interface WireRecord {
  readonly metric: string;
  /** From the device to the ingestor. */
  readonly upload: number;
  /** From the ingestor to each processor. */
  readonly leader: number;
  readonly helper: number;
  /** From one processor to the other, and as much back. */
  readonly validity: number;
}

/** Of each metric of a scenario, in its order. */
export function wireRecordOf(scenario: Scenario): WireRecord[] {
  return metricsOf(scenario).map(sizesOf);
}

/** As encoded: a batch of one report, whose content decides no size. */
function sizesOf(metric: Metric): WireRecord {
  const { size, leaderSealedSize, helperSealedSize } = uploadLayout(prio2Shape(metric.bins));
  const task = createTask({ metric, state: 'us-wa', vendor: 'apple', epsilon: 1, windowMs: 1 });
  const head = {
    task,
    batchId: new Uint8Array(BATCH_ID_SIZE),
    windowStartMs: 0,
    count: 1,
    reportIds: new Uint8Array(REPORT_ID_SIZE),
    queryRandomness: new Uint32Array(1),
  };
  const packetSize = (role: ProcessorRole, sealedSize: number): number => {
    const sealed = { bytes: new Uint8Array(sealedSize), offset: 0, stride: sealedSize };
    return encodeShareBatch({ ...head, sealed, sealedSize }, role).packets.length;
  };
  const share = { ...head, values: new Uint32Array(3), status: new Uint8Array(1) };
  return {
    metric: metric.id,
    upload: size,
    leader: packetSize('leader', leaderSealedSize),
    helper: packetSize('helper', helperSealedSize),
    validity: encodeVerifierShares(head, share, 'leader').packets.length,
  };
}

/** Its part of the record's JSON Schema. */
export function wireSchema() {
  const sizes = { upload: count(), leader: count(), helper: count(), validity: count() };
  return z.array(object({ metric: text(), ...sizes }));
}
