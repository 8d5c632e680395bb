/**
 * A small run as a literal: 2 states, 2 vendors, 2 metrics, 100 honest reports in each of 8 cells,
 * flip probability 1/4, so that every number on the screen can be worked out by hand.
 */

import type { CellRecord, ExpectationOutcome, Progress, RunSummary } from '@priolab/harness';

export const REPLAY = 'npx priolab run scenarios/two-states.scenario.ts --seed 7';

/** Every control, format and separator character that output must not contain. */
export const HOSTILE =
  '\u001b[31mred\u001b[0m\r\n\u0007\u009b2J\u202eabc\u200b\u2028\ud800' +
  '::error::x ##[error]y <&>"\' ]]>';

const P = 0.25;

export const CLEAN: Readonly<Record<string, readonly number[]>> = {
  'CodeVerified-v1': [70, 10, 20],
  'PeriodicExposureNotification-v1': [80, 12, 5, 3],
};

const OWN_METRIC = { id: 'own-metric', bins: 4, layout: 'one-hot' } as const;

/** A million reports in simulated time, under way. */
export const underWay: Progress & { readonly flow: NonNullable<Progress['flow']> } = {
  reportsDone: 420_000,
  reportCount: 1_000_000,
  elapsedMs: 60_000,
  flow: {
    sent: 420_000,
    ingested: 418_500,
    leader: 407_120,
    helper: 407_118,
    published: 64,
    due: 96,
    rejected: {
      'ingestor bad-signature': 412,
      'leader proof-invalid': 33,
      'combiner window-held': 20,
      'helper decrypt-failed': 2,
    },
    rssBytes: 312 * 2 ** 20,
    simulatedMs: Date.UTC(2021, 11, 1, 14, 5),
    strikes: { 'net.drop': 12, 'proc.crash': 1, 'net.dup': 0, 'store.slow': 3000 },
  },
};

/** 100 reports; each bin's total is its expected value plus `shift`. */
export function cell(
  state: string,
  vendor: string,
  metric: string,
  shift = 0,
): CellRecord & { totals: number[] } {
  const clean = CLEAN[metric]!;
  const noisy = clean.map((ones) => 100 * P + ones * (1 - 2 * P) + shift);
  return {
    state,
    vendor,
    metric,
    windowStartMs: Date.UTC(2021, 11, 1),
    counts: { leader: 100, helper: 100, leaderRejected: 0, helperRejected: 0 },
    batchCount: 1,
    totals: noisy,
    estimates: noisy.map((total) => (total - 100 * P) / (1 - 2 * P)),
    standardError: Math.sqrt(100 * P * (1 - P)) / (1 - 2 * P),
    truth: { count: 100, noisy, honestCount: 100, honestNoisy: noisy, honestClean: [...clean] },
  };
}

export function heldCell(state: string, vendor: string, metric: string): CellRecord {
  const { totals: _t, estimates: _e, standardError: _s, ...rest } = cell(state, vendor, metric);
  return { ...rest, held: { reason: 'counts-differ', detail: 'leader 100, helper 99' } };
}

export function outcomeOf(
  verdict: ExpectationOutcome['verdict'],
  id = 'sum.exact',
): ExpectationOutcome {
  return { id, verdict, observed: `saw ${id}`, limit: `want ${id}`, n: 800 };
}

const cells = ['us-wa', 'us-ct'].flatMap((state) =>
  ['apple', 'google'].flatMap((vendor, i) =>
    Object.keys(CLEAN).map((metric) => cell(state, vendor, metric, i === 0 ? 3 : -1)),
  ),
);

const none = {
  baseMultiplications: 0,
  fixedMultiplications: 0,
  variableMultiplications: 0,
  nttButterflies: 0,
  sha256Blocks: 0,
  aesBlocks: 0,
};

