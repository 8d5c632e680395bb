/**
 * A run as tables: one description of them for CSV and Parquet. Tidy data: a row is an observation,
 * a column has one type and one unit, and every table says in its first two columns which run it is
 * of, so that the tables of many runs can be read as one. Tables are the same for every run; one
 * that a run has nothing for has no rows.
 */

import type { CellRecord, FateCount, RunSummary, SimulationRecord } from '@priolab/harness';

import { timedStages } from './stage-times.ts';
import { sanitise } from './text.ts';

/** `count` is a whole number, `time` one of milliseconds since the Unix epoch. */
export type ValueType = 'text' | 'count' | 'number' | 'time';
/** Null: there is none. Never a number that is not finite. */
export type Value = string | number | null;

export interface ColumnAbout {
  readonly name: string;
  readonly type: ValueType;
  readonly unit: string;
  readonly about: string;
}

export interface TableAbout {
  /** As files are named: lower case with underscores. */
  readonly name: string;
  readonly about: string;
  readonly columns: readonly ColumnAbout[];
}

export interface Table extends TableAbout {
  /** Made one by one, each time anew: all of them are many times as large as their file. */
  readonly rows: Iterable<readonly Value[]>;
}

type Read<Row> = (row: Row, summary: RunSummary) => string | number | null | undefined;
type Column<Row> = readonly [name: string, type: ValueType, unit: string, about: string, Read<Row>];

interface Definition extends TableAbout {
  rowsOf(summary: RunSummary): Iterable<readonly Value[]>;
}

function define<Row>(
  name: string,
  about: string,
  rowsOf: (summary: RunSummary) => Iterable<Row>,
  columns: readonly Column<Row>[],
): Definition {
  const ofRun: readonly Column<Row>[] = [
    ['scenario', 'text', '', 'id of the scenario', (_, { identity }) => identity.id],
    ['seed', 'text', '', 'seed of all randomness', (_, { identity }) => identity.seed],
  ];
  const all = [...ofRun, ...columns];
  return {
    name,
    about,
    columns: all.map(([column, type, unit, what]) => ({ name: column, type, unit, about: what })),
    rowsOf: (summary) => ({
      *[Symbol.iterator]() {
        for (const row of rowsOf(summary)) {
          yield all.map(([, type, , , read]) => valid(type, read(row, summary)));
        }
      },
    }),
  };
}

/** The largest time that `Date` knows, in milliseconds. */
const TIME_MAX = 8.64e15;

/** Texts are harmless; what is no value of its type is none: JSON writes NaN as null. */
function valid(type: ValueType, value: Value | undefined): Value {
  if (value === null || value === undefined) return null;
  if (type === 'text') return sanitise(String(value));
  const number = Number(value);
  return isOfType(type, number) ? number : null;
}

function isOfType(type: Exclude<ValueType, 'text'>, number: number): boolean {
  if (type === 'count') return Number.isSafeInteger(number);
  if (type === 'number') return Number.isFinite(number);
  return Number.isInteger(number) && Math.abs(number) <= TIME_MAX;
}

const run = define('run', 'the run itself: one row', (summary) => [summary], [
  ['verdict', 'text', '', 'pass, fail, vacuous, invalid or interrupted', (s) => s.verdict],
  ['exit_code', 'count', '', 'exit code of the run', (s) => s.exitCode],
  ['started_at', 'time', 'UTC', 'when it began', (s) => Date.parse(s.environment.startedAt)],
  ['scenario_digest', 'text', '', 'SHA-256 of the scenario', (s) => s.identity.scenarioDigest],
  ['result_digest', 'text', '', 'SHA-256 of all results', (s) => s.identity.resultDigest],
  ['backend', 'text', '', 'backend of cryptography', (s) => s.identity.backend],
  ['fidelity', 'text', '', 'how much of the protocol was run', (s) => s.identity.fidelity],
  ['commit', 'text', '', 'commit of priolab', (s) => s.environment.commit],
  ['node', 'text', '', 'version of Node.js', (s) => s.environment.node],
  ['platform', 'text', '', 'operating system and architecture', (s) => s.environment.platform],
  ['cpu', 'text', '', 'model of the processor', (s) => s.environment.cpu],
  ['cores', 'count', 'cores', 'of the machine', (s) => s.environment.cores],
  ['workers', 'count', 'threads', 'worker threads', (s) => s.environment.workers],
  ['phones', 'count', 'phones', 'in the population', (s) => s.population.phones],
  [
    'device_days',
    'count',
    'devices',
    'that sent, summed over days',
    (s) => s.population.deviceDays,
  ],
  ['reports', 'count', 'reports', 'planned', (s) => s.population.reports],
  ['wall_ms', 'number', 'ms', 'time from begin to end', (s) => s.cost.wallMs],
  ['cpu_ms', 'number', 'ms', 'CPU time of all threads', (s) => s.cost.cpuMs],
  ['reports_per_second', 'number', 'reports/s', 'speed', (s) => s.cost.reportsPerSecond],
  ['peak_rss', 'number', 'bytes', 'largest resident set', (s) => s.cost.peakRssBytes],
  [
    'calibration_before',
    'number',
    'us',
    'one P-256 multiplication, before the run',
    (s) => s.cost.calibrationUs.before,
  ],
  [
    'calibration_after',
    'number',
    'us',
    'one P-256 multiplication, after the run',
    (s) => s.cost.calibrationUs.after,
  ],
]);

