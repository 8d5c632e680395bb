/**
 * The reporting command, see `tools/reporting.js`: runs with and without reports, the judgement,
 * and the page in a browser. Exit code 0 where all holds, 1 where not, 2 for a wrong call.
 */

import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeMachine } from '../machine.ts';
import { notCounts, readOptions } from '../settings.ts';
import { canWatchProcesses } from '../memory/process-tree.ts';
import { judgeReporting } from './judge.ts';
import { measure } from './measure.ts';
import { isShown, visitPage, type PageResult } from './page.ts';
import { formatJudgement, formatMeasured } from './report.ts';

/** Measures what `args` asks for with these forms of reports and prints it; the exit code. */
export async function main(args: string[], forms: readonly string[]): Promise<number> {
  const settings = readSettings(args);
  if (typeof settings === 'string') {
    console.error(settings);
    return 2;
  }
  const folder = mkdtempSync(join(tmpdir(), 'priolab-reporting-'));
  const say = (line: string): void => console.error(line);
  try {
    const measured = await measure({ ...settings, forms, folder, say });
    const run = realpathSync(join(folder, 'reporting/latest'));
    const page = settings.page ? await visitPage(run, folder) : undefined;
    return tell({ settings, measured, page });
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function tell(result: {
  settings: Settings;
  measured: Awaited<ReturnType<typeof measure>>;
  page: PageResult | undefined;
}): number {
  const { settings, measured, page } = result;
  const { scenario, reports, json } = settings;
  const judgement = judgeReporting(measured);
  const machine = describeMachine();
  const { plain, reporting, alone } = measured;
  const told = { machine, scenario, reports, plain, reporting, alone, judgement, page };
  if (json) console.log(JSON.stringify(told, null, 2));
  else console.log(`${formatMeasured(measured)}\n\n${formatJudgement(judgement, page, machine)}`);
  return judgement.quick && judgement.small && (page === undefined || isShown(page)) ? 0 : 1;
}

interface Settings {
  readonly scenario: string;
  readonly reports: number;
  readonly runCount: number;
  readonly workers: number | undefined;
  readonly json: boolean;
  /** Whether a browser looks at the page. */
  readonly page: boolean;
}

/** The settings, or what is wrong with them. */
function readSettings(args: string[]): Settings | string {
  if (!canWatchProcesses()) return 'memory of a process is read from /proc, which Linux has';
  const values = readOptions(args, {
    scenario: { type: 'string', default: 'scenarios/million.scenario.ts' },
    reports: { type: 'string', default: '1000000' },
    runs: { type: 'string', default: '1' },
    workers: { type: 'string' },
    json: { type: 'boolean', default: false },
    'no-page': { type: 'boolean', default: false },
  });
  if (typeof values === 'string') return values;
  const { scenario, reports, runs, workers, json, 'no-page': noPage } = values;
  const wrong = notCounts({ reports, runs, workers: workers ?? '1' });
  if (wrong !== undefined) return wrong;
  return {
    scenario,
    reports: Number(reports),
    runCount: Number(runs),
    workers: workers === undefined ? undefined : Number(workers),
    json,
    page: !noPage,
  };
}
