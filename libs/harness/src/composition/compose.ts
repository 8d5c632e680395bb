/**
 * From a scenario that is built on others to one plain value: first what it `extends`, over that
 * its `mixins`, over those its own fields, and last the single paths of `with`. What comes out is
 * what one could have written in full, and has the same digest.
 *
 * Pure: files are read elsewhere and come in as a tree of sources. A scenario's `id` and `about`
 * are its own and never inherited.
 */

import type { Clock } from '../expectations/oracles.ts';
import { compositionKeys } from '../scenario/composition-keys.ts';
import { didYouMean, UsageError } from '../scenario/problems.ts';
import type { Problem } from '../scenario/problems.ts';
import { builtInMixins, judgedIn } from './built-in-mixins.ts';
import { isFields, lay, laySiblings, leavesOf, own } from './layers.ts';
import type { Conflict, Fields, Layer } from './layers.ts';
import { setAt, stepsOf } from './paths.ts';

/** A file's value, and the values of the files that it names. */
export interface Source {
  /** What to call it in messages: a file's path. */
  readonly name: string;
  readonly value: unknown;
  /** By the names that `extends` and `mixins` use. */
  readonly files: ReadonlyMap<string, Source>;
}

/** What a file that others build on says of itself alone. */
const ownKeys: ReadonlySet<string> = new Set(['id', 'about']);

/** Whether a value is built on others. */
export function isComposed(value: unknown): value is Fields {
  return isFields(value) && compositionKeys.some((key) => Object.hasOwn(value, key));
}

/** Names of files that a value builds on; names of built-in mixins are left out. */
export function fileNamesOf(value: unknown): string[] {
  if (!isFields(value)) return [];
  const names = [...namesIn(own(value, 'extends')), ...namesIn(own(value, 'mixins'))];
  return [...new Set(names.filter((name) => !Object.hasOwn(builtInMixins, name)))];
}

function namesIn(value: unknown): string[] {
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  return list.filter((name) => typeof name === 'string');
}

/**
 * The value that a source stands for.
 * @throws UsageError with every problem of the composition, in whichever file
 */
export function compose(source: Source): unknown {
  // Any layer may set the clock, and what built-in mixins say depends on it: so once to find it.
  const clock = clockOf(composed(source, 'wall', []));
  const problems: Problem[] = [];
  const value = composed(source, clock, problems);
  if (problems.length > 0) throw new UsageError(source.name, problems);
  return value;
}

/** Another word for a clock is refused later; until then it is as good as none. */
function clockOf(value: unknown): Clock {
  return isFields(value) && own(value, 'clock') === 'simulated' ? 'simulated' : 'wall';
}

function composed(source: Source, clock: Clock, problems: Problem[]): unknown {
  const { value, name } = source;
  if (!isComposed(value)) return value;
  const { extends: bases, mixins, with: paths, ...fields } = value;
  const layersOf = (key: string, names: unknown): Layer[] =>
    listOf(key, names, problems).flatMap((one) => layerOf(one, { key, source, clock }, problems));
  const base = laySiblings(layersOf('extends', bases));
  const mixed = laySiblings(layersOf('mixins', mixins));
  const settings = settingsOf(paths, problems);
  const decided = [
    ...leavesOf(fields).map(({ path }) => path),
    ...settings.map(({ steps }) => steps),
  ];
  for (const conflict of [...base.conflicts, ...mixed.conflicts]) {
    if (!decided.some((path) => isPrefix(path, conflict.path))) {
      problems.push(conflictProblem(conflict, name));
    }
  }
  const merged = lay(lay(base.value, mixed.value), fields) as Fields;
  return settings.reduce((lower, { path, steps, to }) => {
    const set = setAt(lower, steps, to);
    if ('value' in set) return set.value;
    problems.push({ path: `with["${path}"]`, message: set.problem });
    return lower;
  }, merged);
}

function listOf(key: string, names: unknown, problems: Problem[]): string[] {
  if (names === undefined) return [];
  const list = key === 'extends' && typeof names === 'string' ? [names] : names;
  if (Array.isArray(list) && list.every((one) => typeof one === 'string')) {
    const repeated = list.find((one, i) => list.indexOf(one) !== i);
    if (repeated === undefined) return list;
    problems.push({ path: key, message: `got "${repeated}" twice; allowed: once` });
    return [...new Set(list)];
  }
  const one = key === 'extends' ? 'a file or a list of files' : 'a list of names or files';
  problems.push({ path: key, message: `got ${JSON.stringify(names)}; expected ${one}` });
  return [];
}

interface Place {
  readonly key: string;
  readonly source: Source;
  readonly clock: Clock;
}

function layerOf(name: string, { key, source, clock }: Place, problems: Problem[]): Layer[] {
  const builtIn = Object.hasOwn(builtInMixins, name) ? builtInMixins[name] : undefined;
  if (builtIn !== undefined && key === 'mixins') return [{ name, value: judgedIn(clock, builtIn) }];
  const file = source.files.get(name);
  if (file === undefined) {
    const known = Object.keys(builtInMixins);
    const allowed =
      key === 'mixins'
        ? `${didYouMean(name, known)}; allowed: ${known.join(', ')}, or a file such as ./a.yaml`
        : '; files are read by priolab and its adapters only';
    problems.push({ path: key, message: `got "${name}"${allowed}` });
    return [];
  }
  const value = composed(file, clock, problems);
  if (isFields(value)) return [{ name, value: withoutOwn(value) }];
  problems.push({ path: key, message: `${name} holds no object with fields` });
  return [];
}

function withoutOwn(value: Fields): Fields {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !ownKeys.has(key)));
}

interface Setting {
  readonly path: string;
  readonly steps: readonly string[];
  readonly to: unknown;
}

function settingsOf(paths: unknown, problems: Problem[]): Setting[] {
  if (paths === undefined) return [];
  if (!isFields(paths)) {
    const message = `got ${JSON.stringify(paths)}; expected an object of paths and values`;
    problems.push({ path: 'with', message });
    return [];
  }
  return Object.entries(paths).flatMap(([path, to]) => {
    const steps = stepsOf(path);
    if (steps !== undefined) return [{ path, steps, to }];
    const message = 'is no path; expected one such as "population.reports" or "nemesis[0].p"';
    problems.push({ path: `with["${path}"]`, message });
    return [];
  });
}

/** Whether `path` is `other` or above it. */
function isPrefix(path: readonly string[], other: readonly string[]): boolean {
  return path.length <= other.length && path.every((step, i) => step === other[i]);
}

function conflictProblem({ path, sides: [first, second] }: Conflict, file: string): Problem {
  const said = ({ name, value }: Conflict['sides'][number]): string =>
    `${JSON.stringify(value)} in "${name}"`;
  const message =
    `is ${said(first)} and ${said(second)}, both of which ${file} takes in; ` +
    'set it in the scenario itself or leave one of them out';
  return { path: path.join('.'), message };
}
