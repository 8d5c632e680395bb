/** Comparisons as literals, with every kind of row; and one full of foreign text. */

import type { ComparisonRow, RunComparison } from '@priolab/harness';

import { HOSTILE } from './fixture.ts';

const arm = {
  name: 'scenarios/two-states.scenario.ts',
  id: 'two-states',
  seed: '7',
  scenarioDigest: '0123456789abcdef'.repeat(4),
  resultDigest: 'fedcba9876543210'.repeat(4),
  backend: 'wasm',
  commit: '55bd66c0ffee',
  verdict: 'pass',
  runs: 1,
};

const rows: readonly ComparisonRow[] = [
  {
    id: 'accuracy.rms',
    section: 'accuracy',
    what: 'error of estimates',
    unit: 'reports',
    a: 1.25,
    b: 5,
    effect: {
      kind: 'ratio',
      value: 4,
      interval: { low: 2.5, high: null, by: 'confidence' },
    },
    judgement: 'worse',
    why: 'paired by bin',
  },
  {
    id: 'privacy.epsilon',
    section: 'privacy',
    what: 'epsilon of a report',
    unit: 'per bit',
    a: 8,
    b: 4,
    effect: { kind: 'ratio', value: 0.5 },
    judgement: 'better',
    why: 'exact',
  },
  {
    id: 'losses.reports',
    section: 'losses',
    what: 'reports in no published total',
    unit: '% of planned',
    a: 0,
    b: 12.5,
    effect: {
      kind: 'difference',
      value: 12.5,
      interval: { low: -1, high: 20, by: 'confidence' },
    },
    judgement: 'unknown',
    why: 'which may be luck',
  },
  {
    id: 'detection.fault.0',
    section: 'detection',
    what: 'cli.undecryptable',
    unit: '',
    a: '12 strikes; reports: 12 decrypt-failed',
    b: null,
    judgement: 'unknown',
    why: 'it never struck',
  },
  {
    id: 'bytes.upload',
    section: 'bytes',
    what: 'device to ingestor',
    unit: 'bytes a report',
    a: 1504,
    b: 1504,
    judgement: 'same',
    why: 'exact, by its bins',
  },
];

const base: RunComparison = {
  schema: 'priolab-comparison/1',
  a: { ...arm, name: `${arm.name} system.epsilon=8` },
  b: { ...arm, name: `${arm.name} system.epsilon=4` },
  world: {
    parts: [
      { name: 'devices', same: true, a: '1bba0ae0', b: '1bba0ae0' },
      { name: 'values', same: true, a: '605cb6e2', b: '605cb6e2' },
      { name: 'network', same: true, a: '624ce68f', b: '624ce68f' },
      { name: 'faults', same: false, a: '8c41e6d8', b: '76de3c42' },
    ],
    windows: 8,
    equalTruths: 8,
  },
  differences: [{ path: 'system.epsilon', a: '8', b: '4' }],
  identical: false,
  rows,
  fates: [
    { outcome: 'accepted', hop: 'combiner', reason: 'none', a: 800, b: 700 },
    { outcome: 'rejected', hop: 'leader', reason: 'decrypt-failed', a: 0, b: 100 },
    { outcome: 'rejected', hop: 'ingestor', reason: 'replayed', a: 3, b: 3 },
  ],
  overall: 'mixed',
  why: 'better in privacy; worse in accuracy',
};

export function comparisonWith(parts: Partial<RunComparison> = {}): RunComparison {
  return { ...base, ...parts };
}

export function otherWorld(): RunComparison {
  const why = 'the seeds differ: other devices, other values';
  return comparisonWith({
    world: { ...base.world, windows: 0, equalTruths: 0, otherWorld: why },
    rows: rows.map(({ effect: _effect, ...row }) => ({ ...row, judgement: 'unknown', why })),
    overall: 'unknown',
    why,
  });
}

/** The same in ten worlds. */
export function pooledComparison(): RunComparison {
  const [first] = rows;
  const pooled = { better: 0, same: 1, worse: 9, unknown: 0 };
  const why = 'better in 0, equal in 1, worse in 9 of 10 worlds: by luck once in 256';
  return comparisonWith({
    a: { ...base.a, seed: '1 to 10', verdict: 'pass in 9, fail in 1', runs: 10 },
    rows: [{ ...first!, why, worlds: pooled }],
    worlds: Array.from({ length: 10 }, (_, i) => {
      return { seed: String(i + 1), overall: i < 9 ? 'worse' : 'same' } as const;
    }),
  });
}

/** Foreign text wherever a comparison holds any. */
export function hostileComparison(): RunComparison {
  const [first] = rows;
  const hostileArm = {
    ...arm,
    name: HOSTILE,
    id: HOSTILE,
    seed: HOSTILE,
    scenarioDigest: HOSTILE,
    resultDigest: HOSTILE,
    backend: HOSTILE,
    commit: HOSTILE,
    verdict: HOSTILE,
    notDone: HOSTILE,
  };
  return comparisonWith({
    a: hostileArm,
    b: hostileArm,
    world: {
      ...base.world,
      parts: [{ name: 'devices', same: false, a: HOSTILE, b: HOSTILE }],
    },
    differences: [{ path: HOSTILE, a: HOSTILE, b: HOSTILE }],
    rows: [
      { ...first!, what: HOSTILE, unit: HOSTILE, a: HOSTILE, b: HOSTILE, why: HOSTILE },
      { ...first!, what: '</style></script><img src=x onerror=alert(1)>' },
    ],
    fates: [{ outcome: HOSTILE, hop: HOSTILE, reason: HOSTILE, a: 0, b: 1 }],
    why: HOSTILE,
  });
}