const base: RunSummary = {
  schema: 'priolab-run/1',
  identity: {
    id: 'two-states',
    seed: '7',
    scenarioDigest: '0123456789abcdef'.repeat(4),
    resultDigest: 'fedcba9876543210'.repeat(4),
    backend: 'node',
    fidelity: 'full',
  },
  fidelity: { rung: 'full', fullReports: 800, sharesOnlyReports: 0 },
  scenario: {
    id: 'two-states',
    about: 'two states',
    seed: '7',
    population: {
      reports: 800,
      days: 1,
      startDay: '2021-12-01',
      states: ['us-wa', 'us-ct'],
      vendors: { apple: 55, google: 45 },
      optIn: 0.4,
      optInByState: {},
      sampling: {},
      epidemic: 'wave',
    },
    system: {
      metrics: ['CodeVerified-v1', 'PeriodicExposureNotification-v1'],
      epsilon: 1.0986,
      windowHours: 24,
    },
    crypto: { fidelity: 'full', backend: 'node', crossCheck: { backend: 'noble', every: 100 } },
    clock: 'wall',
    deployment: 'memory',
    services: {
      ingestion: { replicas: 2, batchEvery: '1h', batchSize: 256 },
      processors: { workers: 2, lease: '10m', scanEvery: '10m', grace: '4h', keepFor: '7d' },
      network: {
        latency: '50ms',
        jitter: '20ms',
        timeout: '10s',
        retry: { first: '30s', factor: 2, atMost: '1h', attempts: 20 },
      },
      keys: { rotateEvery: false, overlap: '1d' },
      minBatch: 1,
      legacy: [],
    },
    nemesis: [],
    phases: [],
    load: [],
    overrides: [],
    adversaries: [],
    expect: ['sum.exact', 'noise.dist'],
  },
  interrupted: false,
  population: { phones: 12_345, deviceDays: 400, reports: 800, states: 2, days: 1, shards: 4 },
  fates: [{ outcome: 'accepted', hop: 'combiner', reason: 'none', count: 800 }],
  copyFates: [],
  cells,
  adversaries: [],
  tally: {
    uploads: 800,
    copies: 0,
    escapeBound: 0,
    soundnessTrials: 0,
    soundnessEscapes: 0,
    otherEscapes: 0,
    wrongFates: 0,
    wrongFateExamples: [],
    disagreements: 0,
    wrongCopies: 0,
    doubled: 0,
    points: 800,
    unsafePoints: 0,
    freshValues: 3200,
    repeatedValues: 0,
    flippedBits: 700,
    noisedBits: 2800,
    crossChecked: 8,
    crossCheckMismatches: 0,
  },
  cost: {
    wallMs: 2500,
    cpuMs: 4000,
    reportsPerSecond: 400,
    stagesMs: {
      measure: 8,
      identity: 0,
      randomise: 16,
      prove: 80,
      split: 8,
      seal: 400,
      attest: 160,
      ingest: 160,
      'open and evaluate': 320,
      'decide and sum': 16,
      observe: 8,
      'cross-check': 0,
    },
    work: {
      measure: none,
      identity: none,
      randomise: none,
      prove: { ...none, nttButterflies: 24 * 800 },
      split: { ...none, aesBlocks: 5 * 800 },
      seal: { ...none, baseMultiplications: 1600, fixedMultiplications: 1600 },
      attest: { ...none, baseMultiplications: 800, sha256Blocks: 21 * 800 },
      ingest: { ...none, variableMultiplications: 1200 },
      'open and evaluate': { ...none, variableMultiplications: 1600, aesBlocks: 4000 },
      'decide and sum': none,
      observe: none,
      'cross-check': none,
    },
    calibrationUs: { before: 101.25, after: 99.5 },
    peakRssBytes: 256 * 2 ** 20,
    peakRssSource: 'high-water',
  },
  environment: {
    node: '20.20.2',
    platform: 'linux x64',
    cpu: 'Some CPU',
    cores: 2,
    workers: 2,
    commit: '55bd66c0ffee+',
    startedAt: '2025-11-24T12:00:00.000Z',
  },
  expectations: [
    outcomeOf('pass'),
    {
      ...outcomeOf('pass', 'noise.dist'),
      power: { alpha: 1e-6, detectable: 'a rate off by 12.3 %' },
      value: 0.25,
      interval: {
        of: 'share of bits flipped',
        low: 0.2112347,
        high: 0.2916,
        level: 1 - 1e-6,
        due: 0.25,
      },
    },
  ],
  verdict: 'pass',
  exitCode: 0,
};

/** The run with some of its parts replaced. */
export function summaryWith(parts: Partial<RunSummary> = {}): RunSummary {
  return { ...base, ...parts };
}

/** A run stopped after 200 of its 800 reports. */
export function interruptedRun(): RunSummary {
  return summaryWith({
    interrupted: true,
    verdict: 'interrupted',
    exitCode: 130,
    fates: [
      { outcome: 'accepted', hop: 'combiner', reason: 'none', count: 200 },
      { outcome: 'pending', hop: 'none', reason: 'none', count: 600 },
    ],
    tally: { ...base.tally, uploads: 200 },
    cells: cells.slice(0, 2),
  });
}

/** 12 devices cheat: 4 are refused by the leader, 2 by the helper, 1 by the ingestor, 5 count. */
export function adversarialRun(): RunSummary {
  const [first, ...others] = cells;
  const { truth } = first!;
  return summaryWith({
    adversaries: [
      { id: 'cli.forge', about: 'sends a random proof', fired: 6, escaped: 0 },
      { id: 'cli.multi_hot', about: 'sets every bin', fired: 5, escaped: 0 },
      { id: 'cli.oversize', about: 'sends a megabyte', fired: 0, escaped: 0 },
      { id: 'dev.retry_same', about: 'sends the same upload twice', fired: 3, escaped: 0 },
    ],
    fates: [
      { outcome: 'accepted', hop: 'combiner', reason: 'none', count: 793 },
      { outcome: 'rejected', hop: 'leader', reason: 'proof-invalid', count: 4 },
      { outcome: 'rejected', hop: 'helper', reason: 'decrypt-failed', count: 2 },
      { outcome: 'rejected', hop: 'ingestor', reason: 'truncated', count: 1 },
    ],
    copyFates: [{ outcome: 'rejected', hop: 'ingestor', reason: 'replayed', count: 3 }],
    tally: { ...base.tally, uploads: 803, copies: 3 },
    cells: [
      {
        ...first!,
        counts: { leader: 93, helper: 93, leaderRejected: 6, helperRejected: 6 },
        truth: { ...truth, count: 93, honestCount: 88 },
      },
      ...others,
    ],
  });
}

