/**
 * The memory command, see `tools/memory.js`: small and large runs in turns, then the judgement.
 * Exit code 0 where it passes, 1 where not, 2 for a wrong call.
 */

import { describeMachine } from '../machine.ts';
import { notCounts, readOptions } from '../settings.ts';
import { judgeMemory } from './judge.ts';
import { canWatchProcesses } from './process-tree.ts';
import { formatJudgement, formatRuns } from './report.ts';
import { runOnce, type MemoryRun } from './run.ts';

/** Measures what `args` asks for and prints it; returns the exit code. */
export async function main(args: string[]): Promise<number> {
  const settings = readSettings(args);
  if (typeof settings === 'string') {
    console.error(settings);
    return 2;
  }
  const small: MemoryRun[] = [];
  const large: MemoryRun[] = [];
  try {
    await runInTurns(settings, small, large);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
  const { scenario, json } = settings;
  const judgement = judgeMemory(small, large);
  const machine = describeMachine();
  const runs = [...small, ...large];
  if (json) console.log(JSON.stringify({ machine, scenario, runs, judgement }, null, 2));
  else console.log(`${formatRuns(runs)}\n\n${formatJudgement(judgement, machine)}`);
  return judgement.flat && judgement.small && judgement.correct ? 0 : 1;
}

/** Small, large, small, large: a busy hour of the machine falls on both. */
async function runInTurns(
  { scenario, workers, base, reports, runCount }: Settings,
  small: MemoryRun[],
  large: MemoryRun[],
): Promise<void> {
  for (let run = 1; run <= runCount; run++) {
    console.error(`run ${run} of ${runCount}: ${base} reports, then ${reports}`);
    small.push(await runOnce({ scenario, reports: base, workers }));
    large.push(await runOnce({ scenario, reports, workers }));
  }
}

interface Settings {
  readonly scenario: string;
  readonly reports: number;
  readonly base: number;
  readonly runCount: number;
  readonly workers: number | undefined;
  readonly json: boolean;
}

/** The settings, or what is wrong with them. */
function readSettings(args: string[]): Settings | string {
  if (!canWatchProcesses()) return 'memory of a process tree is read from /proc, which Linux has';
  const values = readOptions(args, {
    scenario: { type: 'string', default: 'scenarios/million.scenario.ts' },
    reports: { type: 'string', default: '1000000' },
    base: { type: 'string', default: '100000' },
    runs: { type: 'string', default: '3' },
    workers: { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  if (typeof values === 'string') return values;
  const { scenario, reports, base, runs, workers, json } = values;
  const wrong = notCounts({ reports, base, runs, workers: workers ?? '1' });
  if (wrong !== undefined) return wrong;
  return {
    scenario,
    reports: Number(reports),
    base: Number(base),
    runCount: Number(runs),
    workers: workers === undefined ? undefined : Number(workers),
    json,
  };
}
