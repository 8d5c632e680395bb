/** Shows a comparison as its command line asks, and leaves its card in a folder. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { EXIT } from '@priolab/harness';
import type { RunComparison } from '@priolab/harness';
import { renderCard, renderCardMarkdown } from '@priolab/report';
import { renderCardHtml } from '@priolab/report/pages';

import { usage } from './arguments.ts';
import { makeFolder } from './run-folder.ts';
import { printable, wantsColour } from './streams.ts';

/** Options of every command that shows a card. */
export const cardOptions = {
  json: { type: 'boolean', default: false },
  markdown: { type: 'boolean', default: false },
  'fail-on': { type: 'string' },
} as const;

interface CardValues {
  readonly json: boolean;
  readonly markdown: boolean;
  readonly 'fail-on'?: string | undefined;
}

export function cardMistakes(values: CardValues): (string | undefined)[] {
  const { json, markdown, 'fail-on': failOn } = values;
  return [
    json && markdown ? '--json and --markdown: expected one of them' : undefined,
    failOn === undefined || failOn === 'worse'
      ? undefined
      : `--fail-on: got "${failOn}"; allowed: worse`,
  ];
}

/** Writes card.html, card.md and comparison.json. */
export function writeCard(command: string, folder: string, comparison: RunComparison): void {
  try {
    makeFolder(folder);
    writeFileSync(join(folder, 'card.html'), renderCardHtml(comparison));
    writeFileSync(join(folder, 'card.md'), `${renderCardMarkdown(comparison)}\n`);
    writeFileSync(join(folder, 'comparison.json'), `${JSON.stringify(comparison, null, 2)}\n`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw usage(command, `can't write ${folder}: ${reason}; choose another folder with --out`);
  }
}

/** Prints it, and says with which exit code to end. */
export function showCard(
  comparison: RunComparison,
  values: CardValues,
  folder: string | undefined,
): number {
  if (values.json) console.log(JSON.stringify(comparison, null, 2));
  else if (values.markdown) console.log(renderCardMarkdown(comparison));
  else {
    const colour = wantsColour(process.stdout);
    console.log(renderCard(comparison, { colour, width: process.stdout.columns ?? 100 }));
  }
  if (folder !== undefined) {
    console.error(printable(`the card: ${join(folder, 'card.html')}, card.md, comparison.json`));
  }
  if (comparison.world.otherWorld !== undefined) return EXIT.invalid;
  const isWorse = comparison.rows.some(({ judgement }) => judgement === 'worse');
  return isWorse && values['fail-on'] === 'worse' ? EXIT.correctness : EXIT.pass;
}
