/**
 * The crash sweep: an undisturbed run of two real processes tells which steps there are and which
 * objects must come out; then each chosen step gets a run of its own, in which the process that
 * comes there is killed and started again.
 *
 * A failure is any difference from the undisturbed run, any total that is not exact, any task that
 * is left. No failure, and counted apart: a step that did not come by as often as the first time,
 * because how often processes look and wait depends on the machine's pace.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ROLES } from '../deployment.ts';
import { makeBatches } from './batches.ts';
import type { Ingested } from './batches.ts';
import type { Machine } from './machines.ts';
import { killPoints, mustCome } from './points.ts';
import { run } from './run.ts';
import type { KillPoint, Outcome } from './run.ts';

/** Of two processes each. */
const RUNS_AT_ONCE = 2;

export interface Row {
  readonly point: KillPoint;
  readonly kills: number;
  readonly problems: readonly string[];
  readonly tookMs: number;
}

export interface Swept {
  /** All that there are. */
  readonly points: readonly KillPoint[];
  readonly rows: readonly Row[];
  /** Of the undisturbed run. */
  readonly problems: readonly string[];
}

export async function ingestOnce(): Promise<Ingested> {
  const folder = mkdtempSync(join(tmpdir(), 'priolab-sweep-batches-'));
  try {
    return await makeBatches(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function sweep(
  machine: Machine,
  options: {
    readonly ingested: Ingested;
    readonly choose: (points: readonly KillPoint[]) => readonly KillPoint[];
    readonly onRow?: (row: Row, index: number, count: number) => void;
  },
): Promise<Swept> {
  const { ingested, choose, onRow } = options;
  const counts = { leader: new Map<string, number>(), helper: new Map<string, number>() };
  const calm = await run(machine, {
    ingested,
    onStep: (role, step) => counts[role].set(step, (counts[role].get(step) ?? 0) + 1),
  });
  const points = killPoints(counts);
  if (calm.problems.length > 0) return { points, rows: [], problems: calm.problems };
  const chosen = choose(points);
  const rows: Row[] = [];
  const queue = [...chosen];
  const one = async (): Promise<void> => {
    for (let point = queue.shift(); point !== undefined; point = queue.shift()) {
      const outcome: Outcome = await run(machine, { ingested, point, reference: calm.objects });
      const { kills, problems, tookMs } = outcome;
      const missed = kills === 0 && mustCome(point) ? ['the step never came'] : [];
      const row = { point, kills, problems: [...missed, ...problems], tookMs };
      rows.push(row);
      onRow?.(row, rows.length, chosen.length);
    }
  };
  await Promise.all(Array.from({ length: RUNS_AT_ONCE }, one));
  const order = (role: string): number => ROLES.findIndex((one) => one === role);
  rows.sort((a, b) => order(a.point.role) - order(b.point.role));
  return { points, rows, problems: [] };
}
