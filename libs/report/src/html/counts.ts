/**
 * What oracles counted: everything that must not be and that a run looks for, whether or not the
 * scenario expects anything of it. Numbers only; the verdict is the record's.
 */

import type { RunSummary } from '@priolab/harness';

import { counted, formatCount } from '../text.ts';
import type { Content } from './element.ts';
import { dataTable, note } from './section.ts';

/** Examples in one remark. */
const EXAMPLES_MAX = 5;

/** The oracle judges it where a scenario asks; among: undefined where nobody counted these. */
type Count = readonly [
  oracle: string,
  what: string,
  found: number,
  among: number | undefined,
  remark?: string,
];

export function renderCounts(summary: RunSummary): Content {
  const all = [
    ...countsOfReports(summary),
    ...countsOfRandomness(summary),
    ...countsOfConsent(summary),
    ...countsOfSimulation(summary),
    ...countsOfRepeats(summary),
  ];
  const isSeen = ([, , found, among]: Count): boolean => found > 0 || among !== 0;
  const unseen = all.filter((one) => !isSeen(one)).map(([, what]) => what);
  const rows = all.filter(isSeen).map(([oracle, what, found, among, remark = '']) => {
    const of = among === undefined ? '' : formatCount(among);
    return { cells: [what, formatCount(found), of, remark, oracle] };
  });
  const without = unseen.length === 0 ? '' : `Nothing to look at: ${unseen.join('; ')}.`;
  const columns = [
    { title: 'What' },
    { title: 'Found', numeric: true },
    { title: 'Among', numeric: true },
    { title: 'Remark' },
    { title: 'Judged by' },
  ];
  const caption = 'What must not be, how often it was found and among how many';
  return [
    dataTable({ caption, columns, rows, stacked: true }),
    note(
      'Counted whether or not the scenario expects anything of it, and with what its faults ' +
        'allow: that is judged under Expectations. ',
      without,
    ),
  ];
}

function countsOfReports({ tally, fates, population, simulation }: RunSummary): Count[] {
  const accepted = fates
    .filter(({ outcome }) => outcome === 'accepted')
    .reduce((sum, { count }) => sum + count, 0);
  const forged = tally.forgedByFaults ?? 0;
  const byFaults = forged === 0 ? '' : `faults made ${counted(forged, 'report')} break the rules`;
  const bound = `soundness allows ${tally.escapeBound.toExponential(1)} on average`;
  const wrong =
    simulation?.reports.wrongExamples.map(
      ({ report, fate, allowed }) => `report ${report} ${fate}, allowed: ${allowed.join(' or ')}`,
    ) ?? tally.wrongFateExamples.map((report) => `report ${report}`);
  return [
    ['noforge', 'forged proofs counted', tally.soundnessEscapes, tally.soundnessTrials, bound],
    ['noforge', 'malformed reports counted', tally.otherEscapes, undefined, byFaults],
    ['reason', 'reports with a fate not theirs', tally.wrongFates, population.reports, some(wrong)],
    ['reason', 'copies with a fate not theirs', tally.wrongCopies, tally.copies],
    ['once', 'reports counted more than once', tally.doubled, accepted],
    ['sets.equal', 'reports accepted by one processor only', tally.disagreements, tally.points],
  ];
}

function countsOfRandomness({ tally, simulation }: RunSummary): Count[] {
  const { points, unsafePoints, freshValues, repeatedValues } = tally;
  return [
    ['rand.safe', 'unsafe points r', unsafePoints, points],
    ['rand.safe', 'random values used before', repeatedValues, freshValues],
    ...(simulation === undefined
      ? []
      : [['rand.safe', 'blinds of zero', simulation.zeroBlinds, undefined] as const]),
  ];
}

