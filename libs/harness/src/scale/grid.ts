/**
 * In which order a grid is run. Each round holds every cell once, in an order drawn from the seed
 * tree; every second round is the one before it backwards, so that a machine that gets steadily
 * slower falls on all cells alike.
 */

import type { SeedBranch } from '@priolab/crypto';

import type { GridCell, ScaleGrid } from './scale-record.ts';

/** All runs, in their order. */
export function orderGrid({ reports, workers, repeat }: ScaleGrid, tree: SeedBranch): GridCell[] {
  const branch = tree.child('scale', 'order');
  const cells = reports.flatMap((count) => workers.map((n) => ({ reports: count, workers: n })));
  const rounds: GridCell[][] = [];
  for (let round = 0; round < repeat; round++) {
    const order = round % 2 === 0 ? shuffle(cells, branch, round) : rounds[round - 1]!.toReversed();
    rounds.push(order.map((cell) => ({ ...cell, round })));
  }
  return rounds.flat();
}

/** Sorted by a draw for each. */
function shuffle<T>(cells: readonly T[], branch: SeedBranch, round: number): T[] {
  const draw = (i: number): bigint =>
    new DataView(branch.bytes(round * cells.length + i, 16).buffer).getBigUint64(0);
  return cells
    .map((cell, i) => ({ cell, at: draw(i) }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ cell }) => cell);
}
