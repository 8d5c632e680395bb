/**
 * The journal of a simulated run: every event in order, chained into one digest, so that two runs
 * can be compared event by event. It keeps the digest after each event; a rerun that differs is
 * told at its first different event. What parties say of themselves, in their own words too, is
 * kept to be searched for secrets.
 */

import { sha256, toHex } from '@priolab/crypto';

export interface Journal {
  /**
   * Enters one event: when, and what, in one line without secrets.
   *
   * @param words what its party said of it besides: kept and no part of the digest
   */
  write(timeMs: number, line: string, words?: string): void;
  readonly count: number;
  /** Digest over all events so far. */
  digest(): string;
  /** First four bytes of the chain after each event: where two runs part. */
  readonly marks: Uint32Array;
  /**
   * Lines and words of the parties, without their times and without strikes of faults, up to a
   * limit.
   */
  readonly said: readonly string[];
  /** Characters of these that went beyond the limit. */
  readonly unkept: number;
}

const KEPT = 32 * 2 ** 20;
/** Strikes of faults are the simulator's own notes. */
const OF_FAULTS = /^fault /;
const UTF8 = new TextEncoder();

export function createJournal(limit = KEPT): Journal {
  let chain: Uint8Array = new Uint8Array(32);
  let marks = new Uint32Array(1024);
  let count = 0;
  const said: string[] = [];
  let kept = 0;
  let unkept = 0;
  const keep = (line: string): void => {
    if (kept + line.length > limit) {
      unkept += line.length;
      return;
    }
    kept += line.length;
    said.push(line);
  };
  return {
    write(timeMs, line, words) {
      const text = `${timeMs} ${line}`;
      chain = sha256(Buffer.concat([chain, UTF8.encode(text)]));
      if (count === marks.length) {
        const longer = new Uint32Array(2 * count);
        longer.set(marks);
        marks = longer;
      }
      marks[count++] = ((chain[0]! << 24) | (chain[1]! << 16) | (chain[2]! << 8) | chain[3]!) >>> 0;
      if (!OF_FAULTS.test(line)) keep(line);
      if (words !== undefined) keep(words);
    },
    get count() {
      return count;
    },
    digest: () => toHex(chain),
    get marks() {
      return marks.subarray(0, count);
    },
    said,
    get unkept() {
      return unkept;
    },
  };
}
