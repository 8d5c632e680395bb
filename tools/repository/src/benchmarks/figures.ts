/**
 * The numbers that the project is held to, taken from the rows. Each is worked out in every round
 * from rows of that same round, and the median is taken of these: a slow minute of the machine then
 * falls on both sides of a ratio. A number whose rows are not there is left out with the reason.
 */

import type { Measurement } from './measure.ts';
import type { WallMeasurement } from './measure-wall.ts';
import type { Catalogue } from './rows.ts';

import { median, spread } from './statistics.ts';

export interface Figure {
  readonly name: string;
  readonly about: string;
  readonly unit: string;
  readonly value: number;
  readonly spread: number;
  /** Rounds. */
  readonly sampleCount: number;
  /** The rows it comes from. */
  readonly from: readonly string[];
  /** What it should reach. */
  readonly goal?: Goal;
  readonly reached?: boolean;
  readonly doubt?: string;
}

export interface MissingFigure {
  readonly name: string;
  readonly about: string;
  readonly missing: string;
}

export type Goal = { readonly atLeast: number } | { readonly atMost: number };

interface Definition {
  readonly name: string;
  readonly about: string;
  /** Rows whose costs are added; `{fastest}` stands for the fastest backend there is. */
  readonly rows: readonly string[];
  readonly goal?: Goal;
}

export interface RatioDefinition extends Definition {
  /** How many times the cost of `rows` is that of these. */
  readonly over: readonly string[];
}

export interface FigureDefinition extends Definition {
  readonly unit: string;
  /** From microseconds an item. */
  readonly convert: (us: number) => number;
}

const PROVE_VERIFY = ['prio2: prove 100 bins', 'prio2: verify 100 bins, both processors'];
const perSecond = (us: number): number => 1e6 / us;
const same = (us: number): number => us;

export const ratioDefinitions: readonly RatioDefinition[] = [
  {
    name: 'pipeline100.wasmVsNode',
    about: 'CPU time a report, 100 bins: node over wasm',
    rows: ['pipeline, 100 bins, node'],
    over: ['pipeline, 100 bins, wasm'],
    goal: { atLeast: 3.2 },
  },
  {
    name: 'pipeline100.wasmVsNoble',
    about: 'CPU time a report, 100 bins: noble over wasm',
    rows: ['pipeline, 100 bins, noble'],
    over: ['pipeline, 100 bins, wasm'],
    goal: { atLeast: 55 },
  },
  {
    name: 'pipeline100.workers2Vs1',
    about: 'time on the wall, 100 bins: one worker over two',
    rows: ['pipeline, 100 bins, {fastest}: 1 worker'],
    over: ['pipeline, 100 bins, {fastest}: 2 workers'],
    goal: { atLeast: 1.9 },
  },
  {
    name: 'pipeline1344.vs100',
    about: 'CPU time a report: 1,344 bins over 100',
    rows: ['pipeline, 1344 bins, {fastest}'],
    over: ['pipeline, 100 bins, {fastest}'],
    goal: { atMost: 2.2 },
  },
  {
    name: 'pipeline100.oraclesOverBare',
    about: 'CPU time a report, 100 bins: with oracles, fates and journal over bare',
    rows: [
      'pipeline, 100 bins, {fastest}',
      'oracles at the pipeline, 100 bins, {fastest}',
      'journal of the pipeline, 100 bins, {fastest}',
    ],
    over: ['pipeline, 100 bins, {fastest}'],
    goal: { atMost: 1.1 },
  },
  {
    name: 'prio3Histogram100.vsProveVerify100',
    about: '@divviup/prio3 shard and prepare over our prove and verify, 100 bins',
    rows: ['peer: @divviup/prio3: histogram of 100, shard and prepare both'],
    over: PROVE_VERIFY,
  },
  ...[5, 1344].map((bins) => ({
    name: `service${bins}.intakeVsMemory`,
    about: `CPU time a report, ${bins} bins: a processor's intake as a service over its arithmetic`,
    rows: [`service: intake, ${bins} bins, simulation`],
    over: [`service: the same in memory, ${bins} bins, simulation`],
  })),
  {
    name: 'attestation.allVsRemembered',
    about: 'CPU time a check: all signatures of the chain over authorities remembered',
    rows: ['attestation: verify, all signatures'],
    over: ['attestation: verify, authorities remembered'],
  },
];

