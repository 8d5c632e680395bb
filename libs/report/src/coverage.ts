/**
 * What a run does not show, although a reader of its verdict could think so: what was not run or
 * not computed, what nobody asked for, faults that never struck, states without data. Read off the
 * record; no judgement is made here, and a gap turns nothing red.
 */

import type { OracleId, RunSummary } from '@priolab/harness';

import { poolCells } from './pool.ts';
import { counted, formatCount } from './text.ts';

export type CoverageKind =
  | 'not run'
  | 'fidelity'
  | 'no verdict'
  | 'never struck'
  | 'no data'
  | 'not asked'
  | 'nothing wrong'
  | 'not searched';

export interface CoverageGap {
  readonly kind: CoverageKind;
  /** One sentence. Words of the record in it are as they were: whoever shows it sanitises. */
  readonly about: string;
}

/** Names in one sentence; more are counted. */
const NAMES_MAX = 8;

interface Subject {
  /** What the oracle looks at, in a few words. */
  readonly about: string;
  /** Whether the run has any of that; left out: always. */
  readonly isThere?: (summary: RunSummary) => boolean;
}

const isSimulated = ({ simulation }: RunSummary): boolean => simulation !== undefined;
const isOnWallClock = (summary: RunSummary): boolean => !isSimulated(summary);
const goesWrong = ({ adversaries, simulation }: RunSummary): boolean =>
  adversaries.length > 0 || (simulation?.faults.length ?? 0) > 0;

/** Of `outcome` and `detected` nothing is missed: each fault of a run is judged in any case. */
const SUBJECTS: Readonly<Record<Exclude<OracleId, 'outcome' | 'detected'>, Subject>> = {
  'sum.exact': { about: 'totals against the truth' },
  'count.exact': { about: 'numbers of clients' },
  conserve: { about: 'a fate for every report' },
  once: { about: 'reports counted twice' },
  'sets.equal': { about: 'the same reports at both processors' },
  noforge: { about: 'forgeries in the sums', isThere: goesWrong },
  reason: { about: 'reasons of refusals' },
  'rand.safe': { about: 'unsafe or repeated randomness' },
  'noise.dist': { about: 'noise as declared' },
  unbiased: { about: 'bias of estimates' },
  'consent.kept': {
    about: 'reports without consent',
    isThere: ({ scenario: { population } }) =>
      population.enabled !== undefined || population.consent !== undefined,
  },
  crosscheck: { about: 'the same bytes from a second backend', isThere: isOnWallClock },
  throughput: { about: 'speed', isThere: isOnWallClock },
  memory: { about: 'peak memory' },
  tenant: { about: 'states apart', isThere: isSimulated },
  'minbatch.on_accepted': { about: 'windows with too few reports', isThere: isSimulated },
  idem: { about: 'objects written again', isThere: isSimulated },
  live: { about: 'everything comes to its end', isThere: isSimulated },
  fresh: { about: 'reports too old or too new', isThere: isSimulated },
  blast: {
    about: 'damage beyond what was struck',
    isThere: (summary) => isSimulated(summary) && goesWrong(summary),
  },
  'leak.scan': { about: 'secrets where none may be', isThere: isSimulated },
  'view.indist': { about: 'what one processor can tell', isThere: isSimulated },
  det: { about: 'the same results again' },
  deployed: {
    about: 'services against memory',
    isThere: ({ deployment }) => deployment !== undefined,
  },
};

/** The gravest first; empty only where all that can be asked was asked, and had data. */
export function coverageGaps(summary: RunSummary): CoverageGap[] {
  const gaps: CoverageGap[] = [];
  const add = (kind: CoverageKind, about: string | undefined): void => {
    if (about !== undefined) gaps.push({ kind, about });
  };
  add('not run', notRun(summary));
  add('fidelity', notComputed(summary));
  add('no verdict', named(summary, 'vacuous', 'nothing to judge'));
  add('no verdict', named(summary, 'invalid', 'not measured well enough'));
  for (const text of neverStruck(summary)) add('never struck', text);
  for (const text of withoutData(summary)) add('no data', text);
  add('not searched', notSearched(summary));
  add('not asked', notAsked(summary));
  if (!goesWrong(summary)) {
    add('nothing wrong', 'no phone cheats and no fault strikes: nothing is shown of either');
  }
  return gaps;
}

