/**
 * The fate ledger: two bytes a report, in the order of report numbers, in one file. Written shard
 * by shard as results come, so that a run's memory does not grow with its reports.
 */

import { closeSync, openSync, readSync, statSync, writeSync } from 'node:fs';

import { FATE_SIZE, fateOf } from './fate.ts';
import type { Fate } from './fate.ts';

export const LEDGER_FILE = 'fates.bin';

export interface LedgerWriter {
  /** Fates of reports from `firstReport` on. */
  write(firstReport: number, fates: Uint8Array): void;
  close(): void;
}

export function createLedger(path: string): LedgerWriter {
  const file = openSync(path, 'w');
  return {
    write(firstReport, fates) {
      let done = 0;
      while (done < fates.length) {
        const at = firstReport * FATE_SIZE + done;
        done += writeSync(file, fates, done, fates.length - done, at);
      }
    },
    close: () => closeSync(file),
  };
}

/** The fate of one report. @throws RangeError where the ledger has no such report */
export function readFate(path: string, report: number): Fate {
  const count = statSync(path).size / FATE_SIZE;
  if (!Number.isInteger(report) || report < 0 || report >= count) {
    throw new RangeError(`report ${report}: expected 0..${count - 1}`);
  }
  const file = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(FATE_SIZE);
    readSync(file, bytes, 0, FATE_SIZE, report * FATE_SIZE);
    return fateOf(bytes[0]! | (bytes[1]! << 8));
  } finally {
    closeSync(file);
  }
}
