/**
 * A run in simulated time with everything that a record may hold: faults, their log, time series on
 * both clocks, fates by state; and any record with foreign text wherever it holds text.
 */

import type { RunSummary } from '@priolab/harness';

import { HOSTILE, adversarialRun, heldCell, outcomeOf, summaryWith } from './fixture.ts';

export const START_MS = Date.UTC(2021, 11, 1);
const HOUR_MS = 3_600_000;
const END_MS = START_MS + 36 * HOUR_MS;

const none = { fates: {}, refused: {}, measured: {} };

const simulation: NonNullable<RunSummary['simulation']> = {
  startMs: START_MS,
  daysEndMs: START_MS + 24 * HOUR_MS,
  endMs: END_MS,
  eventCount: 4321,
  journal: { count: 12, digest: 'ab'.repeat(32), marks: ['0a0b0c0d'] },
  faults: [
    { ...none, id: 'net.drop', fired: 5, fires: 1, unexpected: 0, fates: { accepted: 4, lost: 1 } },
    { ...none, id: 'net.drop', fired: 7, fires: 2, unexpected: 1, refused: { truncated: 2 } },
    {
      ...none,
      id: 'mal.tamper_sum',
      at: 'leader',
      fired: 3,
      fires: 1,
      unexpected: 0,
      measured: { 'windows changed': 3, share: 0.25 },
    },
  ],
  faultLog: [
    { timeMs: START_MS + 5000, id: 'net.drop', what: 'an upload is lost', reports: 1 },
    { timeMs: START_MS + 90_000, id: 'mal.tamper_sum', what: 'adds 7, "as asked"', reports: 0 },
  ],
  reports: { struck: 6, untouched: 794, untouchedLost: 0, wrong: 0, wrongExamples: [] },
  windows: {
    due: 8,
    published: 7,
    publishedTwice: 0,
    held: 1,
    suppressed: 0,
    open: 0,
    excused: 0,
    examples: [],
  },
  openTasks: { leader: 0, helper: 0 },
  rewrites: { changed: 0, count: 3 },
  zeroBlinds: 0,
  identities: { counted: 400, twice: 0 },
  stale: { count: 0, of: 800 },
  leaks: { secrets: 10, bytes: 5000, unsearched: 0, found: 0, places: [] },
  events: { 'batch.written': 12 },
  views: [
    {
      role: 'leader',
      feature: 'size',
      counts: [
        [1, 2],
        [3, 4],
      ],
    },
  ],
};

const series: NonNullable<RunSummary['series']> = {
  wall: {
    timesMs: [0, 250.5, 500],
    columns: [
      { name: 'accepted', unit: 'reports', values: [0, 300, 793] },
      { name: 'rejected.bad-signature', unit: 'reports', values: [0, 1, 7] },
      { name: 'stage.prove', unit: 'ms', values: [0, 40.25, 80.5] },
      { name: 'rss', unit: 'bytes', values: [1e8, 3e8, 2e8] },
    ],
  },
  simulated: {
    startMs: START_MS,
    stepMs: HOUR_MS,
    columns: [
      { name: 'uploads', unit: 'uploads', values: [10, 0, 5] },
      { name: 'windows', unit: 'windows', values: [0, 0, 1] },
    ],
  },
};

/** Every verdict, a held cell, rejected reports, adversaries, a known limit, a text to quote. */
export function timedRun(): RunSummary {
  const run = adversarialRun();
  const limit = { id: 'mal.tamper_sum', at: 'leader', about: 'A processor adds to its sum.' };
  return {
    ...run,
    simulation,
    series,
    limits: [{ ...limit, fired: 3, measured: { 'windows changed': 3 } }],
    fatesByState: [
      { state: 'us-wa', outcome: 'accepted', hop: 'combiner', reason: 'none', count: 400 },
      { state: 'us-ct', outcome: 'accepted', hop: 'combiner', reason: 'none', count: 393 },
      { state: 'us-ct', outcome: 'rejected', hop: 'leader', reason: 'proof-invalid', count: 7 },
    ],
    cells: [...run.cells, heldCell('us-ct', 'apple', 'CodeVerified-v1')],
    expectations: [
      { ...summaryWith().expectations[1]!, window: { fromMs: START_MS, toMs: END_MS } },
      { ...outcomeOf('fail', 'once'), observed: 'saw "two", and more' },
      {
        ...outcomeOf('vacuous', 'noforge'),
        value: 2,
        interval: { of: 'mean, forged', unit: 'reports', low: 0.01, level: 0.9999, due: 0.5 },
      },
      outcomeOf('invalid', 'memory'),
    ],
    verdict: 'fail',
    exitCode: 1,
  };
}

/** What spreadsheets run, and what ends a cell, a code span, a script, a property or a fence. */
export const PAYLOADS: readonly string[] = [
  '</script><script>alert(1)</script>',
  "=cmd|' /C calc'!A0",
  ' +1+1',
  '-2+3',
  '@SUM(1)',
  '\uff1d1+1',
  'a;=1+1',
  'a","=1+1',
  '` | <b> @octocat #1 **x** [a](https://example.org) ```\n# title',
  '%0A::error::x',
  'x\n::error file=a::b',
  'x\r\n::stop-commands::y',
  '##[error]z',
  'a,title=b::c',
  '\\", evil="1',
  '\u001b]0;title\u0007\u001b[31m',
  '\u202eevil\u200b',
  '',
  ' ',
  HOSTILE,
];

/** Fields whose words are ours: a record with others is refused where it is read. */
const OURS: ReadonlySet<string> = new Set([
  'schema',
  'verdict',
  'outcome',
  'rung',
  'startedAt',
  'peakRssSource',
]);

/** The record with `text` in every place for text, names of fields in open records included. */
export function filledWith(text: string): RunSummary {
  const { scenario, ...record } = timedRun();
  return { ...(fill(record, text) as Omit<RunSummary, 'scenario'>), scenario };
}

const OPEN: ReadonlySet<string> = new Set(['stagesMs', 'work', 'fates', 'refused', 'measured']);

function fill(value: unknown, text: string, field = ''): unknown {
  if (typeof value === 'string') return text;
  if (Array.isArray(value)) return value.map((item) => fill(item, text));
  if (typeof value !== 'object' || value === null) return value;
  const isOpen = OPEN.has(field);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const isOurs = OURS.has(key) && typeof inner === 'string';
      return [isOpen ? text : key, isOurs ? inner : fill(inner, text, key)];
    }),
  );
}
