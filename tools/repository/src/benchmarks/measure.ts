/**
 * Measures rows with tinybench, by CPU time: on a busy machine it varies far less than the time on
 * the wall. It counts all threads, so what the garbage collector and the compiler do is included.
 *
 * The rows take turns, round by round, so that a slow minute of the machine falls on all of them
 * and not on one; the spread between rounds says how far to trust a number.
 */

import { Bench } from 'tinybench';
import type { BenchRow } from './rows.ts';

/** How much is measured. */
export interface Effort {
  readonly size: 'smoke' | 'full';
  /** Rounds that count; one more before them warms up. */
  readonly rounds: number;
  /** CPU time a row gets in each round, at least one sample. */
  readonly roundMs: number;
}

export const FULL: Effort = { size: 'full', rounds: 5, roundMs: 200 };
/** Only shows that every row runs; its numbers mean nothing. */
export const SMOKE: Effort = { size: 'smoke', rounds: 1, roundMs: 0 };

/** What a row costs. */
export interface Measurement {
  readonly name: string;
  /** CPU time an item, in microseconds: the median over rounds of a round's median. */
  readonly usPerItem: number;
  /** The range of the rounds' medians, as a fraction of their median; NaN where that is 0. */
  readonly spread: number;
  readonly sampleCount: number;
  readonly checksum: number;
}

interface Course {
  readonly row: BenchRow;
  readonly size: number;
  readonly run: () => number;
  readonly checksum: number;
  readonly rounds: Round[];
}

interface Round {
  readonly usPerItem: number;
  readonly sampleCount: number;
}

/** Measures `rows` in turns; `now` gives CPU time in ms. */
export async function measure(
  rows: readonly BenchRow[],
  effort: Effort,
  now: () => number = cpuTimeMs,
): Promise<Measurement[]> {
  const courses = rows.map((row): Course => {
    const size = row.sizes[effort.size];
    const run = row.prepare(size);
    return { row, size, run, checksum: run(), rounds: [] };
  });
  for (let round = 0; round <= effort.rounds; round++) {
    for (const course of courses) {
      const measured = await measureRound(course, effort, now);
      if (round > 0) course.rounds.push(measured); // the first round warms up
    }
  }
  return courses.map(summarize);
}

async function measureRound(course: Course, effort: Effort, now: () => number): Promise<Round> {
  const { row, run, checksum, size } = course;
  const bench = new Bench({
    now,
    time: effort.roundMs,
    iterations: 1,
    warmup: false,
    throws: true,
  });
  // Work that nobody looks at may be optimized away, and work that varies measures nothing.
  const check = () => {
    const got = run();
    if (got !== checksum)
      throw new Error(`${row.name}: checksum ${got}, before it was ${checksum}`);
  };
  bench.add(row.name, check, { async: false });
  const result = (await bench.run())[0]?.result;
  if (result?.state !== 'completed') throw new Error(`${row.name}: ${result?.state ?? 'not run'}`);
  const { p50, samplesCount } = result.latency;
  return { usPerItem: (p50 * 1000) / size, sampleCount: samplesCount };
}

function summarize({ row, rounds, checksum }: Course): Measurement {
  const sorted = rounds.map((round) => round.usPerItem).sort((a, b) => a - b);
  const usPerItem = sorted[sorted.length >> 1] as number;
  const spread = ((sorted.at(-1) as number) - (sorted[0] as number)) / usPerItem;
  const sampleCount = rounds.reduce((sum, round) => sum + round.sampleCount, 0);
  return { name: row.name, usPerItem, spread, sampleCount, checksum };
}

function cpuTimeMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