const expectations = define(
  'expectations',
  'what the scenario expects, and what came of it',
  (summary) => summary.expectations,
  [
    ['expectation', 'text', '', 'its id', ({ id }) => id],
    ['verdict', 'text', '', 'pass, fail, vacuous or invalid', ({ verdict }) => verdict],
    ['observed', 'text', '', 'what was found', ({ observed }) => observed],
    ['limit', 'text', '', 'what was asked', ({ limit }) => limit],
    ['n', 'count', '', 'reports, cells or values that stand behind it', ({ n }) => n],
    ['alpha', 'number', '', 'level of a statistical test', ({ power }) => power?.alpha],
    [
      'detectable',
      'text',
      '',
      'smallest effect that n would show',
      ({ power }) => power?.detectable,
    ],
    ['value', 'number', '', 'the size that was judged', ({ value }) => value],
    ['estimated', 'text', '', 'what the interval is of', ({ interval }) => interval?.of],
    ['unit', 'text', '', 'of the interval; none: a share', ({ interval }) => interval?.unit],
    ['low', 'number', "the row's `unit`", 'end of the interval', ({ interval }) => interval?.low],
    [
      'high',
      'number',
      "the row's `unit`",
      'the other end; none where the test looks for too much alone',
      ({ interval }) => interval?.high,
    ],
    ['confidence', 'number', '', 'of the interval, at least', ({ interval }) => interval?.level],
    [
      'due',
      'number',
      "the row's `unit`",
      'what is estimated where nothing is wrong',
      ({ interval }) => interval?.due,
    ],
    ['judged_from', 'time', 'UTC', 'what is judged, simulated', ({ window }) => window?.fromMs],
    ['judged_to', 'time', 'UTC', 'its end', ({ window }) => window?.toMs],
  ],
);

interface Bin {
  readonly cell: CellRecord;
  readonly bin: number;
}

const cells = define(
  'cells',
  'published totals against the truth: a row for each state, vendor, metric, window and bin',
  function* (summary): Generator<Bin> {
    for (const cell of summary.cells) {
      for (const bin of cell.truth.honestClean.keys()) yield { cell, bin };
    }
  },
  [
    ['state', 'text', '', 'state', ({ cell }) => cell.state],
    ['vendor', 'text', '', 'apple or google', ({ cell }) => cell.vendor],
    ['metric', 'text', '', 'metric', ({ cell }) => cell.metric],
    ['window_start', 'time', 'UTC', 'begin of the window', ({ cell }) => cell.windowStartMs],
    ['held', 'text', '', 'why nothing was published', ({ cell }) => cell.held?.reason],
    ['batches', 'count', 'batches', 'of the window', ({ cell }) => cell.batchCount],
    ['leader', 'count', 'reports', "in the leader's sum", ({ cell }) => cell.counts.leader],
    ['helper', 'count', 'reports', "in the helper's sum", ({ cell }) => cell.counts.helper],
    [
      'leader_rejected',
      'count',
      'reports',
      'refused by the leader',
      ({ cell }) => cell.counts.leaderRejected,
    ],
    [
      'helper_rejected',
      'count',
      'reports',
      'refused by the helper',
      ({ cell }) => cell.counts.helperRejected,
    ],
    ['bin', 'count', '', 'index of the bin, from 0', ({ bin }) => bin],
    [
      'truth',
      'number',
      'reports',
      'honest reports with this bin set, before noise',
      ({ cell, bin }) => cell.truth.honestClean[bin],
    ],
    [
      'truth_noisy',
      'number',
      'reports',
      'accepted reports with this bin set, noise and cheats included',
      ({ cell, bin }) => cell.truth.noisy[bin],
    ],
    ['total', 'number', 'reports', 'as published', ({ cell, bin }) => cell.totals?.[bin]],
    ['estimate', 'number', 'reports', 'without the bias', ({ cell, bin }) => cell.estimates?.[bin]],
    [
      'standard_error',
      'number',
      'reports',
      'of the estimate',
      ({ cell: { estimates, standardError } }) =>
        estimates === undefined ? undefined : standardError,
    ],
  ],
);

