/**
 * Where things are: names of objects and windows, as workflow-manager and the facilitator have
 * them, and of the one object that they don't have (`agreement.ts`).
 * Source: ENPA section 6.2, 6.7.
 */

import { sha256 } from '@priolab/crypto';
import type { ProcessorRole } from '@priolab/roles';
import {
  batchPath,
  ingestionEndings,
  sumPartPath,
  validationEndings,
  windowAt,
} from '@priolab/roles/enpa';
import type { Endings, ServerIndex } from '@priolab/roles/enpa';

import type { ScheduleConfig } from '../config.ts';
import type { WindowName } from './state.ts';

export function peerOf(role: ProcessorRole): ProcessorRole {
  return role === 'leader' ? 'helper' : 'leader';
}

/** First server of the health authority, or second: the number in its objects' names. */
export function serverIndexOf(role: ProcessorRole): ServerIndex {
  return role === 'leader' ? 0 : 1;
}

/** The window that a time is in. */
export function windowOf(
  { aggregationPeriodMs }: Pick<ScheduleConfig, 'aggregationPeriodMs'>,
  timeMs: number,
): { readonly startMs: number; readonly endMs: number } {
  const { begin, end } = windowAt(timeMs, aggregationPeriodMs);
  return { startMs: begin, endMs: end };
}

interface Batch {
  readonly aggregation: string;
  readonly batchUuid: string;
  readonly timeMs: number;
}

export function batchNames(batch: Batch): Endings {
  return withBase(batch, ingestionEndings);
}

/** @param role who says it */
export function validationNames(batch: Batch, role: ProcessorRole): Endings {
  return withBase(batch, validationEndings(serverIndexOf(role)));
}

function withBase({ timeMs, ...batch }: Batch, endings: Endings): Endings {
  const base = batchPath({ ...batch, time: timeMs });
  return {
    header: base + endings.header,
    packets: base + endings.packets,
    signature: base + endings.signature,
  };
}

export function sumNames(window: WindowName, endMs: number, role: ProcessorRole): Endings {
  const { instance, aggregation, startMs } = window;
  const name = { instance, aggregation, start: startMs, end: endMs };
  return sumPartPath(name, serverIndexOf(role));
}

/**
 * The mark between a file's blocks. Writers draw it at random; ours follows from the name, so that
 * a file that is written again is the same file (ENPA 9.2 no. 1).
 */
export function syncOf(key: string): Uint8Array {
  return sha256(new TextEncoder().encode(`priolab sync mark\n${key}`)).slice(0, 16);
}
