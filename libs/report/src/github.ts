/**
 * A run for GitHub Actions: annotations as workflow commands, which the runner reads in the output
 * of a step. Foreign text can end neither a property nor the line.
 */

import type { RunSummary } from '@priolab/harness';

import { problemsOf, verdictSentence } from './headline.ts';
import { clip, sanitise } from './text.ts';

/** GitHub shows so many errors of one step. */
const ANNOTATIONS_MAX = 10;
const TEXT_LONGEST = 600;

export interface AnnotationOptions {
  /** The scenario's file, relative to the root of the repository. */
  readonly file: string;
  /** The command that repeats the run. */
  readonly replay: string;
}

/** An error for each expectation that did not pass, worst first; none where the run passed. */
export function renderAnnotations(
  summary: RunSummary,
  { file, replay }: AnnotationOptions,
): string[] {
  const { identity, verdict } = summary;
  if (verdict === 'pass') return [];
  const error = (title: string, lines: readonly string[]): string => {
    const properties = `file=${property(file)},title=${property(`${identity.id}: ${title}`)}`;
    const text = [...lines, `repeat: ${replay}`].map(data).join('%0A');
    return `::error ${properties}::${text}`;
  };
  const problems = problemsOf(summary);
  const isWhole = problems.length > 0 && !summary.interrupted;
  const ofRun = isWhole ? [] : [error(verdict, [verdictSentence(summary)])];
  const room = ANNOTATIONS_MAX - ofRun.length;
  const shown = problems.length > room ? problems.slice(0, room - 1) : problems;
  const rest = problems.length - shown.length;
  return [
    ...ofRun,
    ...shown.map(({ id, verdict: kind, observed, limit }) =>
      error(`${kind} ${id}`, [`observed: ${observed}`, `limit: ${limit}`]),
    ),
    ...(rest === 0 ? [] : [error(`${rest} more`, [verdictSentence(summary)])]),
  ];
}

function data(text: string): string {
  return clip(sanitise(text), TEXT_LONGEST).replaceAll('%', '%25');
}

/** A property ends at a comma or at the colons before the text. */
function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
