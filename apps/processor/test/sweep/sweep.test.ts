/**
 * A slice of the crash sweep, another one with each commit; `npm run sweep` runs all of it. What is
 * killed, and what must hold: `sweep.ts`.
 */

import { expect, test } from 'vitest';

import { MACHINE_NAMES, POSTGRES_VARIABLE, openMachine } from './machines.ts';
import type { MachineKind } from './machines.ts';
import { nameOf, sliceOf } from './points.ts';
import { ingestOnce, sweep } from './sweep.ts';

/** On S3 a run takes twice as long. */
const RUNS: Readonly<Record<MachineKind, number>> = { files: 2, servers: 1 };
/** In CI beside other tests. */
const TIMEOUT_MS = 180_000;
const slice = Number(process.env['PRIOLAB_SLICE'] ?? 0);

async function sweepSlice(kind: MachineKind): Promise<void> {
  const machine = await openMachine(kind);
  try {
    const ingested = await ingestOnce();
    const choose = <T>(points: readonly T[]): T[] => sliceOf(points, RUNS[kind], slice);
    const { problems, rows } = await sweep(machine, { ingested, choose });
    expect(problems).toEqual([]);
    expect(rows).toHaveLength(RUNS[kind]);
    const broken = rows.filter((row) => row.problems.length > 0);
    expect(broken.map((row) => [nameOf(row.point), ...row.problems])).toEqual([]);
  } finally {
    await machine.close();
  }
}

test(
  `on ${MACHINE_NAMES.files} a killed processor changes nothing`,
  () => sweepSlice('files'),
  TIMEOUT_MS,
);

const isMissing = process.env[POSTGRES_VARIABLE] === undefined;
const reason = isMissing ? ` (skipped: ${POSTGRES_VARIABLE} is not set)` : '';
test.skipIf(isMissing)(
  `on ${MACHINE_NAMES.servers}${reason} a killed processor changes nothing`,
  () => sweepSlice('servers'),
  TIMEOUT_MS,
);
