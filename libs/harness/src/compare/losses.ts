/**
 * What became of reports and windows. Both runs planned the same reports, so the numbers are exact
 * for this world; whether the difference is more than the luck of its draws is asked of the reports
 * that either lost: were both alike, each would be lost by one or the other with equal chances
 * (McNemar). Which reports both lost is not in a record, so none is taken for that: careful.
 */

import type { FateCount, RunSummary } from '../record/run-record.ts';
import { exactInterval } from '../statistics/binomial.ts';
import type { ComparisonRow, FateChange } from './comparison.ts';
import { CONFIDENCE, LOSS_MARGIN, exactRow, judgeInterval } from './judgement.ts';

export function compareLosses(a: RunSummary, b: RunSummary): ComparisonRow[] {
  return [
    lossRow(a, b),
    exactRow({
      id: 'losses.windows',
      section: 'losses',
      what: 'windows held or never published',
      unit: '% of windows',
      a: unpublishedShare(a),
      b: unpublishedShare(b),
      direction: 'less is better',
      why: `exact: ${windowsText(a)} in a, ${windowsText(b)} in b`,
    }),
    exactRow({
      id: 'losses.forgeries',
      section: 'losses',
      what: 'forged reports that were counted',
      unit: 'reports',
      a: forgeriesOf(a),
      b: forgeriesOf(b),
      direction: 'less is better',
    }),
  ];
}

/** Honest reports in totals that were published: what all the work is for. */
export function countedOf({ cells }: Pick<RunSummary, 'cells'>): number {
  return cells
    .filter(({ totals }) => totals !== undefined)
    .reduce((sum, { truth }) => sum + truth.honestCount, 0);
}

function lossRow(a: RunSummary, b: RunSummary): ComparisonRow {
  const planned = a.population.reports;
  const share = (count: number): number => (planned === 0 ? 0 : (100 * count) / planned);
  const [lostA, lostB] = [planned - countedOf(a), planned - countedOf(b)];
  const head = {
    id: 'losses.reports',
    section: 'losses',
    what: 'planned reports less the honest ones in published totals',
    unit: '% of planned',
    a: share(lostA),
    b: share(lostB),
    direction: 'less is better',
  } as const;
  const seen = `${lostA} and ${lostB} of ${planned}`;
  const isSame = lostA === lostB && fateChanges(a, b).every((one) => one.a === one.b);
  if (isSame) return { ...head, judgement: 'same', why: `exact: ${seen}, for the same reasons` };
  if (lostA < 0 || lostB < 0) {
    const why = `a side counted more than the ${planned} planned reports: who lost one is unknown`;
    return { ...head, judgement: 'unknown', why };
  }
  const all = lostA + lostB;
  const part = exactInterval({ successes: lostB, n: all, confidence: CONFIDENCE });
  const low = share((2 * part.low - 1) * all);
  const high = share((2 * part.high - 1) * all);
  const judgement = judgeInterval({ low, high }, 0, { low: -LOSS_MARGIN, high: LOSS_MARGIN });
  const interval = { low, high, by: 'confidence' } as const;
  const effect = { kind: 'difference', value: share(lostB - lostA), interval } as const;
  const tells = judgement === 'unknown' ? ', which may be luck' : '';
  return { ...head, effect, judgement, why: `${seen} planned reports${tells}` };
}

function windowsOf({ cells }: RunSummary): { readonly all: number; readonly missing: number } {
  const missing = cells.filter(({ totals }) => totals === undefined).length;
  return { all: cells.length, missing };
}

function unpublishedShare(summary: RunSummary): number | null {
  const { all, missing } = windowsOf(summary);
  return all === 0 ? null : (100 * missing) / all;
}

function windowsText(summary: RunSummary): string {
  const { all, missing } = windowsOf(summary);
  return `${missing} of ${all}`;
}

function forgeriesOf({ tally }: RunSummary): number {
  return tally.soundnessEscapes + tally.otherEscapes;
}

const named = ({ outcome, hop, reason }: FateCount): string =>
  JSON.stringify([outcome, hop, reason]);

/** Fates of planned reports in a, then those that only b has. */
export function fateChanges(a: RunSummary, b: RunSummary): FateChange[] {
  const counts = (fates: readonly FateCount[]): Map<string, number> =>
    new Map(fates.map((fate) => [named(fate), fate.count]));
  const [one, other] = [counts(a.fates), counts(b.fates)];
  const all = new Map([...a.fates, ...b.fates].map((fate) => [named(fate), fate]));
  return [...all].map(([key, { outcome, hop, reason }]) => {
    return { outcome, hop, reason, a: one.get(key) ?? 0, b: other.get(key) ?? 0 };
  });
}
