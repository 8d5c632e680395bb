/**
 * `outcome`: whether what the catalogue demands of a fault has come of it, as a pure function of
 * the run record. Where the catalogue names several outcomes, any of them is enough. Whatever they
 * are, the fault must have struck, and no report that it touched may have a fate that it does not
 * allow (`judgeFault`).
 */

import { faults as catalogue } from '../faults/catalogue.ts';
import type { FaultId } from '../faults/catalogue.ts';
import type { RequiredOutcome } from '../faults/fault.ts';
import type { ExpectationOutcome, LimitRecord, RunRecord, Verdict } from '../record/run-record.ts';
import type { FaultRecord, SimulationRecord } from '../record/simulation-record.ts';
import { plainOracleIds } from './oracles.ts';
import type { PlainOracleId } from './oracles.ts';

/** What an oracle says of the run. */
export type Ask = (id: PlainOracleId) => Pick<ExpectationOutcome, 'verdict' | 'observed'>;

interface Question {
  readonly record: RunRecord;
  readonly simulation: SimulationRecord;
  readonly of: FaultId;
  /** Its instances that struck. */
  readonly own: readonly FaultRecord[];
  readonly ask: Ask;
}

interface Found {
  readonly verdict: Extract<Verdict, 'pass' | 'fail' | 'vacuous'>;
  readonly said: string;
}

/** Fates that are no refusal: nobody gave a reason. */
const UNREASONED: ReadonlySet<string> = new Set(['accepted', 'lost', 'pending', 'unaccounted']);

const judges: Readonly<Record<RequiredOutcome, (question: Question) => Found>> = {
  recover: recovered,
  prevent: leftNoTrace,
  detect: noticed,
  accept: bounded,
  limit: measured,
};

/**
 * @param base what is judged of every fault: the worst of its instances
 * @param ask what the oracles say of the same run
 */
export function judgeRequired(
  record: RunRecord,
  of: string,
  base: ExpectationOutcome,
  ask: Ask,
): ExpectationOutcome {
  const simulation = record.simulation!;
  const own = simulation.faults.filter(({ id, fired }) => id === of && fired > 0);
  const demanded = catalogue[of as FaultId].outcome;
  const limit = `${base.limit}; ${demanded.join(' or ')}`;
  const id = `outcome ${of}`;
  if (base.verdict !== 'pass') return { ...base, id, limit };
  if (own.length === 0) return { ...base, id, limit, verdict: 'vacuous' };
  const question: Question = { record, simulation, of: of as FaultId, own, ask };
  const found = demanded.map((one) => ({ one, ...judges[one](question) }));
  const best =
    found.find(({ verdict }) => verdict === 'pass') ??
    found.find(({ verdict }) => verdict === 'fail') ??
    found[0]!;
  const n = own.reduce((sum, { fired }) => sum + fired, 0);
  const observed = `${base.observed}; ${best.one}: ${best.said}`;
  return { id, verdict: best.verdict, observed, limit, n };
}

/** The same, held to limits of what was measured of the fault, in whichever of its instances. */
export function withinLimits(
  found: ExpectationOutcome,
  { simulation }: RunRecord,
  of: string,
  atMost: Readonly<Record<string, number>>,
): ExpectationOutcome {
  const own = simulation!.faults.filter(({ id, fired }) => id === of && fired > 0);
  let { verdict, observed, limit } = found;
  for (const [name, most] of Object.entries(atMost)) {
    const sizes = own.flatMap(({ measured }) => measured[name] ?? []);
    limit += `, ${name} at most ${most}`;
    if (sizes.length > 0) observed += `, ${name} ${Number(Math.max(...sizes).toPrecision(4))}`;
    if (sizes.some((size) => size > most)) verdict = 'fail';
    if (sizes.length === 0 && verdict === 'pass') verdict = 'vacuous';
  }
  return { ...found, verdict, observed, limit };
}

