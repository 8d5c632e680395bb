/** What the protocol can't prevent. A run measures it and every report of a run says so. */

import type { AdversaryRecord, RunRecord } from '@priolab/harness';

import { formatCount } from './text.ts';

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

/** Planned reports that have a fate: all but the pending ones. */
export function reportsDone(fates: RunRecord['fates']): number {
  return fates.reduce((sum, { outcome, count }) => sum + (outcome === 'pending' ? 0 : count), 0);
}