type Ended = FateCount & { readonly what: string };

const fateColumns: readonly Column<FateCount>[] = [
  ['outcome', 'text', '', 'accepted, rejected, lost or pending', ({ outcome }) => outcome],
  ['hop', 'text', '', 'party where it ended', ({ hop }) => hop],
  ['reason', 'text', '', 'why', ({ reason }) => reason],
  ['count', 'count', 'reports', 'how many', ({ count }) => count],
];

const fates = define(
  'fates',
  'what became of every planned report, and of copies of uploads',
  ({ fates: planned, copyFates }): Ended[] => [
    ...planned.map((fate) => ({ ...fate, what: 'report' })),
    ...copyFates.map((fate) => ({ ...fate, what: 'copy' })),
  ],
  [['what', 'text', '', 'report or copy', ({ what }) => what], ...fateColumns],
);

const fatesByState = define(
  'fates_by_state',
  'what became of every planned report, by state',
  (summary) => summary.fatesByState ?? [],
  [['state', 'text', '', 'state', ({ state }) => state], ...fateColumns],
);

interface Point {
  readonly timeMs: number;
  readonly series: string;
  readonly unit: string;
  readonly value: number | undefined;
}

const seriesColumns: readonly Column<Point>[] = [
  ['series', 'text', '', 'name of the series', ({ series }) => series],
  ['unit', 'text', '', 'what a value counts', ({ unit }) => unit],
  ['value', 'number', "the row's `unit`", 'the value', ({ value }) => value],
];

const seriesWall = define(
  'series_wall',
  "time series by the machine's clock: totals so far (`rss`: at that moment)",
  ({ series }): Point[] =>
    (series?.wall.columns ?? []).flatMap(({ name, unit, values }) =>
      series!.wall.timesMs.map((timeMs, k) => ({ timeMs, series: name, unit, value: values[k] })),
    ),
  [
    ['elapsed', 'number', 'ms', 'since the first shard began', ({ timeMs }) => timeMs],
    [
      'time',
      'time',
      'UTC',
      "`elapsed` after the run's begin",
      ({ timeMs }, { environment }) => Date.parse(environment.startedAt) + Math.round(timeMs),
    ],
    ...seriesColumns,
  ],
);

const seriesSimulated = define(
  'series_simulated',
  'time series by simulated time: what happened within each step',
  ({ series }): (Point & { stepMs: number })[] => {
    if (series?.simulated === undefined) return [];
    const { startMs, stepMs, columns } = series.simulated;
    return columns.flatMap(({ name, unit, values }) =>
      values.map((value, k) => {
        return { timeMs: startMs + k * stepMs, stepMs, series: name, unit, value };
      }),
    );
  },
  [
    ['time', 'time', 'UTC', 'begin of the step, simulated', ({ timeMs }) => timeMs],
    ['step', 'number', 'ms', 'length of the step', ({ stepMs }) => stepMs],
    ...seriesColumns,
  ],
);

const adversaries = define('adversaries', 'devices that cheat', (summary) => summary.adversaries, [
  ['adversary', 'text', '', 'its id', ({ id }) => id],
  ['fired', 'count', 'reports', 'that it was done to', ({ fired }) => fired],
  ['escaped', 'count', 'reports', 'counted though they should not', ({ escaped }) => escaped],
]);

type Fault = SimulationRecord['faults'][number];

