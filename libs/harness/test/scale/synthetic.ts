/** A grid of runs that nobody ran: times of a known law with known errors. */

import { createSeedTree } from '@priolab/crypto';

import type { ScaleGrid, ScalePoint } from '../../src/scale/scale-record.ts';
import { normalQuantile } from '../../src/statistics/normal.ts';

export const GRID: ScaleGrid = {
  reports: [1000, 3000, 10_000, 30_000],
  workers: [1, 2],
  repeat: 3,
};

export interface Law {
  readonly fixedMs: number;
  readonly usEach: number;
  /** Amdahl's. */
  readonly serial: number;
  /** Standard deviation of one run, as a part of it. */
  readonly noise: number;
  readonly memoryEach: number;
  /** Of peak memory, bytes. */
  readonly memoryNoise: number;
  /** What a run takes beside the law, as a factor. */
  readonly bend: (reports: number) => number;
}

export const LAW: Law = {
  fixedMs: 600,
  usEach: 180,
  serial: 0.1,
  noise: 0.04,
  memoryEach: 0,
  memoryNoise: 100_000,
  bend: () => 1,
};

/** All runs of a grid under a law, and what a run of any size would take. */
export function syntheticGrid(seed: number, change: Partial<Law> = {}, grid = GRID) {
  const law = { ...LAW, ...change };
  const branch = createSeedTree(`grid ${seed}`);
  let drawn = 0;
  const normal = (): number => {
    const word = new DataView(branch.bytes(drawn++, 16).buffer).getUint32(0);
    return normalQuantile((word + 0.5) / 2 ** 32);
  };
  const wallMs = (reports: number, workers: number): number => {
    const share = law.serial + (1 - law.serial) / workers;
    return (law.fixedMs + (reports * law.usEach * share) / 1000) * law.bend(reports);
  };
  const cpuMs = (reports: number): number =>
    (law.fixedMs + (reports * law.usEach) / 1000) * law.bend(reports);
  const noisy = (value: number): number => value * (1 + law.noise * normal());
  const points = Array.from({ length: grid.repeat }, (_, round) =>
    grid.reports.flatMap((reports) =>
      grid.workers.map((workers): ScalePoint => {
        const wall = noisy(wallMs(reports, workers));
        return {
          reports,
          workers,
          round,
          startedAt: '2026-01-01T00:00:00.000Z',
          exitCode: 0,
          verdict: 'pass',
          resultDigest: `digest of ${reports}`,
          wallMs: wall,
          runMs: wall - 400,
          cpuMs: noisy(cpuMs(reports)),
          peakRssBytes: 1e8 + law.memoryEach * reports + law.memoryNoise * normal(),
          peakRssSource: 'high-water',
          calibrationUs: { before: 100, after: 100 },
          loadAverage: 0.1,
        };
      }),
    ),
  ).flat();
  return { points, wallMs, cpuMs, noisy };
}