/** Whether a fault must leave no trace in the results. */
function isTraceless(id: string): boolean {
  return catalogue[id as FaultId].outcome.every((one) => one === 'recover' || one === 'prevent');
}

/** No other fault struck that may cost something, and no device cheated. */
function isAlone({ record, simulation, of }: Question): boolean {
  const others = simulation.faults.filter(({ id, fired }) => id !== of && fired > 0);
  return others.every(({ id }) => isTraceless(id)) && record.scenario.adversaries.length === 0;
}

/**
 * The results are as if the fault had not been: what it touched is counted as well. Where recovery
 * is all that may come of it, a refusal that a strike allows is `judgeFault`'s: a batch that is
 * empty at one side only is refused by name.
 */
function recovered(question: Question): Found {
  const { simulation, of, own } = question;
  const found = leftNoTrace(question);
  if (found.verdict !== 'pass') return found;
  if (simulation.windows.published === 0) {
    return { verdict: 'vacuous', said: 'nothing was published' };
  }
  const { touched, uncounted, unreasoned } = costOf(own);
  const missing = catalogue[of].outcome.length > 1 ? uncounted : unreasoned;
  if (missing === 0 || !isAlone(question)) return found;
  return {
    verdict: 'fail',
    said: `${missing} of the ${touched} reports that it touched not counted`,
  };
}

/** Reports that a fault touched, those of them that are not counted, and those without a reason. */
function costOf(own: readonly FaultRecord[]) {
  const sizes = { touched: 0, uncounted: 0, unreasoned: 0 };
  for (const [fate, count] of own.flatMap(({ fates }) => Object.entries(fates))) {
    sizes.touched += count;
    if (fate === 'accepted' || fate === 'below-minimum') continue;
    sizes.uncounted += count;
    if (UNREASONED.has(fate)) sizes.unreasoned += count;
  }
  return sizes;
}

/**
 * Nothing is wrong over the whole run. Another fault that may cost something explains sums that are
 * wrong; fates and windows that no fault accounts for, it does not.
 */
function leftNoTrace(question: Question): Found {
  const { record, simulation, of, ask } = question;
  if (record.interrupted) return { verdict: 'vacuous', said: 'the run was cut short' };
  const isOnly = isAlone(question);
  const asked: PlainOracleId[] = ['live'];
  // Sums over forged reports are exact as well.
  if (catalogue[of].checkers.includes('noforge')) asked.unshift('noforge');
  // A window that another fault made too small takes with it what no fault touched.
  if (isOnly || simulation.reports.wrong > 0) asked.unshift('blast');
  if (isOnly) asked.unshift('sum.exact', 'once', 'conserve');
  const red = asked.map((id) => ({ id, ...ask(id) })).filter(({ verdict }) => verdict === 'fail');
  if (red.length === 0) return { verdict: 'pass', said: `${asked.join(', ')} hold` };
  return { verdict: 'fail', said: red.map(({ id, observed }) => `${id}: ${observed}`).join('; ') };
}

/** Somebody has noticed: a party that refused, or an oracle that is red because of it. */
function noticed({ simulation, of, own, ask }: Question): Found {
  if (own.every((one) => refusedUnder(of, one).length > 0)) {
    return { verdict: 'pass', said: refusalsOf(of, own) };
  }
  const red = redCheckers(of, ask);
  const because = red.find((by) => isBecauseOf(simulation, of, by));
  if (because !== undefined) return { verdict: 'pass', said: `${because} is red because of it` };
  if (red.length > 0) return { verdict: 'fail', said: `${red[0]} is red without it as well` };
  return { verdict: 'fail', said: 'nobody noticed' };
}

/** Reasons of the fault's card under which something was refused that it touched or made. */
function refusedUnder(of: FaultId, { fates, refused }: FaultRecord): string[] {
  const reasons: readonly string[] = catalogue[of].reasons ?? [];
  return Object.keys({ ...fates, ...refused }).filter((one) => reasons.includes(one));
}

