/**
 * Measures rows with tinybench, by CPU time: on a busy machine it varies far less than the time on
 * the wall. It counts all threads, so what the garbage collector and the compiler do is included.
 *
 * The rows take turns, round by round, so that a slow minute of the machine falls on all of them
 * and not on one; the spread between rounds says how far to trust a number. Rounds are kept, so
 * that a ratio can be taken between rows of the same round.
 */

import { Bench } from 'tinybench';
import type { BenchRow } from './rows.ts';
import { median, spread } from './statistics.ts';

/** How much is measured. */
export interface Effort {
  readonly size: 'smoke' | 'full';
  /** Rounds that count; one more before them warms up. */
  readonly rounds: number;
  /** CPU time a row gets in each round, at least one sample. */
  readonly roundMs: number;
  /** Rounds of the rows with worker threads. */
  readonly wallRounds: number;
}

export const FULL: Effort = { size: 'full', rounds: 9, roundMs: 80, wallRounds: 5 };
/** Only shows that every row runs; its numbers mean nothing. */
export const SMOKE: Effort = { size: 'smoke', rounds: 1, roundMs: 0, wallRounds: 1 };

/** What a row costs. */
export interface Measurement {
  readonly name: string;
  /** CPU time an item, in microseconds: the median over rounds of a round's median. */
  readonly usPerItem: number;
  /** The range of the rounds' medians, as a fraction of their median; NaN where that is 0. */
  readonly spread: number;
  readonly sampleCount: number;
  readonly checksum: number;
  /** Each round's median, in microseconds an item. */
  readonly rounds: readonly number[];
  /** Operations of the protocol an item, where the row counts them. */
  readonly work?: Readonly<Record<string, number>>;
}

interface Course {
  readonly row: BenchRow;
  readonly size: number;
  readonly run: () => number | Promise<number>;
  readonly isAsync: boolean;
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
  effort: Pick<Effort, 'size' | 'rounds' | 'roundMs'>,
  now: () => number = cpuTimeMs,
): Promise<Measurement[]> {
  const courses: Course[] = [];
  for (const row of rows) {
    const size = row.sizes[effort.size];
    const run = row.prepare(size);
    const first = run();
    const isAsync = first instanceof Promise;
    courses.push({ row, size, run, isAsync, checksum: await first, rounds: [] });
  }
  for (let round = 0; round <= effort.rounds; round++) {
    for (const course of courses) {
      const measured = await measureRound(course, effort.roundMs, now);
      if (round > 0) course.rounds.push(measured); // the first round warms up
    }
  }
  return courses.map(summarize);
}

async function measureRound(course: Course, time: number, now: () => number): Promise<Round> {
  const { row, run, isAsync, checksum, size } = course;
  const bench = new Bench({ now, time, iterations: 1, warmup: false, throws: true });
  // Work that nobody looks at may be optimized away, and work that varies measures nothing.
  const check = (got: number): void => {
    if (got !== checksum)
      throw new Error(`${row.name}: checksum ${got}, before it was ${checksum}`);
  };
  // Cold caches and garbage that the row before it has left are not its own: once uncounted.
  check(await run());
  if (isAsync) bench.add(row.name, async () => check(await run()), { async: true });
  else bench.add(row.name, () => check(run() as number), { async: false });
  const result = (await bench.run())[0]?.result;
  if (result?.state !== 'completed') throw new Error(`${row.name}: ${result?.state ?? 'not run'}`);
  const { p50, samplesCount } = result.latency;
  return { usPerItem: (p50 * 1000) / size, sampleCount: samplesCount };
}

function summarize({ row, rounds, checksum }: Course): Measurement {
  const costs = rounds.map((round) => round.usPerItem);
  return {
    name: row.name,
    usPerItem: median(costs),
    spread: spread(costs),
    sampleCount: rounds.reduce((sum, round) => sum + round.sampleCount, 0),
    checksum,
    rounds: costs,
    ...(row.work === undefined ? {} : { work: row.work() }),
  };
}

function cpuTimeMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
