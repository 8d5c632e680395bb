/** `priolab compare`: two stored runs of one world, side by side. */

import { compareRuns } from '@priolab/harness';
import type { RunSummary } from '@priolab/harness';

import { parse } from '../arguments.ts';
import { cardMistakes, cardOptions, showCard, writeCard } from '../card.ts';
import { findRun, readRunToCompare } from '../run-folder.ts';

const options = { ...cardOptions, out: { type: 'string' } } as const;

export async function compare(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse('compare', args, options, (parsed) => [
    parsed.positionals.length === 2
      ? undefined
      : `expected two runs, got ${parsed.positionals.length}: priolab compare runs/a runs/b`,
    ...cardMistakes(parsed.values),
  ]);
  const [a, b] = positionals.map((run) => {
    const folder = findRun('compare', run);
    return { name: folder, summary: readRunToCompare('compare', folder) };
  }) as [Named, Named];
  const comparison = compareRuns(a, b, { isOneBuild: isOneBuild(a, b) });
  if (values.out !== undefined) writeCard('compare', values.out, comparison);
  return showCard(comparison, values, values.out);
}

interface Named {
  readonly name: string;
  readonly summary: RunSummary;
}

/** A build with changes of its own (`+`) is not known by its commit. */
function isOneBuild(a: Named, b: Named): boolean {
  const [one, other] = [a, b].map(({ summary }) => summary.environment.commit);
  return one === other && /^[0-9a-f]+$/.test(one!);
}
