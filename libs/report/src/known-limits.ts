/** What the protocol can't prevent. A run measures it and every report of a run says so. */

import type { AdversaryRecord, LimitRecord, RunRecord, RunSummary } from '@priolab/harness';

import { counted, formatCount } from './text.ts';

const LIMITS: Readonly<Record<string, string>> = {
  'cli.multi_hot':
    'Prio v2 proves that every bin is 0 or 1, not how many are 1: these reports count',
};

/** One sentence with the measured extent; undefined for an adversary that must be refused. */
export function knownLimit(adversary: AdversaryRecord, { fates }: RunRecord): string | undefined {
  if (!Object.hasOwn(LIMITS, adversary.id)) return undefined;
  const done = reportsDone(fates);
  const share = done === 0 ? '' : ` (${((100 * adversary.fired) / done).toFixed(2)} % of the run)`;
  return `${LIMITS[adversary.id]}; done to ${formatCount(adversary.fired)} reports${share}`;
}

/** How far a fault went that nothing prevents. */
export function measuredLimit({ measured }: LimitRecord): string {
  const sizes = Object.entries(measured);
  return sizes.map(([name, size]) => `${name} ${Number(size.toPrecision(4))}`).join(', ');
}

/** All of a run, of adversaries and faults: one text for each id. */
export function knownLimits(summary: RunSummary): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const add = (id: string, text: string): void => {
    const known = texts.get(id);
    texts.set(id, known === undefined ? text : `${known}; ${text}`);
  };
  for (const adversary of summary.adversaries) {
    const limit = knownLimit(adversary, summary);
    if (limit !== undefined) add(adversary.id, limit);
  }
  for (const limit of summary.limits ?? []) {
    const struck = `struck ${counted(limit.fired, 'time')}`;
    const place = limit.at === undefined ? '' : ` at ${limit.at}`;
    add(limit.id, `${limit.about} It ${struck}${place}: ${measuredLimit(limit)}`);
  }
  return texts;
}

/** Planned reports that have a fate: all but the pending ones. */
export function reportsDone(fates: RunRecord['fates']): number {
  return fates.reduce((sum, { outcome, count }) => sum + (outcome === 'pending' ? 0 : count), 0);
}