function notRun({ fates, population, interrupted }: RunSummary): string | undefined {
  const pending = fates
    .filter(({ outcome }) => outcome === 'pending')
    .reduce((sum, { count }) => sum + count, 0);
  if (pending === 0) return undefined;
  const what = interrupted ? 'not run: the run was stopped' : 'still pending at the end';
  return `${formatCount(pending)} of ${counted(population.reports, 'report')} ${what}`;
}

function notComputed({ fidelity: { rung, notDone } }: RunSummary): string | undefined {
  return rung === 'full' ? undefined : (notDone ?? rung);
}

function named(
  { expectations }: RunSummary,
  wanted: 'vacuous' | 'invalid',
  what: string,
): string | undefined {
  const ids = expectations.filter(({ verdict }) => verdict === wanted).map(({ id }) => id);
  return ids.length === 0 ? undefined : `${what}: ${some(ids)}`;
}

function neverStruck({ adversaries, simulation }: RunSummary): string[] {
  const faults = simulation?.faults ?? [];
  const nameOf = ({ id, at }: { readonly id: string; readonly at?: string }): string =>
    at === undefined ? id : `${id} at ${at}`;
  const never = [
    ...adversaries.filter(({ fired }) => fired === 0).map(({ id }) => id),
    ...faults.filter(({ fired }) => fired === 0).map(nameOf),
  ];
  const seldom = faults
    .filter(({ fired, fires }) => fired > 0 && fired < fires)
    .map((one) => `${nameOf(one)} (${formatCount(one.fired)} of ${formatCount(one.fires)})`);
  return [
    ...(never.length === 0 ? [] : [some(never)]),
    ...(seldom.length === 0 ? [] : [`less often than asked: ${some(seldom)}`]),
  ];
}

/** What the scenario names and no total stands for. */
function withoutData({ scenario, cells }: RunSummary): string[] {
  const { population, system } = scenario;
  const weighted = (weights: Readonly<Record<string, number | undefined>>): string[] =>
    Object.keys(weights).filter((name) => (weights[name] ?? 0) > 0);
  const states = Array.isArray(population.states) ? population.states : weighted(population.states);
  const metrics = system.metrics.map((metric) => (typeof metric === 'string' ? metric : metric.id));
  const missing = (what: string, names: readonly string[], seen: readonly string[]): string[] => {
    const known = new Set(seen);
    const unseen = names.filter((name) => !known.has(name));
    return unseen.length === 0
      ? []
      : [`no report came to the processors of ${what} ${some(unseen)}`];
  };
  if (cells.length === 0) return ['no report came to the processors'];
  const pairs = poolCells(cells);
  const held = pairs.filter(({ totals }) => totals === undefined);
  const heldNames = held.map(({ state, metric }) => `${state} ${metric}`);
  return [
    ...missing(
      'state',
      states,
      cells.map(({ state }) => state),
    ),
    ...missing(
      'vendor',
      weighted(population.vendors),
      cells.map(({ vendor }) => vendor),
    ),
    ...missing(
      'metric',
      metrics,
      cells.map(({ metric }) => metric),
    ),
    ...(held.length === 0 ? [] : [`no total published: ${some(heldNames)}`]),
  ];
}

function notSearched({ simulation, expectations }: RunSummary): string | undefined {
  const unsearched = simulation?.leaks.unsearched ?? 0;
  if (unsearched === 0 || expectations.every(({ id }) => id !== 'leak.scan')) return undefined;
  return `leak.scan did not see ${counted(unsearched, 'byte')} that were no longer kept`;
}

function notAsked(summary: RunSummary): string | undefined {
  const asked = new Set(summary.expectations.map(({ id }) => id));
  for (const one of summary.scenario.expect) {
    if (typeof one !== 'string' && one.id === 'detected') asked.add(one.by);
  }
  const texts = Object.entries(SUBJECTS)
    .filter(([id, { isThere = () => true }]) => !asked.has(id) && isThere(summary))
    .map(([id, { about }]) => `${about} (${id})`);
  return texts.length === 0 ? undefined : texts.join(', ');
}

function some(names: readonly string[]): string {
  const more = names.length - NAMES_MAX;
  const shown = more > 1 ? names.slice(0, NAMES_MAX) : names;
  return [...shown, ...(more > 1 ? [`${formatCount(more)} more`] : [])].join(', ');
}