/** A fault that nothing prevents struck at two places. */
export function limitedRun(): RunSummary {
  const about = 'A processor adds to its own sum.';
  const measured = { 'windows changed': 3, 'escape probability': 0.987654 };
  const limit = { id: 'mal.tamper_sum', at: 'leader', about, fired: 3, measured };
  return summaryWith({ limits: [limit, { ...limit, at: 'helper', fired: 1 }] });
}

/** What it does not show: of everything that can be missing, some. */
export function gapsRun(): RunSummary {
  const { scenario } = base;
  return summaryWith({
    ...lowerRun('sampled'),
    scenario: {
      ...scenario,
      population: {
        ...scenario.population,
        states: { 'us-wa': 3, 'us-ct': 1, 'us-ak': 1, 'us-hi': 0 },
        vendors: { apple: 1, google: 0 },
      },
      system: { ...scenario.system, metrics: ['CodeVerified-v1', OWN_METRIC] },
    },
    cells: [
      cell('us-wa', 'apple', 'CodeVerified-v1'),
      heldCell('us-ct', 'apple', 'CodeVerified-v1'),
    ],
    adversaries: [
      { id: 'cli.forge', about: 'sends a random proof', fired: 6, escaped: 0 },
      { id: 'cli.oversize', about: 'sends a megabyte', fired: 0, escaped: 0 },
    ],
    expectations: [
      outcomeOf('pass'),
      outcomeOf('vacuous', 'noforge'),
      outcomeOf('invalid', 'throughput'),
      outcomeOf('pass', 'leak.scan'),
    ],
  });
}

/** Nothing was sent; rates are null, as JSON writes them. */
export function emptyRun(): RunSummary {
  const none = { calibrationUs: { before: 100, after: 100 }, reportsPerSecond: Number.NaN };
  return summaryWith({
    population: { phones: 0, deviceDays: 0, reports: 0, states: 0, days: 1, shards: 0 },
    fates: [],
    cells: [],
    tally: { ...base.tally, uploads: 0 },
    cost: { ...base.cost, ...none },
    expectations: [{ ...outcomeOf('vacuous'), n: 0 }],
    verdict: 'vacuous',
    exitCode: 6,
  });
}

/** Half of it, or all, without transport. */
export function lowerRun(rung: 'sampled' | 'shares-only'): RunSummary {
  const fullReports = rung === 'sampled' ? 400 : 0;
  const facts = { rung, fullReports, sharesOnlyReports: 800 - fullReports };
  return summaryWith({
    identity: { ...base.identity, fidelity: rung },
    fidelity: { ...facts, notDone: `${rung}: no encryption, uploads or attestation` },
    tally: { ...base.tally, uploads: fullReports },
  });
}

/** Foreign text wherever a record holds any. */
export function hostileRun(): RunSummary {
  const hostileStages: typeof base.cost.stagesMs = Object.assign(
    { ...base.cost.stagesMs },
    { [HOSTILE]: 5 },
  );
  return summaryWith({
    identity: {
      id: HOSTILE,
      seed: HOSTILE,
      scenarioDigest: HOSTILE,
      resultDigest: HOSTILE,
      backend: HOSTILE,
      fidelity: HOSTILE,
    },
    fidelity: { ...base.fidelity, notDone: HOSTILE },
    fates: [
      { outcome: 'rejected', hop: 'leader', reason: HOSTILE, count: 1 },
      { outcome: HOSTILE, hop: HOSTILE, reason: HOSTILE, count: 1 },
    ],
    cells: [
      { ...cells[0]!, state: HOSTILE, metric: HOSTILE },
      { ...heldCell('a', 'b', 'CodeVerified-v1'), held: { reason: HOSTILE, detail: HOSTILE } },
    ],
    adversaries: [{ id: HOSTILE, about: HOSTILE, fired: 1, escaped: 1 }],
    limits: [{ id: HOSTILE, at: HOSTILE, about: HOSTILE, fired: 1, measured: { [HOSTILE]: 1 } }],
    cost: { ...base.cost, stagesMs: hostileStages },
    environment: {
      ...base.environment,
      node: HOSTILE,
      platform: HOSTILE,
      cpu: HOSTILE,
      commit: HOSTILE,
      startedAt: HOSTILE,
    },
    expectations: (['pass', 'fail', 'vacuous'] as const).map((verdict) => ({
      id: HOSTILE,
      verdict,
      observed: HOSTILE,
      limit: HOSTILE,
      n: 1,
      power: { alpha: 0.1, detectable: HOSTILE },
    })),
    verdict: 'fail',
    exitCode: 1,
  });
}
