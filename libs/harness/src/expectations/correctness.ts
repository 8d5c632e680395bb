/**
 * The exact oracles: integers against integers, no tolerance.
 */

import { adversaries as catalogue } from '../adversary/catalogue.ts';
import type { AdversaryId } from '../adversary/catalogue.ts';
import type {
  AdversaryRecord,
  CellRecord,
  ExpectationOutcome,
  RunRecord,
} from '../record/run-record.ts';
import { deviationText, isAbsent, lossKinds } from './deployed.ts';
import { poissonLowerBound, poissonUpperTail } from '../statistics/poisson.ts';

type Outcome = Omit<ExpectationOutcome, 'id'>;

/** Below this probability, escaped forgeries are no bad luck. */
const FORGERY_ALPHA = 1e-4;

function outcome(options: {
  n: number;
  failed: boolean;
  observed: string;
  limit: string;
}): Outcome {
  const { n, failed, observed, limit } = options;
  // What is seen to be wrong is wrong; what has nothing behind it is never right.
  const verdict = failed ? 'fail' : n === 0 ? 'vacuous' : 'pass';
  return { verdict, observed: n === 0 && !failed ? `no data: ${observed}` : observed, limit, n };
}

function cellName({ state, vendor, metric, windowStartMs }: CellRecord): string {
  const window = new Date(windowStartMs).toISOString().slice(0, 16);
  return `${state}/${vendor} ${metric} ${window}Z`;
}

function acceptedCount({ cells }: RunRecord): number {
  return cells.reduce((sum, { truth }) => sum + truth.count, 0);
}

