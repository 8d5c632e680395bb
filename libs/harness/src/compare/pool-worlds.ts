/**
 * Comparisons of the same two variants in several worlds, pooled into one: of worlds in general, in
 * which is b better? Worlds of other seeds are independent draws, and each gives a pair of figures.
 * A row is better or worse where b's figure is so in more of the worlds that differ than luck
 * explains: the sign test, exact whatever the figures' distribution. Its interval for the median of
 * b against a, by order statistics, is as free of assumptions. So fewer than WORLDS_TO_TELL worlds
 * tell no difference, and a rare disaster is no reason to call the two the same. Pure.
 */

import { digestOf } from '../scenario/digest.ts';
import { binomialLowerTail, binomialTwoSidedP } from '../statistics/binomial.ts';
import { OF_SETTINGS, overallOf } from './compare-runs.ts';
import type {
  ArmRecord,
  ComparisonRow,
  Effect,
  FateChange,
  Judgement,
  RunComparison,
  WorldComparison,
  WorldTally,
} from './comparison.ts';
import { ALPHA, finite, judgeExact, marginOf, rangeOf } from './judgement.ts';

/** So many that differ in one way happen by luck in less than ALPHA of cases: 2 / 2^6. */
export const WORLDS_TO_TELL = 6;

/** Rows that are there where the two differ, and nowhere else. */
const WHERE_IT_DIFFERS = /^(?:detection\.expectation|cpu\.work)\../;

/** @param worlds one comparison for each seed, of the same two variants; at least one */
export function poolWorlds(worlds: readonly RunComparison[]): RunComparison {
  const [first] = worlds as [RunComparison];
  const ids = new Set(worlds.flatMap(({ rows }) => rows.map(({ id }) => id)));
  const world = poolWorldParts(worlds);
  const pooled = [...ids].map((id) => poolRow(id, worlds));
  const rows = pooled.map((row) => {
    return world.otherWorld === undefined || OF_SETTINGS.has(row.id)
      ? row
      : ({ ...row, judgement: 'unknown', why: 'not the same world' } as const);
  });
  const identical = worlds.every((one) => one.identical);
  const { otherWorld } = world;
  const overall = overallOf(rows, { identical, otherWorld, differences: first.differences });
  // What follows from settings is told all the same, and says nothing of the rest.
  const isFew = worlds.length < WORLDS_TO_TELL && overall.overall !== 'same';
  const count = worlds.length;
  const few = `${count} worlds are too few to tell a difference: it takes ${WORLDS_TO_TELL}`;
  return {
    schema: first.schema,
    a: poolArms(worlds.map(({ a }) => a)),
    b: poolArms(worlds.map(({ b }) => b)),
    world,
    differences: first.differences,
    identical,
    rows,
    fates: poolFates(worlds),
    worlds: worlds.map(({ a: { seed }, overall: each }) => ({ seed, overall: each })),
    ...overall,
    ...(isFew && otherWorld === undefined ? { overall: 'unknown', why: few } : {}),
  };
}

function poolArms(arms: readonly ArmRecord[]): ArmRecord {
  const [first] = arms as [ArmRecord];
  return {
    ...first,
    seed: `${first.seed} to ${arms.at(-1)!.seed}`,
    resultDigest: digestOf(arms.map(({ resultDigest }) => resultDigest)),
    verdict: tallyText(arms.map(({ verdict }) => verdict)),
    runs: arms.reduce((sum, { runs }) => sum + runs, 0),
  };
}

/** `pass` where all say it, else `pass in 9, fail in 1`. */
function tallyText(words: readonly string[]): string {
  const all = [...new Set(words)];
  if (all.length === 1) return all[0]!;
  const count = (word: string): number => words.filter((one) => one === word).length;
  return all.map((word) => `${word} in ${count(word)}`).join(', ');
}

function poolWorldParts(worlds: readonly RunComparison[]): WorldComparison {
  const [first] = worlds as [RunComparison];
  const parts = first.world.parts.map(({ name }, i) => {
    const each = worlds.map(({ world }) => world.parts[i]!);
    const digest = (side: 'a' | 'b'): string =>
      digestOf(each.map((part) => part[side])).slice(0, 8);
    const same = each.every((part) => part.same);
    return { name, same, a: digest('a'), b: digest('b') };
  });
  const sum = (of: (world: WorldComparison) => number): number =>
    worlds.reduce((total, { world }) => total + of(world), 0);
  const other = worlds.find(({ world }) => world.otherWorld !== undefined);
  return {
    parts,
    windows: sum(({ windows }) => windows),
    equalTruths: sum(({ equalTruths }) => equalTruths),
    ...(other === undefined
      ? {}
      : { otherWorld: `with seed ${other.a.seed}: ${other.world.otherWorld}` }),
  };
}

function poolFates(worlds: readonly RunComparison[]): FateChange[] {
  const sums = new Map<string, FateChange>();
  for (const { a, b, ...fate } of worlds.flatMap(({ fates }) => fates)) {
    const key = JSON.stringify(fate);
    const before = sums.get(key) ?? { a: 0, b: 0 };
    sums.set(key, { ...fate, a: before.a + a, b: before.b + b });
  }
  return [...sums.values()];
}

/** What one world says of a row: undefined where it has none and that says nothing. */
interface Seen {
  readonly row?: ComparisonRow;
  readonly judgement: Judgement;
}

