/**
 * The oracles of runs in simulated time: pure functions of the run record.
 *
 * A failure: a published total that is not exact, a report with a fate that neither honesty nor a
 * fault that struck it explains, a window that stays open without excuse. Not a failure: a window
 * that was held because of a fault, or a report that a fault was allowed to cost. Vacuous: nothing
 * was published, no report came to an end, no fault struck, nothing was written twice.
 */

import type { Vendor } from '@priolab/roles';

import { cellSettings } from '../scenario/cell-settings.ts';
import type { CellRecord, ExpectationOutcome, RunRecord } from '../record/run-record.ts';
import { judgeRequired, withinLimits } from './outcomes.ts';
import type { Ask } from './outcomes.ts';
import { checkViews } from './view.ts';
import type {
  FaultRecord,
  SimulationRecord,
  UnexplainedCount,
} from '../record/simulation-record.ts';

type Expectation = Exclude<RunRecord['scenario']['expect'][number], string>;
type Outcome = Omit<ExpectationOutcome, 'id'>;

export type SimulatedCheck = (record: RunRecord, simulation: SimulationRecord) => Outcome;

const PLACES_MAX = 4;

function outcome(options: {
  readonly n: number;
  readonly failed: boolean;
  readonly observed: string;
  readonly limit: string;
}): Outcome {
  const { n, failed, observed, limit } = options;
  const verdict = failed ? 'fail' : n === 0 ? 'vacuous' : 'pass';
  return { verdict, observed: n === 0 && !failed ? `no data: ${observed}` : observed, limit, n };
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

function isPublished(cell: CellRecord): boolean {
  return cell.totals !== undefined;
}

function cellName({ state, vendor, metric, windowStartMs }: CellRecord): string {
  return `${state}/${vendor} ${metric} ${new Date(windowStartMs).toISOString().slice(0, 16)}Z`;
}

/** `sum.exact`: what is published is exact, bin by bin. What is not published is `live`'s. */
const checkSums: SimulatedCheck = ({ cells }) => {
  const published = cells.filter(isPublished);
  const wrong = published.filter(({ totals, truth }) =>
    totals!.some((total, bin) => total !== truth.noisy[bin]),
  );
  const [first] = wrong;
  return outcome({
    n: published.reduce((sum, { truth }) => sum + truth.count, 0),
    failed: wrong.length > 0,
    observed:
      `${wrong.length} of ${plural(published.length, 'published window')} wrong` +
      (first === undefined ? '' : `; first: ${cellName(first)}`),
    limit: 'every bin equal to the true sum over accepted reports',
  });
};

/** `count.exact`: published windows count the accepted reports, at both processors. */
const checkCounts: SimulatedCheck = ({ cells }) => {
  const published = cells.filter(isPublished);
  const wrong = published.filter(
    ({ counts, truth }) => counts.leader !== truth.count || counts.helper !== truth.count,
  );
  const [first] = wrong;
  return outcome({
    n: published.reduce((sum, { truth }) => sum + truth.count, 0),
    failed: wrong.length > 0,
    observed:
      `${wrong.length} of ${plural(published.length, 'count')} wrong` +
      (first === undefined
        ? ''
        : `; first: ${cellName(first)}: ${first.counts.leader} and ${first.counts.helper}, ` +
          `accepted ${first.truth.count}`),
    limit: 'both processors count the accepted reports',
  });
};

/** Where reports stopped: `us-wa 12 pending (leader)`. */
function placesOf(unexplained: readonly UnexplainedCount[]): string {
  const shown = unexplained
    .slice(0, PLACES_MAX)
    .map(({ state, hop, fate, count }) => `${state} ${count} ${fate} (${hop})`);
  return shown.join(', ') + (unexplained.length > PLACES_MAX ? ', ...' : '');
}

/**
 * `conserve`: each report has one fate. What is pending, lost or not sent is so as a fault that
 * struck it, its batch or its window allows that. Which reason a refusal must have is for `reason`.
 */
const checkConservation: SimulatedCheck = (
  { fates, cells, population, interrupted },
  { reports: { unexplained = [] } },
) => {
  const total = (name?: string): number =>
    fates.reduce(
      (sum, one) => sum + (name === undefined || one.outcome === name ? one.count : 0),
      0,
    );
  // What the processors say that they counted is for `count.exact`.
  const counted = cells.filter(isPublished).reduce((sum, { truth }) => sum + truth.count, 0);
  const unsent = fates
    .filter(({ reason }) => reason === 'not-sent')
    .reduce((sum, { count }) => sum + count, 0);
  const without = unexplained.reduce((sum, { count }) => sum + count, 0);
  const problems = [
    [total(), population.reports, 'fates for planned reports'],
    [total('accepted'), counted, 'accepted reports for those in published sums'],
    [total('unaccounted'), 0, 'unaccounted'],
  ] as const;
  const wrong = interrupted ? [] : problems.filter(([got, expected]) => got !== expected);
  const shown = [
    ...wrong.map(([got, expected, what]) => `; ${what}: ${got}, expected ${expected}`),
    ...(without === 0 ? [] : [`; ${without} that no fault allows: ${placesOf(unexplained)}`]),
  ];
  const names = ['accepted', 'rejected', 'lost', 'pending'];
  return outcome({
    // Where no report came to an end, nothing shows that any could.
    n: total('accepted') + total('rejected') - unsent,
    failed: wrong.length > 0 || without > 0,
    observed: `${names.map((name) => `${total(name)} ${name}`).join(', ')}${shown.join('')}`,
    limit: 'each report accepted or refused, or without an end as a fault allows',
  });
};

/** `once`: no report is in two sums, no phone counts twice, no window is published twice. */
const checkOnce: SimulatedCheck = ({ tally, fates }, { windows, identities }) =>
  outcome({
    n: fates.find(({ outcome: name }) => name === 'accepted')?.count ?? 0,
    failed: tally.doubled > 0 || identities.twice > 0 || windows.publishedTwice > 0,
    observed:
      `${plural(tally.doubled, 'report')} counted more than once, ` +
      `${identities.twice} of ${plural(identities.counted, 'phone')} counted twice, ` +
      `${plural(windows.publishedTwice, 'window')} published twice`,
    limit: 'none',
  });

/** Held because the two did not sum the same reports, or did not tell everybody the same. */
const SETS_DIFFER: ReadonlySet<string> = new Set([
  'batches-differ',
  'counts-differ',
  'included-differ',
  'sums-differ',
]);

/** `sets.equal`: where both processors decided, they decided the same about the same batches. */
const checkSets: SimulatedCheck = ({ tally, cells }) => {
  const differing = cells.filter(({ held }) => held !== undefined && SETS_DIFFER.has(held.reason));
  return outcome({
    n: tally.points,
    failed: tally.disagreements > 0 || differing.length > 0,
    observed:
      `${plural(tally.disagreements, 'report')} accepted by one processor only, ` +
      `${plural(differing.length, 'pair')} of sums that differ`,
    limit: 'none',
  });
};

/** `reason`: every fate is one that honesty or a fault that struck the report calls for. */
const checkReasons: SimulatedCheck = ({ population }, { reports }) => {
  const examples = reports.wrongExamples.map(
    ({ report, fate, allowed }) => `report ${report} ${fate} (allowed: ${allowed.join(' or ')})`,
  );
  return outcome({
    n: population.reports,
    failed: reports.wrong > 0,
    observed:
      `${plural(reports.wrong, 'report')} with a fate that is not theirs` +
      (examples.length === 0 ? '' : `; ${examples.slice(0, 2).join('; ')}`),
    limit: 'untouched: accepted; struck: as the fault allows',
  });
};

/** `rand.safe`: no unsafe r; no id, seed, blinds or ephemeral key used twice; no blind is zero. */
const checkRandomness: SimulatedCheck = ({ tally }, { zeroBlinds }) => {
  const { points, unsafePoints, freshValues, repeatedValues } = tally;
  return outcome({
    n: Math.min(points, freshValues),
    failed: unsafePoints > 0 || repeatedValues > 0 || zeroBlinds > 0,
    observed:
      `${unsafePoints} of ${points} points r unsafe, ${repeatedValues} of ${freshValues} ids, ` +
      `seeds, blinds and ephemeral keys repeated, ${plural(zeroBlinds, 'zero blind')}`,
    limit: 'none',
  });
};

/** `blast`: what no fault touched is counted. */
const checkBlast: SimulatedCheck = (_record, { reports, faults }) =>
  outcome({
    n: faults.some(({ fired }) => fired > 0) ? reports.untouched : 0,
    failed: reports.untouchedLost > 0,
    observed:
      `${reports.untouchedLost} of ${plural(reports.untouched, 'untouched report')} ` +
      'not counted',
    limit: 'none',
  });

/** `live`: everything that can come to its end has: windows published, no task left. */
const checkLiveness: SimulatedCheck = (_record, { windows, openTasks }) => {
  const open = windows.open + windows.held - windows.excused;
  const tasks = openTasks.leader + openTasks.helper;
  const { late = 0, excusedTasks = 0 } = windows;
  const failed = open > 0 || late > 0 || tasks > excusedTasks;
  return outcome({
    n: windows.due,
    failed,
    observed:
      `${windows.published} of ${plural(windows.due, 'window')} published, ${windows.suppressed} ` +
      `suppressed, ${windows.excused} excused by a fault, ${open} open; ${plural(tasks, 'task')} ` +
      `left${excusedTasks === 0 ? '' : ` (${excusedTasks} of excused windows)`}` +
      `${late === 0 ? '' : `, ${plural(late, 'window')} later than liveness allows`}` +
      `${windows.examples.length === 0 ? '' : `; first: ${windows.examples[0]}`}`,
    limit: 'every window published or excused, and no task left of any other',
  });
};

/** `fresh`: servers took in nothing that is older, or further ahead, than the rules allow. */
const checkFreshness: SimulatedCheck = (_record, { stale }) =>
  outcome({
    n: stale.of,
    failed: stale.count > 0,
    observed: `${stale.count} of ${plural(stale.of, 'upload')} taken in too old or too new`,
    limit: 'none',
  });

/** `minbatch.on_accepted`: no window of fewer reports, or fewer honest ones, is published. */
const checkMinimum: SimulatedCheck = ({ scenario, cells }) => {
  const published = cells.filter(isPublished).map(({ state, vendor, counts, truth }) => ({
    // What the processors say that they have summed, and how many honest phones are in it.
    count: Math.min(counts.leader, counts.helper, truth.honestCount),
    least: cellSettings(scenario, state, vendor as Vendor).minBatch,
  }));
  const limited = published.filter(({ least }) => least > 1);
  const small = limited.filter(({ count, least }) => count < least);
  const fewest = Math.min(...limited.map(({ count }) => count));
  const leasts = [...new Set(limited.map(({ least }) => least))].sort((a, b) => a - b);
  return outcome({
    n: limited.length,
    failed: small.length > 0,
    observed:
      limited.length === 0
        ? `${plural(published.length, 'published window')}, none with a minimum above 1`
        : `${small.length} published windows too small; the smallest has ${fewest} honest reports`,
    limit: limited.length === 0 ? 'a minimum' : `at least ${leasts.join(' or ')}`,
  });
};

/** `idem`: what was written again was the same. */
const checkIdempotence: SimulatedCheck = (_record, { rewrites }) =>
  outcome({
    n: rewrites.count,
    failed: rewrites.changed > 0,
    observed: `${rewrites.changed} of ${plural(rewrites.count, 'object')} written again changed`,
    limit: 'the same bytes',
  });

/** `leak.scan`: no private key, and no seed, phone or time of a report, where it must not be. */
const checkLeaks: SimulatedCheck = (_record, { leaks }) =>
  outcome({
    n: leaks.bytes === 0 ? 0 : leaks.secrets,
    failed: leaks.found > 0,
    observed:
      `${leaks.found} of ${plural(leaks.secrets, 'secret')} found in ${leaks.bytes} bytes` +
      (leaks.unsearched === 0 ? '' : ` (${leaks.unsearched} more not kept, not searched)`) +
      (leaks.found === 0 ? '' : `: ${(leaks.places ?? []).slice(0, 3).join(', ')}`),
    limit: 'none',
  });

/** `det`: the same scenario once more gives the same events. */
const checkDeterminism: SimulatedCheck = (_record, { rerun, journal }) =>
  outcome({
    n: rerun === undefined ? 0 : journal.count,
    failed: rerun !== undefined && rerun.digest !== journal.digest,
    observed:
      rerun === undefined
        ? 'no second run'
        : rerun.digest === journal.digest
          ? `${journal.count} events, the same twice`
          : `first different event: ${rerun.firstDifference}`,
    limit: 'the same events in the same order',
  });

/** `tenant`: what is shown of a state does not depend on the others. */
const checkTenants: SimulatedCheck = (_record, { tenant }) =>
  outcome({
    // Where the other states' windows did not change, nothing was put to the test.
    n: tenant === undefined || tenant.othersChanged === 0 ? 0 : tenant.windows,
    failed: tenant !== undefined && tenant.changed > 0,
    observed:
      tenant === undefined
        ? 'no second run'
        : `${tenant.changed} of ${plural(tenant.windows, 'window')} of ` +
          `${plural(tenant.states ?? 1, 'state')} in turn shown otherwise` +
          `${listed(tenant.changedOf)}; ` +
          `${tenant.othersChanged} of other states, whose measurements were replaced`,
    limit: 'none of the state whose measurements stay',
  });

const listed = (names: readonly string[] = []): string =>
  names.length === 0 ? '' : ` (${names.join(', ')})`;

export const simulatedChecks = {
  'sum.exact': checkSums,
  'count.exact': checkCounts,
  conserve: checkConservation,
  once: checkOnce,
  'sets.equal': checkSets,
  reason: checkReasons,
  'rand.safe': checkRandomness,
  blast: checkBlast,
  live: checkLiveness,
  fresh: checkFreshness,
  'minbatch.on_accepted': checkMinimum,
  idem: checkIdempotence,
  'leak.scan': checkLeaks,
  det: checkDeterminism,
  tenant: checkTenants,
  'view.indist': (_record, simulation) => checkViews(simulation),
} as const satisfies Readonly<Record<string, SimulatedCheck>>;

/** What is judged of every fault without being asked: that it struck, and that no fate is wrong. */
export function judgeFault(fault: FaultRecord): ExpectationOutcome {
  const { id, fired, fires, fates, unexpected, measured } = fault;
  const seen = [
    ...Object.entries(fates).map(([name, count]) => `${count} ${name}`),
    ...Object.entries(measured).map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`),
  ];
  const verdict = unexpected > 0 ? 'fail' : fired < fires ? 'vacuous' : 'pass';
  return {
    id,
    verdict,
    observed: `struck ${plural(fired, 'time')}${seen.length === 0 ? '' : `: ${seen.join(', ')}`}`,
    limit: `at least ${plural(fires, 'time')}, and nothing that it does not allow`,
    n: fired,
  };
}

/**
 * `outcome`: what the catalogue demands of a fault, over all its instances.
 *
 * @param atMost limits of what is measured of it, by name
 */
export function judgeOutcome(
  record: RunRecord,
  of: string,
  ask: Ask,
  atMost: Readonly<Record<string, number>> = {},
): ExpectationOutcome {
  const own = record.simulation!.faults.filter(({ id }) => id === of).map(judgeFault);
  const worst =
    own.find(({ verdict }) => verdict === 'fail') ??
    own.find(({ verdict }) => verdict === 'vacuous') ??
    own[0]!;
  return withinLimits(judgeRequired(record, of, worst, ask), record, of, atMost);
}

/** `detected`: the oracle is red in a run in which the fault struck, and without it is not. */
export function judgeDetection(
  { faults, without }: SimulationRecord,
  of: string,
  found: ExpectationOutcome,
): ExpectationOutcome {
  const fired = faults.filter(({ id }) => id === of).reduce((sum, one) => sum + one.fired, 0);
  const other = without?.[of]?.[found.id];
  const isNoticed = found.verdict === 'fail' && other !== 'fail';
  // Where nothing stands behind what the oracle says, it could not have noticed anything.
  const isUnknown = fired === 0 || other === undefined || found.verdict === 'vacuous';
  const verdict = isUnknown ? 'vacuous' : isNoticed ? 'pass' : 'fail';
  const observed = `${found.observed}; without the fault: ${other ?? 'no run'}`;
  const limit = 'red because of it';
  return { id: `${found.id} notices ${of}`, verdict, observed, limit, n: fired };
}

/** `sometimes`, `reachable`, `never`: how often something happened. */
export function judgeEvent(
  { events, faults }: SimulationRecord,
  expectation: Extract<Expectation, { readonly kind: 'sometimes' | 'reachable' | 'never' }>,
): ExpectationOutcome {
  const { kind, id } = expectation;
  const struck = faults
    .filter((fault) => fault.id === id)
    .reduce((sum, { fired }) => sum + fired, 0);
  const count = struck + (events[id] ?? 0);
  const named = { id: `${kind} ${id}`, observed: plural(count, 'time'), n: count };
  if (expectation.kind === 'sometimes') return { ...named, ...judgeTimes(count, expectation) };
  if (expectation.kind === 'never') {
    // Something must have gone on in which it could have happened.
    const n = Object.values(events).reduce((sum, times) => sum + times, 0);
    const verdict = count > 0 ? 'fail' : n === 0 ? 'vacuous' : 'pass';
    return { ...named, verdict, limit: 'never', n };
  }
  const verdict = count > 0 ? 'pass' : 'vacuous';
  return { ...named, verdict, limit: 'at least once' };
}

function judgeTimes(
  count: number,
  {
    atLeast,
    atMost = Infinity,
  }: { readonly atLeast: number; readonly atMost?: number | undefined },
) {
  const verdict = count > atMost ? 'fail' : count < atLeast ? 'vacuous' : 'pass';
  const limit = `at least ${atLeast}${atMost === Infinity ? '' : `, at most ${atMost}`}`;
  return { verdict, limit } as const;
}
