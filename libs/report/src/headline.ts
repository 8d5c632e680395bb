/**
 * The top of a report: the verdict in one sentence, the command that repeats a run that did not
 * pass, which run this is, and whatever did not pass. The verdict is the record's; nothing is
 * judged here.
 */

import type { ExpectationOutcome, RunSummary, Verdict } from '@priolab/harness';

import { reportsDone } from './known-limits.ts';
import { verdictStyle, type Palette } from './palette.ts';
import { clip, counted, formatCount, sanitise, wrap } from './text.ts';

/** Worst first. */
const PROBLEMS = ['fail', 'invalid', 'vacuous'] as const satisfies readonly Verdict[];

/** What to do about an expectation that nothing stands behind. */
const REMEDIES: Readonly<Record<string, string>> = {
  noforge: 'add adversaries to the scenario, or raise their share',
  'noise.dist': 'more reports, or a smaller system.epsilon: more noise to see',
  unbiased: 'more reports, or a smaller system.epsilon: more noise to see',
  crosscheck: 'switch crypto.crossCheck on, or lower its `every`',
};

/** Expectations of what was published or counted: without that they have nothing to judge. */
const OF_RESULTS: ReadonlySet<string> = new Set([
  'sum.exact',
  'count.exact',
  'once',
  'sets.equal',
  'fresh',
  'minbatch.on_accepted',
  'noise.dist',
  'unbiased',
]);

/** Of the id of an expectation in the sentence. */
const ID_LONGEST = 60;

/**
 * The verdict in one plain sentence, without its word; of what failed it names the first.
 * @param name how the id of an expectation is written, which may be anything
 */
export function verdictSentence(
  summary: RunSummary,
  name: (id: string) => string = sanitise,
): string {
  const { verdict, expectations, fates, population, interrupted } = summary;
  const count = (wanted: Verdict): number =>
    expectations.filter((outcome) => outcome.verdict === wanted).length;
  const done = reportsDone(fates);
  const all = counted(expectations.length, 'expectation');
  const stopped =
    `stopped after ${formatCount(done)} of ${counted(population.reports, 'report')}; ` +
    'what follows covers those only';
  const alsoOf = (...others: Verdict[]): string[] =>
    others.filter((other) => count(other) > 0).map((other) => `${count(other)} ${other}`);
  switch (verdict) {
    case 'pass':
      return expectations.length === 1
        ? `the one expectation holds, over ${counted(done, 'report')}`
        : `all ${all} hold, over ${counted(done, 'report')}`;
    case 'fail': {
      const failed = `${count('fail')} of ${all} ${count('fail') === 1 ? 'does' : 'do'} not hold`;
      const which = failedNames(expectations, name);
      const more = [...alsoOf('invalid', 'vacuous'), ...(interrupted ? [stopped] : [])];
      return [`${failed}${which}`, ...more].join('; ');
    }
    case 'vacuous': {
      if (expectations.length === 0)
        return 'the scenario expects nothing, so the run shows nothing';
      const vacuous = `${count('vacuous')} of ${all} had nothing to judge, which is no pass`;
      return [vacuous, ...alsoOf('invalid'), 'none failed'].join('; ');
    }
    case 'invalid':
      return `${count('invalid')} of ${all} could not be measured well enough; none failed`;
    case 'interrupted':
      return [stopped, ...alsoOf('fail', 'invalid', 'vacuous')].join('; ');
  }
}

/** `: sum.exact and 2 more`. */
function failedNames(
  expectations: readonly ExpectationOutcome[],
  name: (id: string) => string,
): string {
  const [first, ...others] = expectations.filter(({ verdict }) => verdict === 'fail');
  if (first === undefined) return '';
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `: ${name(clip(first.id, ID_LONGEST))}${more}`;
}

