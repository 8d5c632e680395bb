/**
 * The whole sweep as a command: `npm run sweep -- [--on files|servers] [--only TEXT] [--every N]`.
 * Exit code 0: every run ended as the undisturbed one; 1: one did not; 2: usage.
 */

import { parseArgs } from 'node:util';

import { MACHINE_NAMES, POSTGRES_VARIABLE, openMachine } from './machines.ts';
import type { MachineKind } from './machines.ts';
import { runThroughOutage } from './outage.ts';
import { nameOf } from './points.ts';
import { ingestOnce, sweep } from './sweep.ts';
import type { Row, Swept } from './sweep.ts';

/** The issue asks for so many on each kind of machine. */
const KILL_POINTS_MIN = 25;
const OUTAGE_MS = 10_000;

export async function main(words: readonly string[], print: (line: string) => void) {
  const options = {
    on: { type: 'string' },
    only: { type: 'string', default: '' },
    every: { type: 'string', default: '1' },
  } as const;
  const { on, only, every } = parseArgs({ args: [...words], options }).values;
  const kinds = (['files', 'servers'] as const).filter((kind) => on === undefined || kind === on);
  if (kinds.length === 0 || !(Number(every) >= 1)) {
    print('usage: npm run sweep -- [--on files|servers] [--only TEXT] [--every N]');
    return 2;
  }
  const isWhole = only === '' && every === '1';
  let isGood = true;
  for (const kind of kinds) {
    if (kind === 'servers' && process.env[POSTGRES_VARIABLE] === undefined) {
      print(`${MACHINE_NAMES[kind]}: SKIPPED: ${POSTGRES_VARIABLE} is not set (docs/TESTING.md)`);
      continue;
    }
    const swept = await sweepOn(kind, { only, every: Number(every), print });
    const isSound = judge(kind, swept, { isWhole, print });
    isGood &&= isSound;
    if (kind === 'servers' && (isWhole || only === 'outage')) {
      const isBridged = await outage(print);
      isGood &&= isBridged;
    }
  }
  return isGood ? 0 : 1;
}

async function sweepOn(
  kind: MachineKind,
  options: {
    readonly only: string;
    readonly every: number;
    readonly print: (line: string) => void;
  },
): Promise<Swept> {
  const { only, every, print } = options;
  const machine = await openMachine(kind);
  try {
    return await sweep(machine, {
      ingested: await ingestOnce(),
      choose: (points) =>
        points.filter((point, index) => index % every === 0 && nameOf(point).includes(only)),
      onRow: (row, index, count) => print(`${kind} ${index}/${count} ${textOf(row)}`),
    });
  } finally {
    await machine.close();
  }
}

async function outage(print: (line: string) => void): Promise<boolean> {
  const machine = await openMachine('servers');
  try {
    const ingested = await ingestOnce();
    const { problems } = await runThroughOutage(machine, { ingested, outageMs: OUTAGE_MS });
    const verdict = problems.length === 0 ? 'ok' : `BROKEN\n  ${problems.join('\n  ')}`;
    print(`PostgreSQL away for ${OUTAGE_MS / 1000} s: ${verdict}`);
    return problems.length === 0;
  } finally {
    await machine.close();
  }
}

function textOf({ point, kills, problems, tookMs }: Row): string {
  const reached = kills < point.times ? ` (killed ${kills} of ${point.times} times)` : '';
  const verdict = problems.length === 0 ? 'ok' : `BROKEN\n  ${problems.join('\n  ')}`;
  return `${nameOf(point)}: ${verdict}${reached} ${(tookMs / 1000).toFixed(1)} s`;
}

function judge(
  kind: MachineKind,
  { points, rows, problems }: Swept,
  { isWhole, print }: { readonly isWhole: boolean; readonly print: (line: string) => void },
): boolean {
  print(`\n${MACHINE_NAMES[kind]}`);
  for (const problem of problems) print(`  undisturbed run: ${problem}`);
  const steps = [...new Set(points.map(({ step }) => step))].toSorted();
  for (const step of steps) {
    const ofStep = rows.filter(({ point }) => point.step === step);
    const bad = ofStep.filter((row) => row.problems.length > 0).length;
    const kills = ofStep.reduce((sum, row) => sum + row.kills, 0);
    const missed = ofStep.filter((row) => row.kills === 0).length;
    const outcome = bad > 0 ? `${bad} BROKEN` : 'as undisturbed';
    const cells = [`${ofStep.length} runs`, `${kills} kills`, `${missed} missed`, outcome];
    if (ofStep.length > 0) print(`  ${step.padEnd(26)} ${cells.join(', ')}`);
  }
  const killed = rows.filter(({ kills }) => kills > 0).length;
  const broken = rows.filter((row) => row.problems.length > 0).length;
  const isEnough = !isWhole || killed >= KILL_POINTS_MIN;
  print(`  ${rows.length} runs, ${killed} kill points, ${broken} broken\n`);
  if (!isEnough) print(`  expected at least ${KILL_POINTS_MIN} kill points`);
  return problems.length === 0 && broken === 0 && isEnough;
}
