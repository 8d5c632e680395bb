/**
 * What is measured: a run without a report, the same run with every form of report, and all forms
 * once more from the stored run by a command of their own. In turns, so that a busy minute of the
 * machine falls on all three.
 *
 * What reporting takes within a run is seen in that run alone, and not as a difference of two runs,
 * which differ by more than that: the record is written first and the last report last, and the run
 * has told its peak before both.
 */

import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.ts';
import type { CommandCost } from './command.ts';

export interface RunCost extends CommandCost {
  readonly reports: number;
  /** The run's largest resident size when it was over and nothing was written yet. */
  readonly ownPeakBytes: number;
  /** From the written record to the last of the files; 0 where it writes no report. */
  readonly reportingMs: number;
}

export interface Measured {
  readonly plain: readonly RunCost[];
  readonly reporting: readonly RunCost[];
  readonly alone: readonly CommandCost[];
}

export interface MeasureRequest {
  readonly scenario: string;
  readonly reports: number;
  /** As `priolab run` has it where undefined: one a core. */
  readonly workers: number | undefined;
  readonly runCount: number;
  /** Forms of reports, as `priolab run --report` names them. */
  readonly forms: readonly string[];
  /** Where runs leave their folders; the one with reports is kept. */
  readonly folder: string;
  readonly say: (line: string) => void;
}

/** Exit codes of a run whose results are right: passed, or judged by the machine's speed. */
const RIGHT = [0, 3, 6, 7];

/**
 * Leaves the last run with its reports in `<folder>/reporting/latest`.
 * @throws Error where a run or a report ends without its result
 */
export async function measure(request: MeasureRequest): Promise<Measured> {
  const { runCount, forms, folder, say } = request;
  const plain: RunCost[] = [];
  const reporting: RunCost[] = [];
  const alone: CommandCost[] = [];
  const out = join(folder, 'reporting');
  for (let run = 1; run <= runCount; run++) {
    say(`run ${run} of ${runCount}: ${request.reports} reports, without and with what tells of it`);
    plain.push(await runOnce(request, join(folder, 'plain'), []));
    reporting.push(await runOnce(request, out, forms));
    alone.push(await reportOnce(join(out, 'latest'), join(folder, 'alone'), forms));
  }
  return { plain, reporting, alone };
}

async function runOnce(
  { scenario, reports, workers }: MeasureRequest,
  out: string,
  forms: readonly string[],
): Promise<RunCost> {
  const args = ['run', scenario, '--reports', String(reports), '--out', out];
  if (workers !== undefined) args.push('--workers', String(workers));
  if (forms.length > 0) args.push('--report', forms.join(','));
  const cost = await runCommand(args, RIGHT);
  const folder = join(out, 'latest');
  const record = JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as {
    readonly cost: { readonly peakRssBytes: number };
  };
  const reportingMs = forms.length === 0 ? 0 : writtenForMs(folder);
  return { ...cost, reports, ownPeakBytes: record.cost.peakRssBytes, reportingMs };
}

/** From the record to the file that was written last. */
function writtenForMs(folder: string): number {
  const times = readdirSync(folder, { recursive: true }).map(
    (name) => statSync(join(folder, String(name))).mtimeMs,
  );
  return Math.max(...times) - statSync(join(folder, 'summary.json')).mtimeMs;
}

function reportOnce(run: string, out: string, forms: readonly string[]): Promise<CommandCost> {
  return runCommand(['report', run, ...forms.map((form) => `--${form}`), '--out', out], [0]);
}
