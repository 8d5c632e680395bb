/** A comparison as Markdown, for a pull request. Nothing in it makes a link, an image or HTML. */

import type { RunComparison } from '@priolab/harness';

import { formatCount, sanitise } from '../text.ts';
import {
  armFacts,
  changedFates,
  countsOf,
  effectText,
  fateName,
  figureText,
  intervalsText,
  sectionsOf,
  sentenceOf,
  worldLine,
} from './words.ts';

const ENTITIES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;' };

/** Sanitised text without a mark that Markdown obeys. `@` would call people. */
function plain(text: string): string {
  return text
    .replace(/[\\`*_[\]|~!#]/g, '\\$&')
    .replace(/[<>&]/g, (mark) => ENTITIES[mark]!)
    .replaceAll('@', '&#64;');
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map(plain).join(' | ')} |`;
}

/** The whole card, without a newline at the end. */
export function renderCardMarkdown(comparison: RunComparison): string {
  const { a, b, overall, differences } = comparison;
  const changed = changedFates(comparison);
  return [
    `### ${plain(`${overall.toUpperCase()}: ${sentenceOf(comparison)}`)}`,
    '',
    plain(countsOf(comparison)),
    '',
    `- **a** ${plain(sanitise(a.name))} (${plain(armFacts(a))})`,
    `- **b** ${plain(sanitise(b.name))} (${plain(armFacts(b))})`,
    `- **world** ${plain(worldLine(comparison))}`,
    ...differences.map((one) => {
      return `- **differs** ${plain(sanitise(`${one.path}: ${one.a} in a, ${one.b} in b`))}`;
    }),
    ...sectionsOf(comparison).flatMap(([title, rows]) => [
      '',
      `#### ${title}`,
      '',
      row('what', 'unit', 'a', 'b', 'b against a', 'judgement', 'why'),
      '| --- | --- | --: | --: | --- | --- | --- |',
      ...rows.map(({ what, unit, effect, judgement, why, ...figures }) =>
        row(
          sanitise(what),
          sanitise(unit),
          figureText(figures.a),
          figureText(figures.b),
          effectText(effect),
          judgement,
          sanitise(why),
        ),
      ),
    ]),
    ...(changed.length === 0
      ? []
      : [
          '',
          '#### Fates that differ',
          '',
          row('planned reports', 'a', 'b'),
          '| --- | --: | --: |',
          ...changed.map((fate) => row(fateName(fate), formatCount(fate.a), formatCount(fate.b))),
        ]),
    '',
    plain(intervalsText(comparison)),
  ].join('\n');
}
