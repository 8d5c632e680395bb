/**
 * `consent.kept`: nothing is sent, batched or published of a state whose authority has not enabled
 * ENPA on that day, and no phone sends after its user has withdrawn consent. Judged by what the
 * simulator's own eyes saw (`run/consent-view.ts`), not by the plan of who sends.
 *
 * Vacuous: the scenario says nothing of it, no day is without an authority that has enabled ENPA
 * where it says when they have, or no phone withdrew where it says that they do.
 */

import type { ExpectationOutcome, RunRecord } from '../record/run-record.ts';

const plural = (count: number, word: string, ending = 's'): string =>
  `${count} ${word}${count === 1 ? '' : ending}`;

const limit = 'nothing where ENPA is not enabled, nothing after consent is withdrawn';

export function checkConsent({
  consent,
  scenario: { population },
}: RunRecord): Omit<ExpectationOutcome, 'id'> {
  if (consent === undefined) {
    const observed = 'no data: neither population.enabled nor population.consent is set';
    return { verdict: 'vacuous', observed, limit, n: 0 };
  }
  const { sent, whileDisabled, afterWithdrawal, disabledStateDays, withdrawnPhoneDays } = consent;
  const { disabledBatches, disabledTotals, sending, examples } = consent;
  const found = whileDisabled + afterWithdrawal + disabledBatches + disabledTotals;
  const idle = [
    ...(sent === 0 ? ['nothing was sent'] : []),
    ...(population.enabled !== undefined && disabledStateDays === 0
      ? ['all authorities have enabled ENPA on all days']
      : []),
    ...(population.consent !== undefined && withdrawnPhoneDays === 0
      ? ['no phone withdrew consent']
      : []),
  ];
  const seen = [
    `${plural(sent, 'report')} sent`,
    ...(population.enabled === undefined
      ? []
      : [
          `${plural(disabledStateDays, 'day')} of states without ENPA: ${whileDisabled} sent, ` +
            `${plural(disabledBatches, 'batch', 'es')}, ${plural(disabledTotals, 'total')}`,
        ]),
    ...(population.consent === undefined
      ? []
      : [
          `${plural(withdrawnPhoneDays, 'day')} of phones without consent: ` +
            `${afterWithdrawal} sent`,
        ]),
    ...(sending === undefined ? [] : [`${sending.stopped} no longer tried`]),
    ...examples.slice(0, 1).map((example) => `first: ${example}`),
  ].join('; ');
  const isIdle = found === 0 && idle.length > 0;
  return {
    verdict: found > 0 ? 'fail' : isIdle ? 'vacuous' : 'pass',
    observed: isIdle ? `no data: ${idle.join(', ')}; ${seen}` : seen,
    limit,
    n: disabledStateDays + withdrawnPhoneDays,
  };
}