const faults = define(
  'faults',
  'faults of a run in simulated time',
  (summary): readonly Fault[] => summary.simulation?.faults ?? [],
  [
    ['fault', 'text', '', 'its id', ({ id }) => id],
    ['at', 'text', '', 'party or place', ({ at }) => at],
    ['fired', 'count', 'strikes', 'how often it struck', ({ fired }) => fired],
    ['fires', 'count', 'strikes', 'how often it had to', ({ fires }) => fires],
    [
      'unexpected',
      'count',
      'reports',
      'touched, and ended otherwise than it allows',
      ({ unexpected }) => unexpected,
    ],
  ],
);

interface Effect {
  readonly fault: Fault;
  readonly kind: string;
  readonly name: string;
  readonly value: number;
}

const faultEffects = define(
  'fault_effects',
  'what faults did',
  (summary): Effect[] =>
    (summary.simulation?.faults ?? []).flatMap((fault) => {
      const kinds = { fate: fault.fates, refused: fault.refused, measured: fault.measured };
      return Object.entries(kinds).flatMap(([kind, values]) =>
        Object.entries(values).map(([name, value]) => ({ fault, kind, name, value })),
      );
    }),
  [
    ['fault', 'text', '', 'its id', ({ fault }) => fault.id],
    ['at', 'text', '', 'party or place', ({ fault }) => fault.at],
    [
      'kind',
      'text',
      '',
      'fate (of reports), refused (batches and windows) or measured (sizes)',
      ({ kind }) => kind,
    ],
    ['name', 'text', '', 'fate, reason or size', ({ name }) => name],
    ['value', 'number', '', 'how many, or how large', ({ value }) => value],
  ],
);

const strikes = define(
  'strikes',
  'the log of faults in simulated time',
  (summary) => summary.simulation?.faultLog ?? [],
  [
    ['time', 'time', 'UTC', 'when it struck, simulated', ({ timeMs }) => timeMs],
    ['fault', 'text', '', 'its id', ({ id }) => id],
    ['what', 'text', '', 'what it did', ({ what }) => what],
    ['reports', 'count', 'reports', 'touched', ({ reports }) => reports],
  ],
);

type Work = RunSummary['cost']['work']['prove'];
interface StageRow {
  readonly stage: string;
  /** Left out where it was not timed. */
  readonly ms: number | undefined;
  readonly work: Work | undefined;
}

const stages = define(
  'stages',
  'time and counted operations of each stage, over all workers',
  (summary): StageRow[] => {
    const work: Readonly<Record<string, Work>> = summary.cost.work;
    const times = new Map(timedStages(summary));
    const names = new Set([...times.keys(), ...Object.keys(work)]);
    return [...names].map((stage) => ({ stage, ms: times.get(stage), work: work[stage] }));
  },
  [
    ['stage', 'text', '', 'stage of the pipeline', ({ stage }) => stage],
    ['time', 'number', 'ms', 'worker time; none in simulated time', ({ ms }) => ms],
    [
      'base_multiplications',
      'count',
      'operations',
      'of the base point of P-256',
      ({ work }) => work?.baseMultiplications,
    ],
    [
      'fixed_multiplications',
      'count',
      'operations',
      'of a point that stays the same',
      ({ work }) => work?.fixedMultiplications,
    ],
    [
      'variable_multiplications',
      'count',
      'operations',
      'of any other point',
      ({ work }) => work?.variableMultiplications,
    ],
    ['ntt_butterflies', 'count', 'operations', 'of transforms', ({ work }) => work?.nttButterflies],
    ['sha256_blocks', 'count', 'blocks', 'of 64 bytes', ({ work }) => work?.sha256Blocks],
    ['aes_blocks', 'count', 'blocks', 'of 16 bytes', ({ work }) => work?.aesBlocks],
  ],
);

const definitions: readonly Definition[] = [
  run,
  expectations,
  cells,
  fates,
  fatesByState,
  seriesWall,
  seriesSimulated,
  adversaries,
  faults,
  faultEffects,
  strikes,
  stages,
];

/** Every table with its columns, for who describes them. */
export const tableList: readonly TableAbout[] = definitions;

/** All tables of a run, in the order of `tableList`. */
export function tablesOf(summary: RunSummary): Table[] {
  return definitions.map(({ name, about, columns, rowsOf }) => {
    return { name, about, columns, rows: rowsOf(summary) };
  });
}

export function hasRows({ rows }: Table): boolean {
  return rows[Symbol.iterator]().next().done !== true;
}