/** Verdict first; where it is no pass, how to see it again; then which run it was. */
export function renderHeadline(
  summary: RunSummary,
  { width, palette, replay }: { width: number; palette: Palette; replay: string },
): string[] {
  const { verdict, exitCode, identity, environment } = summary;
  const { notDone = '' } = summary.fidelity;
  const word = verdict.toUpperCase();
  const sentence = wrap(`${verdictSentence(summary)} (exit code ${exitCode})`, width);
  const style = verdictStyle(palette, verdict);
  const hex = (digest: string): string => sanitise(digest.slice(0, 8));
  const run = [
    sanitise(identity.id),
    `seed ${sanitise(identity.seed)}`,
    `scenario ${hex(identity.scenarioDigest)}`,
    `result ${hex(identity.resultDigest)}`,
    `backend ${sanitise(identity.backend)}`,
    `fidelity ${sanitise(identity.fidelity)}`,
    `commit ${sanitise(environment.commit)}`,
  ].join(', ');
  const [first, ...more] = wrap(`${word}  ${sentence.join(' ')}`, width);
  return [
    palette.strong(style(word)) + palette.strong(first!.slice(word.length)),
    ...more.map((line) => palette.strong(line)),
    // One line however long, so that it can be copied.
    ...(verdict === 'pass' ? [] : [`  ${palette.strong('repeat this run:')} ${sanitise(replay)}`]),
    ...(notDone === '' ? [] : wrap(sanitise(notDone), width)).map((line) => palette.doubt(line)),
    ...wrap(run, width).map((line) => palette.dim(line)),
  ];
}

/** Expectations that did not pass, worst first; empty where all passed. */
export function renderProblems(summary: RunSummary, width: number, palette: Palette): string[] {
  const problems = problemsOf(summary);
  const lines: string[] = [];
  const field = (name: string, text: string): void => {
    const [first, ...more] = wrap(text, width - 14);
    lines.push(`    ${palette.dim(name.padEnd(10))}${first}`);
    lines.push(...more.map((line) => ' '.repeat(14) + line));
  };
  for (const { id, verdict, observed, limit, n } of problems) {
    const [first, ...more] = wrap(`${verdict} ${sanitise(id)}`, width - 2);
    lines.push(...[first!, ...more].map((line) => `  ${verdictStyle(palette, verdict)(line)}`));
    field('observed', `${sanitise(observed)} (n = ${formatCount(n)})`);
    field('limit', sanitise(limit));
    const remedy = remedyFor({ id, verdict }, summary);
    if (remedy !== undefined) field('to do', remedy);
  }
  return lines;
}

export function problemsOf({ expectations }: RunSummary): ExpectationOutcome[] {
  return PROBLEMS.flatMap((wanted) => expectations.filter(({ verdict }) => verdict === wanted));
}

/** What the reader can do about it; a failure has no remedy but its cause. */
export function remedyFor(
  { id, verdict }: Pick<ExpectationOutcome, 'id' | 'verdict'>,
  summary: RunSummary,
): string | undefined {
  if (verdict === 'invalid') return 'run it again while the machine does nothing else';
  if (verdict !== 'vacuous') return undefined;
  if (summary.interrupted) return 'let the run finish';
  const stopped = OF_RESULTS.has(id) ? nothingPublished(summary) : undefined;
  if (stopped !== undefined) return stopped;
  return Object.hasOwn(REMEDIES, id) ? REMEDIES[id] : 'more reports (population.reports)';
}

/**
 * What became of the reports where not one total was published, for more of them would fare no
 * better; undefined where there is a total, or where there were too few reports for one.
 */
function nothingPublished({ cells, fates }: RunSummary): string | undefined {
  if (cells.some(({ totals }) => totals !== undefined)) return undefined;
  const counts = new Map<string, number>();
  for (const { outcome, reason, count } of fates) {
    const name = outcome === 'rejected' ? reason : outcome;
    counts.set(name, (counts.get(name) ?? 0) + count);
  }
  const names = [...counts].filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a);
  if (names.every(([name]) => name === 'below-minimum')) return undefined;
  const said = names.map(([name, count]) => `${formatCount(count)} ${sanitise(name)}`).join(', ');
  return `nothing was published (reports: ${said}); see in the data flow where they stop`;
}