/** How much was refused for what its card names, and how many reports that it touched were not. */
function refusalsOf(of: FaultId, own: readonly FaultRecord[]): string {
  const total = (reason: string, what: 'fates' | 'refused'): number =>
    own.reduce((sum, one) => sum + (one[what][reason] ?? 0), 0);
  const reasons = new Set(own.flatMap((one) => refusedUnder(of, one)));
  const named = [...reasons].map((reason) => {
    const others = total(reason, 'refused');
    const more = others === 0 ? '' : ` (and ${others} copies, batches or windows)`;
    return `${reason} ${total(reason, 'fates')}${more}`;
  });
  const { touched, uncounted } = costOf(own);
  const counted = `${touched - uncounted} of the ${touched} reports that it touched counted`;
  return `${named.join(', ')}; ${counted}`;
}

function redCheckers(of: FaultId, ask: Ask): PlainOracleId[] {
  return catalogue[of].checkers.filter(isPlain).filter((id) => ask(id).verdict === 'fail');
}

/** Oracles that are asked whether they have noticed the fault, where no refusal shows it. */
export function askedToNotice(record: RunRecord, of: FaultId): PlainOracleId[] {
  const own = record.simulation!.faults.filter(({ id, fired }) => id === of && fired > 0);
  const isRefused = own.every((one) => refusedUnder(of, one).length > 0);
  const { outcome, checkers } = catalogue[of];
  return isRefused || !outcome.includes('detect') ? [] : checkers.filter(isPlain);
}

/** Whether an oracle that is red is not in a run without the fault. */
export function isBecauseOf({ without }: SimulationRecord, of: string, by: string): boolean {
  const verdict = without?.[of]?.[by];
  return verdict !== undefined && verdict !== 'fail';
}

const isPlain = (id: string): id is PlainOracleId =>
  (plainOracleIds as readonly string[]).includes(id);

/** It costs no more than reports that it touched. */
function bounded(question: Question): Found {
  const { record, simulation, own } = question;
  const { touched, uncounted } = costOf(own);
  const { untouchedLost } = simulation.reports;
  const cost = `${uncounted} of the ${touched} reports that it touched not counted`;
  if (record.interrupted || untouchedLost === 0 || !isAlone(question)) {
    return { verdict: 'pass', said: cost };
  }
  return { verdict: 'fail', said: `${cost}, and ${untouchedLost} that it did not touch` };
}

/**
 * Known limits that showed in a run, whether or not anybody asked for the fault's `outcome`: each
 * fault that may end as a limit, struck and was measured. Not where it may also be noticed and
 * something was refused for what its card names.
 */
export function limitsOf({ simulation }: RunRecord): LimitRecord[] {
  const all = (simulation?.faults ?? []).map((one) => ({
    one,
    card: catalogue[one.id as FaultId],
  }));
  return all.flatMap(({ one, card }) => {
    const sizes = sizesOf(one);
    if (!card.outcome.includes('limit') || one.fired === 0 || sizes.length === 0) return [];
    if (card.outcome.length > 1 && refusedUnder(one.id as FaultId, one).length > 0) return [];
    const { id, at, fired } = one;
    const place = at === undefined ? {} : { at };
    return [{ id, ...place, about: card.about, fired, measured: Object.fromEntries(sizes) }];
  });
}

function sizesOf({ measured: sizes }: FaultRecord): [string, number][] {
  return Object.entries(sizes).filter(([, size]) => isFinite(size));
}

/** A known limit: how far it goes is in the record. */
function measured({ own }: Question): Found {
  const sizes = own.map(sizesOf);
  if (sizes.some((some) => some.length === 0)) return { verdict: 'vacuous', said: 'not measured' };
  const shown = sizes.flat().map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`);
  return { verdict: 'pass', said: shown.join(', ') };
}