function poolRow(id: string, worlds: readonly RunComparison[]): ComparisonRow {
  const seen = worlds.map(({ rows }): Seen => {
    const row = rows.find((one) => one.id === id);
    if (row !== undefined) return { row, judgement: figuresOf(row) };
    return { judgement: WHERE_IT_DIFFERS.test(id) ? 'same' : 'unknown' };
  });
  const rows = seen.flatMap(({ row }) => (row === undefined ? [] : [row]));
  const { effect: _effect, ...first } = rows[0]!;
  const counts = countsOf(seen);
  if (OF_SETTINGS.has(id) && rows.every(({ a, b }) => a === first.a && b === first.b)) {
    return { ...rows[0]!, worlds: counts };
  }
  const effect = effectOver(rows, seen.length - rows.length);
  return {
    ...first,
    a: middle(rows.map(({ a }) => a)),
    b: middle(rows.map(({ b }) => b)),
    ...(effect === undefined ? {} : { effect }),
    worlds: counts,
    ...judgeWorlds(counts, { id, effect, rows }),
  };
}

/** By its figures alone, however small the difference: what luck may do is asked of all worlds. */
function figuresOf({ a, b, direction, judgement }: ComparisonRow): Judgement {
  if (direction === undefined || typeof a === 'string' || typeof b === 'string') return judgement;
  return a === null || b === null ? 'unknown' : judgeExact(a, b, direction);
}

function countsOf(seen: readonly Seen[]): WorldTally {
  const count = (word: Judgement): number =>
    seen.filter(({ judgement }) => judgement === word).length;
  return {
    better: count('better'),
    same: count('same'),
    worse: count('worse'),
    unknown: count('unknown'),
  };
}

/** A median of numbers; texts where all are one, or few. */
function middle(figures: readonly ComparisonRow['a'][]): ComparisonRow['a'] {
  const numbers = figures.filter((figure) => typeof figure === 'number');
  if (numbers.length > 0) return medianOf(numbers);
  const texts = figures.filter((figure) => typeof figure === 'string');
  if (texts.length === 0) return null;
  return new Set(texts).size <= 3 ? tallyText(texts) : 'differs from world to world';
}

function medianOf(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((x, y) => x - y);
  const half = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[half]!;
  return (sorted[half - 1]! + sorted[half]!) / 2;
}

/**
 * Median over worlds of b against a, with its interval; undefined where all figures are equal.
 * @param equal worlds that have no row because the two are equal there
 */
function effectOver(rows: readonly ComparisonRow[], equal: number): Effect | undefined {
  const pairs = rows.flatMap(({ a, b }) =>
    typeof a === 'number' && typeof b === 'number' ? [{ a, b }] : [],
  );
  if (pairs.every(({ a, b }) => a === b)) return undefined;
  const isDifference = rows.some(({ effect }) => effect?.kind === 'difference');
  const kind = isDifference ? 'difference' : 'ratio';
  const even = isDifference ? 0 : 1;
  const found = pairs.map(({ a, b }) => (a === b ? even : isDifference ? b - a : b / a));
  const sorted = [...found, ...Array.from({ length: equal }, () => even)].sort((x, y) => x - y);
  const value = finite(medianOf(sorted));
  const cut = cutOf(sorted.length);
  const [low, high] = [sorted[cut]!, sorted.at(-1 - cut)!];
  if (sorted.length < WORLDS_TO_TELL) return { kind, value, ...rangeOf(low, high) };
  return { kind, value, interval: { low: finite(low), high: finite(high), by: 'confidence' } };
}

/** How many of n sorted values may be cut off at each end: the rest holds the median at 95 %. */
export function cutOf(n: number): number {
  let cut = 0;
  while (binomialLowerTail({ successes: cut, n, p: 0.5 }) <= ALPHA / 2) cut++;
  return Math.max(0, cut - 1);
}

function judgeWorlds(
  { better, same, worse, unknown }: WorldTally,
  { id, effect, rows }: { id: string; effect: Effect | undefined; rows: readonly ComparisonRow[] },
): Pick<ComparisonRow, 'judgement' | 'why'> {
  const all = better + same + worse + unknown;
  const hidden = unknown === 0 ? '' : `, not known in ${unknown}`;
  const seen = `better in ${better}, equal in ${same}, worse in ${worse}${hidden} of ${all} worlds`;
  if (unknown === all) return { judgement: 'unknown', why: rows[0]!.why };
  if (same === all) return { judgement: 'same', why: seen };
  const interval = effect?.interval;
  const margin = effect === undefined ? undefined : marginOf(id, effect.kind);
  const isOwn = rows.every(({ judgement }) => judgement === 'same' || judgement === 'unknown');
  if (interval?.by === 'confidence' && margin !== undefined && unknown === 0 && isOwn) {
    const isWithin = (end: number | null): boolean =>
      end !== null && end >= margin.low && end <= margin.high;
    if (isWithin(interval.low) && isWithin(interval.high)) {
      return { judgement: 'same', why: `${seen}, by so little that it does not matter` };
    }
  }
  const n = better + worse;
  const luck = binomialTwoSidedP({ successes: better, n, p: 0.5 });
  if (n > 0 && luck <= ALPHA) {
    const judgement = better > worse ? 'better' : 'worse';
    return { judgement, why: `${seen}: by luck once in ${Math.floor(1 / luck + 1e-6)}` };
  }
  const tells = n < WORLDS_TO_TELL ? `${WORLDS_TO_TELL} that differ would tell` : 'may be luck';
  return { judgement: 'unknown', why: `${seen}: ${tells}` };
}
