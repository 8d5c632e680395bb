/**
 * What was noticed: expectations whose verdicts differ, and for each fault whether it struck and
 * what came of the reports that it touched. From pass to fail is worse, but for `detected`: it
 * passes where a fault broke what an oracle guards, and fails where nothing is left to notice.
 */

import type { ExpectationOutcome, RunSummary } from '../record/run-record.ts';
import type { FaultRecord } from '../record/simulation-record.ts';
import type { ComparisonRow, Judgement } from './comparison.ts';

export function compareDetection(a: RunSummary, b: RunSummary): ComparisonRow[] {
  return [...expectationRows(a, b), ...faultRows(a, b)];
}

/** Some stand twice in a run: they pair in their order. */
function numbered(expectations: readonly ExpectationOutcome[]): Map<string, ExpectationOutcome> {
  const seen = new Map<string, number>();
  return new Map(
    expectations.map((one) => {
      const nth = (seen.get(one.id) ?? 0) + 1;
      seen.set(one.id, nth);
      return [nth === 1 ? one.id : `${one.id} (${nth})`, one];
    }),
  );
}

function expectationRows(a: RunSummary, b: RunSummary): ComparisonRow[] {
  const [one, other] = [numbered(a.expectations), numbered(b.expectations)];
  const shared = [...one].flatMap(([name, outcome]) => {
    const others = other.get(name);
    return others === undefined ? [] : [{ name, a: outcome, b: others }];
  });
  const alike = shared.filter((pair) => pair.a.verdict === pair.b.verdict);
  const changed = shared
    .filter((pair) => pair.a.verdict !== pair.b.verdict)
    .map((pair) => ({ ...pair, ...changeOf(pair, { a, b }) }));
  const unshared = one.size + other.size - 2 * shared.length;
  const passing = (key: 'a' | 'b'): number =>
    shared.filter((pair) => pair[key].verdict === 'pass').length;
  const more = unshared === 0 ? '' : `; ${unshared} are asked of one of the two only`;
  const isAlike = alike.length === shared.length;
  const summary: ComparisonRow = {
    id: 'detection.expectations',
    section: 'detection',
    what: 'expectations that hold',
    unit: `of ${shared.length}`,
    a: passing('a'),
    b: passing('b'),
    direction: 'more is better',
    judgement: shared.length > 0 && isAlike ? 'same' : totalOf(changed.map((one) => one.judgement)),
    why:
      (isAlike
        ? `all ${shared.length} have the same verdict`
        : `${changed.length} of ${shared.length} have another verdict, listed below`) + more,
  };
  const rows = changed.map((pair): ComparisonRow => {
    return {
      id: `detection.expectation.${pair.name}`,
      section: 'detection',
      what: pair.name,
      unit: '',
      a: pair.a.verdict,
      b: pair.b.verdict,
      judgement: pair.judgement,
      why: `${pair.because}a: ${pair.a.observed} | b: ${pair.b.observed}`,
    };
  });
  return [summary, ...rows];
}

interface Change {
  readonly judgement: Judgement;
  /** Said before what was observed: why a verdict is not taken at its word. */
  readonly because: string;
}

/** A verdict that nothing stands behind is neither better nor worse than another. */
function changeOf(
  pair: { readonly a: ExpectationOutcome; readonly b: ExpectationOutcome },
  runs: { readonly a: RunSummary; readonly b: RunSummary },
): Change {
  const isLost = pair.a.verdict === 'pass' && pair.b.verdict === 'fail';
  if (!isLost && !(pair.a.verdict === 'fail' && pair.b.verdict === 'pass')) {
    return { judgement: 'unknown', because: '' };
  }
  const failing = isLost ? runs.b : runs.a;
  const detection = failing.scenario.expect
    .filter(isDetection)
    .find(({ by, of }) => `${by} notices ${of}` === pair.a.id);
  if (detection === undefined) return { judgement: isLost ? 'worse' : 'better', because: '' };
  const { of, by } = detection;
  if (failing.simulation?.without?.[of]?.[by] === 'fail') {
    const because = `${by} is red without the fault as well, so it can’t tell; `;
    return { judgement: 'unknown', because };
  }
  const because = `${by} holds in ${isLost ? 'b' : 'a'} in spite of the fault; `;
  return { judgement: isLost ? 'better' : 'worse', because };
}

type Expected = RunSummary['scenario']['expect'][number];
type Detection = Extract<Expected, { readonly id: 'detected' }>;

function isDetection(one: Expected): one is Detection {
  return typeof one !== 'string' && one.id === 'detected';
}

/** Of several changes: one way only, or not to be told. */
function totalOf(changes: readonly Judgement[]): Judgement {
  const found = new Set(changes.filter((change) => change !== 'unknown'));
  return found.size === 1 ? [...found][0]! : 'unknown';
}

function faultRows(a: RunSummary, b: RunSummary): ComparisonRow[] {
  const [one = [], other = []] = [a.simulation?.faults, b.simulation?.faults];
  return one.flatMap((fault, i): ComparisonRow[] => {
    const others = other[i];
    if (others === undefined || others.id !== fault.id || others.at !== fault.at) return [];
    const texts = { a: textOf(fault), b: textOf(others) };
    return [
      {
        id: `detection.fault.${i}`,
        section: 'detection',
        what: fault.at === undefined ? fault.id : `${fault.id} at ${fault.at}`,
        unit: '',
        ...texts,
        ...judgeFault(fault, others),
      },
    ];
  });
}

function judgeFault(a: FaultRecord, b: FaultRecord): Pick<ComparisonRow, 'judgement' | 'why'> {
  if (a.fired === 0 && b.fired === 0) return { judgement: 'unknown', why: 'it never struck' };
  const touched = ({ fates }: FaultRecord): number =>
    Object.values(fates).reduce((sum, count) => sum + count, 0);
  const why =
    `struck ${a.fired} and ${b.fired} times, touched ${touched(a)} and ${touched(b)} reports; ` +
    `ended otherwise than it allows: ${a.unexpected} and ${b.unexpected}`;
  if (a.unexpected !== b.unexpected) {
    return { judgement: b.unexpected < a.unexpected ? 'better' : 'worse', why };
  }
  return { judgement: textOf(a) === textOf(b) ? 'same' : 'unknown', why };
}

/** What became of the reports that it touched, and what was refused or held for it. */
function textOf({ fired, fates, refused }: FaultRecord): string {
  const listed = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .sort(([, x], [, y]) => y - x)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ');
  const ends = listed(fates);
  const refusals = listed(refused);
  return [
    `${fired} strikes`,
    ...(ends === '' ? [] : [`reports: ${ends}`]),
    ...(refusals === '' ? [] : [`batches and windows: ${refusals}`]),
  ].join('; ');
}