/** Who may send is the scenario's to say; what was sent nevertheless is seen here. */
function countsOfConsent({ consent }: RunSummary): Count[] {
  if (consent === undefined) return [];
  const { sent, disabledStateDays, withdrawnPhoneDays, sending, examples } = consent;
  const disabled = `${counted(disabledStateDays, 'day')} of states without ENPA`;
  const withdrawn = `${counted(withdrawnPhoneDays, 'day')} of phones without consent`;
  const { stopped = 0, refusedAsWrongTask = 0 } = sending ?? {};
  const refused = `${counted(refusedAsWrongTask, 'upload')} refused by servers`;
  const [forState, forPhone] = [
    [disabled, ...(sending === undefined ? [] : [refused])],
    [withdrawn, ...(sending === undefined ? [] : [`${counted(stopped, 'report')} not sent on`])],
  ];
  const oracle = 'consent.kept';
  return [
    [oracle, 'reports sent without ENPA', consent.whileDisabled, sent, some(forState)],
    [oracle, 'batches of states without ENPA', consent.disabledBatches, undefined],
    [oracle, 'totals of states without ENPA', consent.disabledTotals, undefined],
    [
      oracle,
      'reports sent after consent was withdrawn',
      consent.afterWithdrawal,
      sent,
      some([...forPhone, ...examples]),
    ],
  ];
}

function countsOfSimulation({ simulation }: RunSummary): Count[] {
  if (simulation === undefined) return [];
  const { reports, identities, windows, stale, rewrites, leaks, tenant } = simulation;
  const { unexplained = [] } = reports;
  const ends = unexplained.map(
    ({ state, hop, fate, count }) => `${formatCount(count)} ${fate} at ${hop}, ${state}`,
  );
  const endless = unexplained.reduce((sum, { count }) => sum + count, 0);
  const searched = `${counted(leaks.bytes, 'byte')} searched`;
  const unsearched = `${counted(leaks.unsearched, 'byte')} not kept, not searched`;
  // Older records do not say where.
  const { places: found = [] } = leaks;
  const places = [searched, ...(leaks.unsearched > 0 ? [unsearched] : []), ...found];
  return [
    ['conserve', 'reports without an end that a fault allows', endless, undefined, some(ends)],
    ['blast', 'reports that nothing struck, not counted', reports.untouchedLost, reports.untouched],
    ['once', 'phones counted twice', identities.twice, identities.counted],
    ['once', 'windows published twice', windows.publishedTwice, windows.published],
    ['fresh', 'uploads taken in, too old or too new', stale.count, stale.of],
    ['idem', 'objects written again with other bytes', rewrites.changed, rewrites.count],
    ['leak.scan', 'secrets found where none may be', leaks.found, leaks.secrets, some(places)],
    ...(tenant === undefined ? [] : [tenantCount(tenant)]),
  ];
}

type Tenant = NonNullable<NonNullable<RunSummary['simulation']>['tenant']>;

function tenantCount(tenant: Tenant): Count {
  // Older records kept one state alone, and do not say which others changed.
  const { windows, changed, othersChanged, states = 1, changedOf = [] } = tenant;
  const others = `${counted(othersChanged, 'window')} of the others changed, as they should`;
  const remark = [`${counted(states, 'state')} in turn`, others, ...changedOf];
  return [
    'tenant',
    'windows that other states’ measurements change',
    changed,
    windows,
    some(remark),
  ];
}

function countsOfRepeats({ tally, recheck, simulation }: RunSummary): Count[] {
  const { crossChecked, crossCheckMismatches } = tally;
  const backend = 'reports that a second backend computes otherwise';
  const counts: Count[] = [['crosscheck', backend, crossCheckMismatches, crossChecked]];
  if (recheck !== undefined) {
    const { shards, differing } = recheck;
    const which = some(differing.map((shard) => `shard ${shard}`));
    counts.push(['det', 'shards that came out otherwise again', differing.length, shards, which]);
  }
  if (simulation?.rerun !== undefined) {
    const { digest, firstDifference = '-' } = simulation.rerun;
    const isSame = digest === simulation.journal.digest;
    const remark = isSame
      ? `all ${counted(simulation.journal.count, 'event')} the same`
      : `first different event: ${firstDifference}`;
    counts.push(['det', 'second runs with other events', isSame ? 0 : 1, 1, remark]);
  }
  return counts;
}

function some(texts: readonly string[]): string {
  const more = texts.length - EXAMPLES_MAX;
  const shown = texts.slice(0, EXAMPLES_MAX);
  return [...shown, ...(more > 0 ? [`${formatCount(more)} more`] : [])].join('; ');
}
