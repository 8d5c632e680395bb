/**
 * How the bins of a metric are shown: one by one, or summed along one of the dimensions that they
 * are a grid of. Dimensions are read from the labels: `class 2, 4 to 6 days` is a place in a grid
 * of classes and days where there is a label for every pair.
 */

/** A row of a histogram, a line of a chart. */
export interface Row {
  readonly name: string;
  readonly bins: readonly number[];
  /** What rows one after the other have in common, where bins are a grid. */
  readonly group?: string;
  /** Left out of charts at first: it dwarfs the others, or holds noise alone. */
  readonly isAside: boolean;
}

export interface Breakdown {
  /** `bins`, or the dimension's place: `0`, `1`, ... */
  readonly id: string;
  readonly name: string;
  readonly rows: readonly Row[];
}

export interface Dimension {
  readonly name: string;
  readonly values: readonly string[];
}

/** More bins than anybody reads one by one. */
const BINS_SHOWN_MAX = 64;

/** The dimensions of a full grid, outermost first; undefined where the labels are none. */
export function dimensionsOf(labels: readonly string[]): Dimension[] | undefined {
  const parts = labels.map((label) => label.split(', '));
  const depth = parts[0]?.length ?? 0;
  if (depth < 2 || parts.some(({ length }) => length !== depth)) return undefined;
  const values = Array.from({ length: depth }, (_, axis) => [
    ...new Set(parts.map((part) => part[axis]!)),
  ]);
  if (values.reduce((count, { length }) => count * length, 1) !== labels.length) return undefined;
  return values.map((axis, index) => ({
    name: nameOf(axis, index),
    values: axis.map((value) => shortened(value)),
  }));
}

const NAMES: readonly (readonly [RegExp, string])[] = [
  [/^class \d/, 'Exposure class'],
  [/days? old$/, 'Days since exposure'],
  [/^infectiousness /, 'Infectiousness'],
  [/ dB$/, 'Attenuation, dB'],
  [/ s$/, 'Duration, s'],
  [/days?/, 'Days from exposure to notification'],
  [/report|test|diagnosis/, 'Report type'],
];

function nameOf(values: readonly string[], index: number): string {
  return NAMES.find(([pattern]) => pattern.test(values.at(-1)!))?.[1] ?? `Part ${index + 1}`;
}

/** All ways to show a metric, the one to begin with first. */
export function breakdownsOf(labels: readonly string[]): Breakdown[] {
  const dimensions = dimensionsOf(labels);
  const single = { id: 'bins', name: 'Every bin', rows: singleRows(labels, dimensions) };
  // Cumulative bins hold each other's counts: their sums would count a phone twice.
  const isCumulative = labels.some((label) => /or less$|any delay$/.test(label));
  if (dimensions === undefined || isCumulative) return [single];
  const along = dimensions.map(({ name, values }, axis) => ({
    id: String(axis),
    name,
    rows: values.map((value, place) => ({
      name: value,
      bins: binsAt(dimensions, (places) => places[axis] === place),
      isAside: false,
    })),
  }));
  return labels.length > BINS_SHOWN_MAX ? along : [single, ...along];
}

function singleRows(labels: readonly string[], dimensions: readonly Dimension[] | undefined) {
  return labels.map((label, bin): Row => {
    const [group, ...rest] = label.split(', ');
    const isAside = /^no |unused/.test(label);
    return dimensions === undefined
      ? { name: label, bins: [bin], isAside }
      : { name: rest.join(', '), bins: [bin], group: group!, isAside };
  });
}

/** Under a heading that says what it is: `infectiousness high` is `high`; without its unit. */
function shortened(value: string): string {
  return value
    .replace(/^infectiousness /, '')
    .replace(/ old$/, '')
    .replaceAll(/(?<=\d) (?:dB|s)\b/g, '')
    .replace(/^above (.+) up to (.+)$/, '$1\u2013$2')
    .replace(/^above /, '> ')
    .replace(/^up to /, '\u2264 ');
}

/** The bins whose places in the grid are asked for. */
export function binsAt(
  dimensions: readonly Dimension[],
  isWanted: (places: readonly number[]) => boolean,
): number[] {
  const count = dimensions.reduce((product, { values }) => product * values.length, 1);
  return Array.from({ length: count }, (_, bin) => bin).filter((bin) =>
    isWanted(placesOf(dimensions, bin)),
  );
}

function placesOf(dimensions: readonly Dimension[], bin: number): number[] {
  let rest = bin;
  return dimensions
    .toReversed()
    .map(({ values }) => {
      const place = rest % values.length;
      rest = Math.floor(rest / values.length);
      return place;
    })
    .toReversed();
}

/** What a row is called where its group is not beside it. */
export const fullName = ({ name, group }: Row): string =>
  group === undefined ? name : `${group}, ${name}`;
