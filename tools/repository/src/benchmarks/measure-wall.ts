/**
 * Measures rows with worker threads, by the clock on the wall: how many cores a run really had is
 * the question there. Rows take turns, as in `measure.ts`.
 *
 * Other processes spoil such a number and no arithmetic mends it, so the measurement says how far
 * it is to be trusted: which part of their time the threads were running, and which part of the
 * machine others took.
 */

import { cpus } from 'node:os';
import type { Effort } from './measure.ts';
import type { WallRow, WallSample } from './rows.ts';
import { median, spread } from './statistics.ts';

/** What a row gives, as time on the wall. */
export interface WallMeasurement {
  readonly name: string;
  readonly workers: number;
  /** Microseconds on the wall an item: the median over rounds. */
  readonly usPerItem: number;
  readonly itemsPerSecond: number;
  readonly spread: number;
  readonly sampleCount: number;
  readonly rounds: readonly number[];
  /** CPU time of the process over workers x time on the wall: 1 where no thread had to wait. */
  readonly running: number;
  /** CPU time of all other processes, in cores: the median over rounds. */
  readonly othersCores: number;
  /** Why not to trust the number; undefined where nothing speaks against it. */
  readonly doubt?: string;
}

/** A thread that got less than this part of a core was kept waiting. */
const RUNNING_MIN = 0.95;
/** Others took more than this of the machine, in cores. */
const OTHERS_MAX = 0.1;

interface Course {
  readonly row: WallRow;
  readonly size: number;
  readonly samples: (WallSample & { readonly othersCores: number })[];
}

/** Running totals of the whole machine: time that its cores were busy, and all their time. */
export interface MachineTime {
  readonly busyMs: number;
  readonly allMs: number;
  readonly cores: number;
}

/** Runs `rows` in turns. The first run of all warms up and does not count. */
export async function measureWall(
  rows: readonly WallRow[],
  effort: Pick<Effort, 'size' | 'wallRounds'>,
  machineTime: () => MachineTime = readMachineTime,
): Promise<WallMeasurement[]> {
  const courses = rows.map((row): Course => ({ row, size: row.sizes[effort.size], samples: [] }));
  for (const { row } of courses.slice(0, 1)) await row.run(row.sizes.smoke);
  for (let round = 0; round < effort.wallRounds; round++) {
    for (const { row, size, samples } of courses) {
      const before = { ...machineTime(), ownMs: ownCpuMs() };
      const sample = await row.run(size);
      const { busyMs, allMs, cores } = machineTime();
      const othersMs = busyMs - before.busyMs - (ownCpuMs() - before.ownMs);
      const othersCores = (cores * Math.max(0, othersMs)) / Math.max(1, allMs - before.allMs);
      samples.push({ ...sample, othersCores });
    }
  }
  const checksums = new Set(courses.flatMap(({ samples }) => samples.map((s) => s.checksum)));
  if (checksums.size > 1) throw new Error(`checksums differ: ${[...checksums].join(', ')}`);
  return courses.map(summarize);
}

function summarize({ row, size, samples }: Course): WallMeasurement {
  const rounds = samples.map(({ wallMs }) => (1000 * wallMs) / size);
  const running = median(samples.map(({ cpuMs, wallMs }) => cpuMs / wallMs / row.workers));
  const othersCores = median(samples.map((sample) => sample.othersCores));
  const doubts = [
    ...(running < RUNNING_MIN ? [`threads ran ${percent(running)} of the time`] : []),
    ...(othersCores > OTHERS_MAX ? [`others took ${othersCores.toFixed(1)} cores`] : []),
  ];
  return {
    name: row.name,
    workers: row.workers,
    usPerItem: median(rounds),
    itemsPerSecond: 1e6 / median(rounds),
    spread: spread(rounds),
    sampleCount: rounds.length,
    rounds,
    running,
    othersCores,
    ...(doubts.length === 0 ? {} : { doubt: `machine busy: ${doubts.join(', ')}` }),
  };
}

function percent(part: number): string {
  return `${(100 * part).toFixed(0)} %`;
}

function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function readMachineTime(): MachineTime {
  const each = cpus().map(({ times: { user, nice, sys, irq, idle } }) => {
    const busyMs = user + nice + sys + irq;
    return { busyMs, allMs: busyMs + idle };
  });
  const sum = (of: (core: (typeof each)[0]) => number): number =>
    each.reduce((total, core) => total + of(core), 0);
  return {
    busyMs: sum(({ busyMs }) => busyMs),
    allMs: sum(({ allMs }) => allMs),
    cores: each.length,
  };
}
