/**
 * The journal of a simulated run: every event in order, chained into one digest, so that two runs
 * can be compared event by event. It keeps the digest after each event, and the text of the last
 * few; a rerun that differs is told at its first different event.
 */

import { sha256, toHex } from '@priolab/crypto';

export interface Journal {
  /** Enters one event: when, and what, in one line without secrets. */
  write(timeMs: number, line: string): void;
  readonly count: number;
  /** Digest over all events so far. */
  digest(): string;
  /** First four bytes of the chain after each event: where two runs part. */
  readonly marks: Uint32Array;
  readonly lastLines: readonly string[];
}

const KEPT_LINES = 200;
const UTF8 = new TextEncoder();

export function createJournal(): Journal {
  let chain: Uint8Array = new Uint8Array(32);
  let marks = new Uint32Array(1024);
  let count = 0;
  const lastLines: string[] = [];
  return {
    write(timeMs, line) {
      const text = `${timeMs} ${line}`;
      chain = sha256(Buffer.concat([chain, UTF8.encode(text)]));
      if (count === marks.length) {
        const longer = new Uint32Array(2 * count);
        longer.set(marks);
        marks = longer;
      }
      marks[count++] = ((chain[0]! << 24) | (chain[1]! << 16) | (chain[2]! << 8) | chain[3]!) >>> 0;
      lastLines.push(text);
      if (lastLines.length > KEPT_LINES) lastLines.shift();
    },
    get count() {
      return count;
    },
    digest: () => toHex(chain),
    get marks() {
      return marks.subarray(0, count);
    },
    lastLines,
  };
}
