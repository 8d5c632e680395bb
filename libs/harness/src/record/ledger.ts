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

/** The file can't be written: no rights, no room. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';
  readonly code = 'ledger-write';
}

/** @throws LedgerError, as do the writer's methods */
export function createLedger(path: string): LedgerWriter {
  const attempt = <T>(step: () => T): T => {
    try {
      return step();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new LedgerError(`can't write ${path}: ${reason}`, { cause: error });
    }
  };
  const file = attempt(() => openSync(path, 'w'));
  return {
    write(firstReport, fates) {
      let done = 0;
      while (done < fates.length) {
        const at = firstReport * FATE_SIZE + done;
        done += attempt(() => writeSync(file, fates, done, fates.length - done, at));
      }
    },
    close: () => attempt(() => closeSync(file)),
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
