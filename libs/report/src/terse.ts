/**
 * A run in few lines, for the log of a CI runner: one with the verdict, one for each expectation
 * that did not pass, one with the command that repeats it. Nothing is wrapped: logs are searched by
 * line.
 */

import type { RunSummary } from '@priolab/harness';

import { problemsOf, verdictSentence } from './headline.ts';
import { paletteFor, verdictStyle } from './palette.ts';
import { formatCount, formatDuration, sanitise } from './text.ts';

export interface TerseOptions {
  readonly colour: boolean;
  /** The command that repeats this run exactly. */
  readonly replay: string;
}

/** Verdict and name first: lines of several runs stand in columns. No newline at the end. */
export function renderTerse(summary: RunSummary, { colour, replay }: TerseOptions): string {
  const { verdict, exitCode, identity, fidelity, cost } = summary;
  const palette = paletteFor(colour);
  const facts = [
    `seed ${identity.seed}`,
    // Every result says what was not computed.
    ...(fidelity.rung === 'full' ? [] : [`fidelity ${fidelity.rung}`]),
    formatDuration(cost.wallMs),
  ];
  const sentence = `${verdictSentence(summary)} (exit code ${exitCode})`;
  const word = verdictStyle(palette, verdict)(verdict.toUpperCase().padEnd('VACUOUS'.length));
  const problems = problemsOf(summary).map((outcome) => {
    const { id, observed, limit, n } = outcome;
    const said = `${observed}; limit: ${limit} (n = ${formatCount(n)})`;
    const kind = verdictStyle(palette, outcome.verdict)(outcome.verdict);
    return `  ${kind} ${sanitise(`${id}: ${said}`)}`;
  });
  return [
    `${word}  ${sanitise(`${identity.id} (${facts.join(', ')}): ${sentence}`)}`,
    ...problems,
    ...(verdict === 'pass' ? [] : [`  repeat this run: ${sanitise(replay)}`]),
  ].join('\n');
}