export const figureDefinitions: readonly FigureDefinition[] = [
  {
    name: 'pipeline100.reportsPerSecond',
    about: 'whole pipeline, 100 bins, on the wall, 2 workers, without certificate checks',
    unit: 'reports/s',
    rows: ['pipeline, 100 bins, {fastest}: 2 workers'],
    convert: perSecond,
    goal: { atLeast: 7000 },
  },
  {
    name: 'certificateCheck.microseconds',
    about: "a device's certificate, once a day: look-up, signature, key import",
    unit: 'us',
    rows: ['certificate check, {fastest}'],
    convert: same,
  },
  {
    name: 'sharesOnly100.reportsPerSecondPerCore',
    about: 'no transport, no attestation, 100 bins, by CPU time',
    unit: 'reports/s',
    rows: ['shares only, 100 bins, {fastest}'],
    convert: perSecond,
    goal: { atLeast: 60_000 },
  },
  {
    name: 'proveVerify100.microseconds',
    about: 'prove, verify on both sides, decide, 100 bins',
    unit: 'us',
    rows: PROVE_VERIFY,
    convert: same,
    goal: { atMost: 3.5 },
  },
];

export interface Measured {
  readonly rows: readonly Measurement[];
  readonly wallRows: readonly WallMeasurement[];
}

type Series = Pick<Measurement, 'name' | 'rounds'> & { readonly doubt?: string };

/** Every ratio and figure, or why it is not there. `all` is the catalogue before any filter. */
export function takeFigures(all: Catalogue, measured: Measured) {
  const series = new Map<string, Series>();
  for (const row of [...measured.rows, ...measured.wallRows]) series.set(row.name, row);
  const fastest = fastestBackend(all);
  const find = (definition: Definition, ...lists: (readonly string[])[]) => {
    const names = lists.map((list) => list.map((name) => name.replace('{fastest}', fastest)));
    const { name, about } = definition;
    const lost = names.flat().find((row) => !series.has(row));
    if (lost !== undefined) return { name, about, missing: whyMissing(all, lost) };
    return names.map((list) => list.map((row) => series.get(row)!));
  };
  const ratios = ratioDefinitions.map((definition): Figure | MissingFigure => {
    const found = find(definition, definition.rows, definition.over);
    if (!Array.isArray(found)) return found;
    const [above, below] = found.map(sumOfRounds) as [number[], number[]];
    const values = above.map((us, round) => us / below[round]!);
    return figure(definition, 'times', values, found.flat());
  });
  const figures = figureDefinitions.map((definition): Figure | MissingFigure => {
    const found = find(definition, definition.rows);
    if (!Array.isArray(found)) return found;
    const values = sumOfRounds(found[0]!).map(definition.convert);
    return figure(definition, definition.unit, values, found.flat());
  });
  return { ratios, figures };
}

function fastestBackend({ rows }: Catalogue): string {
  const isThere = (backend: string): boolean =>
    rows.some(({ name }) => name === `pipeline, 100 bins, ${backend}`);
  return ['wasm', 'node', 'noble'].find(isThere) ?? 'no backend';
}

function whyMissing({ rows, wallRows, absent }: Catalogue, name: string): string {
  const known = absent.find((row) => row.name === name);
  if (known !== undefined) return known.reason;
  const isThere = [...rows, ...wallRows].some((row) => row.name === name);
  return isThere ? `row "${name}" was not measured (--filter)` : `no row "${name}"`;
}

function sumOfRounds(series: readonly Series[]): number[] {
  const count = Math.min(...series.map(({ rounds }) => rounds.length));
  return Array.from({ length: count }, (_, round) =>
    series.reduce((sum, { rounds }) => sum + rounds[round]!, 0),
  );
}

function figure(
  { name, about, goal }: Definition,
  unit: string,
  values: readonly number[],
  from: readonly Series[],
): Figure {
  const value = median(values);
  const doubt = from.find((series) => series.doubt !== undefined)?.doubt;
  return {
    name,
    about,
    unit,
    value,
    spread: spread(values),
    sampleCount: values.length,
    from: from.map((series) => series.name),
    ...(goal === undefined ? {} : { goal, reached: reaches(value, goal) }),
    ...(doubt === undefined ? {} : { doubt }),
  };
}

function reaches(value: number, goal: Goal): boolean {
  return 'atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost;
}