/** What the catalogue says of an adversary of the record; undefined for one it does not know. */
function deedOf({ id }: AdversaryRecord) {
  return Object.hasOwn(catalogue, id) ? catalogue[id as AdversaryId] : undefined;
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

/** `sum.exact`: every published total, bin by bin, is the sum over the accepted reports. */
export function checkSums(record: RunRecord): Outcome {
  let binCount = 0;
  const wrong: string[] = [];
  for (const cell of record.cells) {
    if (cell.totals === undefined && isAbsent(record, cell)) continue;
    if (cell.totals === undefined) {
      wrong.push(`${cellName(cell)}: held, ${cell.held?.reason}`);
      continue;
    }
    binCount += cell.totals.length;
    const bin = cell.totals.findIndex((total, i) => total !== cell.truth.noisy[i]);
    if (bin === -1) continue;
    const { [bin]: expected } = cell.truth.noisy;
    wrong.push(`${cellName(cell)} bin ${bin}: got ${cell.totals[bin]}, expected ${expected}`);
  }
  const deviation = deviationText(record, ['totals']);
  if (deviation !== undefined) wrong.push(deviation);
  const shown = wrong.length === 0 ? '' : `; first: ${wrong[0]}`;
  const isNothing = binCount === 0 && record.cells.some((cell) => isAbsent(record, cell));
  return outcome({
    n: isNothing ? 0 : acceptedCount(record),
    failed: wrong.length > 0,
    observed:
      `${plural(binCount, 'bin')} in ${record.cells.length} totals, ` +
      `${wrong.length} wrong${shown}`,
    limit: 'every bin equal to the true sum over accepted reports',
  });
}

/** `count.exact`: both processors count what was accepted, and nothing else. */
export function checkCounts(record: RunRecord): Outcome {
  const wrong = record.cells.filter((cell) => {
    const { counts, truth } = cell;
    if (isAbsent(record, cell)) return false;
    return counts.leader !== truth.count || counts.helper !== truth.count;
  });
  const [first] = wrong;
  const shown =
    first === undefined
      ? ''
      : `; first: ${cellName(first)}: leader ${first.counts.leader}, helper ` +
        `${first.counts.helper}, accepted ${first.truth.count}`;
  const deviation = deviationText(record, ['clients']);
  const differing = deviation === undefined ? '' : `; ${deviation}`;
  return outcome({
    n: acceptedCount(record),
    failed: wrong.length > 0 || deviation !== undefined,
    observed: `${plural(record.cells.length, 'count')}, ${wrong.length} wrong${shown}${differing}`,
    limit: 'both processors count the accepted reports',
  });
}

/** `conserve`: every report planned, and every copy, has one fate; none is lost. */
export function checkConservation(record: RunRecord): Outcome {
  const { fates, copyFates, tally, population, cells } = record;
  const { rung, fullReports, sharesOnlyReports } = record.fidelity;
  const total = (list: typeof fates, name?: string): number =>
    list.reduce(
      (sum, fate) => sum + (name === undefined || fate.outcome === name ? fate.count : 0),
      0,
    );
  const accepted = total(fates, 'accepted') + total(copyFates, 'accepted');
  const rejectedAtProcessors = [...fates, ...copyFates]
    .filter(({ outcome: name, hop }) => name === 'rejected' && hop !== 'ingestor')
    .reduce((sum, { count }) => sum + count, 0);
  const examined = cells.reduce(
    (sum, { counts }) => sum + counts.leader + counts.leaderRejected,
    0,
  );
  const pending = total(fates, 'pending');
  const sentTwice = record.adversaries
    .filter((adversary) => deedOf(adversary)?.resends !== undefined)
    .reduce((sum, { fired }) => sum + fired, 0);
  const problems = [
    [total(fates), population.reports, 'fates for planned reports'],
    [tally.copies, sentTwice, 'copies for reports sent twice'],
    [total(copyFates), tally.copies, 'fates for copies'],
    [fullReports + sharesOnlyReports, population.reports - pending, 'reports seen on their way'],
    [tally.uploads, fullReports + tally.copies, 'uploads for reports and copies'],
    [rung === 'full' ? sharesOnlyReports : 0, 0, 'reports without transport in a full run'],
    [rung === 'shares-only' ? fullReports : 0, 0, 'reports with transport in a shares-only run'],
    [examined, accepted + rejectedAtProcessors, 'reports examined by the leader'],
    [record.interrupted ? 0 : pending, 0, 'pending in a finished run'],
    [total(fates, 'unaccounted'), 0, 'unaccounted'],
    [total(fates, 'lost'), 0, 'lost'],
  ].filter(([got, expected]) => got !== expected);
  const rejected = total(fates, 'rejected');
  const sums = `${accepted} accepted, ${rejected} rejected, ${pending} pending`;
  const [first] = problems;
  const deviation = deviationText(record, lossKinds);
  const shown = [
    ...(first === undefined ? [] : [`; ${first[2]}: ${first[0]}, expected ${first[1]}`]),
    ...(deviation === undefined ? [] : [`; ${deviation}`]),
  ].join('');
  const judged = outcome({
    n: population.reports - pending,
    failed: problems.length > 0 || deviation !== undefined,
    observed: `${population.reports} reports: ${sums}; ${tally.copies} copies${shown}`,
    limit: 'every report has exactly one fate, none unaccounted or lost',
  });
  // A sample in which one of the parts is empty is another rung under a wrong name.
  if (judged.verdict !== 'pass' || rung !== 'sampled') return judged;
  if (fullReports > 0 && sharesOnlyReports > 0) return judged;
  const empty = `${fullReports} reports with transport, ${sharesOnlyReports} without`;
  return { ...judged, verdict: 'vacuous', observed: `a part of the sample is empty: ${empty}` };
}

/**
 * `once`: no report is in a sum twice, and no id in two. Exact over all blocks of a shard, copies
 * that come on the next day included, and by the first 96 bits of the ids over all shards of a day.
 * An id used again on another day is seen by `rand.safe`, for one device in 64.
 */
export function checkOnce(record: RunRecord): Outcome {
  const { doubled } = record.tally;
  return outcome({
    n: acceptedCount(record),
    failed: doubled > 0,
    observed: `${plural(doubled, 'report')} counted more than once${unplayed(record)}`,
    limit: 'none',
  });
}

/** What no copy of an upload could show. */
function unplayed({ fidelity }: RunRecord): string {
  return fidelity.fullReports > 0 ? '' : '; no uploads, so nothing is shown about replays';
}

/** `sets.equal`: both processors accept the same reports of the same batches. */
export function checkSets(record: RunRecord): Outcome {
  const { disagreements, points } = record.tally;
  const held = record.cells.filter((cell) => cell.held !== undefined && !isAbsent(record, cell));
  const [first] = held;
  const shown =
    first === undefined
      ? ''
      : `; ${held.length} held, first: ${cellName(first)}: ${first.held!.reason}`;
  return outcome({
    n: points,
    failed: disagreements > 0 || held.length > 0,
    observed: `${plural(disagreements, 'report')} accepted by one processor only${shown}`,
    limit: 'none, and every pair of sums adds up',
  });
}

/** The smallest number of escapes that would fail. */
function fewestSuspicious(escapeBound: number): number {
  let count = 1;
  while (poissonUpperTail(count, escapeBound) >= FORGERY_ALPHA) count++;
  return count;
}

/** `noforge`: no report that breaks the rules is counted, but for what soundness allows. */
export function checkForgeries(record: RunRecord): Outcome {
  const { soundnessTrials, soundnessEscapes, otherEscapes, escapeBound } = record.tally;
  const { forgedByFaults = 0 } = record.tally;
  const low = poissonLowerBound(soundnessEscapes, FORGERY_ALPHA);
  const tried = record.adversaries
    .filter((adversary) => {
      const deed = deedOf(adversary);
      return deed !== undefined && deed.refusedAs.length > 0 && deed.resends === undefined;
    })
    .reduce((sum, { fired }) => sum + fired, forgedByFaults);
  return {
    ...outcome({
      n: tried,
      failed: otherEscapes > 0 || low > escapeBound,
      observed:
        `${otherEscapes} of ${tried - soundnessTrials} malformed and ${soundnessEscapes} of ` +
        `${soundnessTrials} forged reports counted`,
      limit:
        '0 malformed; forged within the soundness bound ' +
        `(${escapeBound.toExponential(1)} expected)`,
    }),
    power: { alpha: FORGERY_ALPHA, detectable: `${fewestSuspicious(escapeBound)} or more` },
    ...(soundnessTrials === 0
      ? {}
      : {
          value: soundnessEscapes,
          interval: {
            of: 'mean number of forged reports counted',
            unit: 'reports',
            low,
            level: 1 - FORGERY_ALPHA,
            due: escapeBound,
          },
        }),
  };
}

/** `reason`: honest reports are accepted, each cheat is refused for its documented reason. */
export function checkReasons(record: RunRecord): Outcome {
  const { wrongFates, wrongFateExamples, wrongCopies } = record.tally;
  const pending = record.fates
    .filter(({ outcome: name }) => name === 'pending')
    .reduce((sum, { count }) => sum + count, 0);
  const idle = record.adversaries.filter(({ fired }) => fired === 0).map(({ id }) => id);
  const shown =
    wrongFateExamples.length === 0 ? '' : `; for example ${wrongFateExamples.join(', ')}`;
  const judged = outcome({
    n: record.population.reports - pending,
    failed: wrongFates + wrongCopies > 0,
    observed:
      `${plural(wrongFates, 'report')} and ${wrongCopies} copies with a fate that is not ` +
      `theirs${shown}`,
    limit: 'honest: accepted; cheats and copies: refused for the documented reason',
  });
  // An adversary that never struck proves nothing.
  if (judged.verdict !== 'pass' || idle.length === 0) return judged;
  return { ...judged, verdict: 'vacuous', observed: `never fired: ${idle.join(', ')}` };
}

/** `rand.safe`: no r in the unsafe set; no seed, key, nonce, id or pair of blinds used twice. */
export function checkRandomness(record: RunRecord): Outcome {
  const kinds =
    record.fidelity.fullReports > 0
      ? 'seeds, keys, nonces, ids and blinds'
      : 'seeds, ids and blinds';
  const { points, unsafePoints, freshValues, repeatedValues } = record.tally;
  return outcome({
    n: Math.min(points, freshValues),
    failed: unsafePoints > 0 || repeatedValues > 0,
    observed:
      `${unsafePoints} of ${points} points r unsafe, ${repeatedValues} of ${freshValues} ` +
      `${kinds} repeated`,
    limit: 'none',
  });
}

/** `det`: a slice of the run, done again in another thread, gives the same. */
export function checkRecheck({ recheck }: RunRecord): Outcome {
  const { shards = 0, differing = [] } = recheck ?? {};
  const shown = differing.length === 0 ? '' : `: ${differing.slice(0, 5).join(', ')}`;
  return outcome({
    n: shards,
    failed: differing.length > 0,
    observed: `${differing.length} of ${plural(shards, 'shard')} done again differ${shown}`,
    limit: 'none',
  });
}

/** `crosscheck`: the reference backend gives the same bytes. */
export function checkCrossCheck(record: RunRecord): Outcome {
  const { rung } = record.fidelity;
  const sent = { full: 'upload', sampled: 'upload or shares', 'shares-only': 'shares' }[rung];
  const { crossChecked, crossCheckMismatches } = record.tally;
  return outcome({
    n: crossChecked,
    failed: crossCheckMismatches > 0,
    observed: `${crossCheckMismatches} of ${plural(crossChecked, 'report')} differ`,
    limit: `none: ${sent}, r, verification messages and verdicts byte for byte`,
  });
}
