/**
 * A comparison as Markdown, for a pull request. What is not ours stands in code spans, as in the
 * Markdown of a run: nothing in it makes a link, calls people or is HTML.
 */

import type { RunComparison } from '@priolab/harness';

import { code, table } from '../markdown.ts';
import { formatCount } from '../text.ts';
import {
  armFacts,
  changedFates,
  countsOf,
  effectText,
  fateName,
  figureText,
  judgementOf,
  intervalsText,
  sectionsOf,
  worldLine,
} from './words.ts';

/** The whole card, without a newline at the end. */
export function renderCardMarkdown(comparison: RunComparison): string {
  const { a, b, overall, differences } = comparison;
  const changed = changedFates(comparison);
  const mayBeEmpty = (text: string): string => (text === '' ? '' : code(text));
  const figure = (value: RunComparison['rows'][number]['a']): string =>
    typeof value === 'string' ? code(value) : figureText(value);
  return [
    `### ${overall.toUpperCase()}: ${judgementOf(comparison)}`,
    '',
    `${code(comparison.why)}; ${countsOf(comparison)}`,
    '',
    `- **a** ${code(a.name)} (${code(armFacts(a))})`,
    `- **b** ${code(b.name)} (${code(armFacts(b))})`,
    `- **world** ${code(worldLine(comparison))}`,
    ...differences.map((one) => {
      return `- **differs** ${code(one.path)}: ${code(one.a)} in a, ${code(one.b)} in b`;
    }),
    ...sectionsOf(comparison).flatMap(([title, rows]) => [
      '',
      `#### ${title}`,
      '',
      table(
        ['what', 'unit', 'a', 'b', 'b against a', 'judgement', 'why'],
        rows.map(({ what, unit, effect, judgement, why, ...figures }) => [
          code(what),
          mayBeEmpty(unit),
          figure(figures.a),
          figure(figures.b),
          effectText(effect),
          judgement,
          mayBeEmpty(why),
        ]),
      ).trimEnd(),
    ]),
    ...(changed.length === 0
      ? []
      : [
          '',
          '#### Fates that differ',
          '',
          table(
            ['planned reports', 'a', 'b'],
            changed.map((fate) => [code(fateName(fate)), formatCount(fate.a), formatCount(fate.b)]),
          ).trimEnd(),
        ]),
    '',
    intervalsText(comparison),
  ].join('\n');
}
