/** Grids of runs as literals: twelve runs on a line, and one full of foreign text. */

import type { CostFit, Interval, ScalePoint, ScaleRecord } from '@priolab/harness';

import { HOSTILE } from './fixture.ts';

const about = (value: number): Interval => ({ value, low: 0.9 * value, high: 1.1 * value });

const notSeen = { verdict: 'not-seen', upTo: 10_000, detectable: 0.123 } as const;

/** fixed 500, so much each. */
function cost(each: number): CostFit {
  const fixed = about(500);
  const line = { from: 100, runs: 6, fixed, each: about(each), scatter: 0.03 };
  return { linearity: notSeen, line: { ...line, extrapolated: about(2e9 * each) } };
}

export function scalePoint(reports: number, workers: number, round: number): ScalePoint {
  const wallMs = 500 + (reports * 0.2) / workers + 10 * round;
  return {
    reports,
    workers,
    round,
    startedAt: '2026-01-02T03:04:05.000Z',
    exitCode: 0,
    verdict: 'pass',
    resultDigest: 'ab'.repeat(32),
    wallMs,
    runMs: wallMs - 300,
    cpuMs: 500 + reports * 0.2,
    peakRssBytes: 150 * 2 ** 20,
    peakRssSource: 'high-water',
    calibrationUs: { before: 99, after: 101 },
    loadAverage: 0.5,
  };
}

export const points = [0, 1].flatMap((round) =>
  [100, 1000, 10_000].flatMap((reports) => [
    scalePoint(reports, 1, round),
    scalePoint(reports, 2, round),
  ]),
);

export function scaleWith(change: Partial<ScaleRecord> = {}): ScaleRecord {
  const slope = { value: 3, low: -20, high: 26 };
  const memory = {
    from: 100,
    baseBytes: about(150 * 2 ** 20),
    slope,
    verdict: 'flat',
    boundBytes: 100,
  } as const;
  const common = { cpu: cost(0.2), multiplications: cost(2) };
  return {
    schema: 'priolab-scale/1',
    scenario: {
      id: 'two-states',
      about: 'two states',
      seed: '7',
      digest: '01'.repeat(32),
      backend: 'wasm',
      fidelity: 'full',
    },
    environment: {
      node: 'v20.20.2',
      platform: 'linux x64',
      cpu: 'Some CPU',
      cores: 2,
      commit: '55bd66c0ffee',
      startedAt: '2026-01-02T03:04:05.000Z',
    },
    grid: { reports: [100, 1000, 10_000], workers: [1, 2], repeat: 2 },
    points,
    byWorkers: [
      { workers: 1, wall: cost(0.2), ...common, memory: { ...memory, linearity: notSeen } },
      {
        workers: 2,
        wall: cost(0.1),
        ...common,
        speedUp: { value: 1.8, low: 1.7, high: 1.9 },
        efficiency: { value: 0.9, low: 0.85, high: 0.95 },
        serialShare: { value: 0.11, low: 0.05, high: 0.18 },
      },
    ],
    extrapolated: { reports: 2e9, factor: 200_000 },
    confidence: 0.95,
    alpha: 0.01,
    machine: {
      calibrationUs: { median: 100, low: 99, high: 101 },
      loadAverage: { first: 0.5, high: 1.5 },
    },
    notes: ['the machine was busy'],
    verdict: 'measured',
    exitCode: 0,
    ...change,
  };
}

/** Foreign text wherever a grid holds any. */
export function hostileScale(): ScaleRecord {
  const hostilePoint = {
    ...points[0]!,
    verdict: HOSTILE,
    resultDigest: '=cmd()',
    startedAt: HOSTILE,
  };
  const refused = { linearity: { verdict: 'unknown', reason: HOSTILE }, refused: HOSTILE } as const;
  const fits = { wall: refused, cpu: refused, multiplications: refused };
  const word = `${HOSTILE}</script><img src=x onerror=alert(1)>`;
  return scaleWith({
    scenario: {
      id: word,
      about: word,
      seed: word,
      digest: word,
      backend: word,
      fidelity: word,
    },
    environment: {
      node: word,
      platform: word,
      cpu: word,
      cores: 2,
      commit: word,
      startedAt: word,
    },
    points: [hostilePoint, ...points.slice(1)],
    byWorkers: [{ workers: 1, ...fits }],
    notes: [word],
  });
}
