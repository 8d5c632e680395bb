/**
 * `priolab scale`: a scenario over a grid of report counts and workers. What a report costs, what
 * another worker is worth, whether memory grows, where it stops being linear, and what two billion
 * device metrics would take.
 */

import { rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';

import {
  EXIT,
  SCALE_SCHEMA,
  analyseScale,
  calibrate,
  describeEnvironment,
  isBroken,
  orderGrid,
  runDigest,
  seedTreeOf,
} from '@priolab/harness';
import type { GridCell, Scenario, ScaleGrid, ScalePoint, ScaleRecord } from '@priolab/harness';
import { renderScale, renderScaleCsv } from '@priolab/report';
import { renderScaleHtml, renderScaleSvg } from '@priolab/report/pages';
import type { WrittenFile } from '@priolab/report';
import { createInterrupt } from '@priolab/runtime';

import { numberMistake, parse, usage } from '../arguments.ts';
import { loadScenario } from '../load.ts';
import { checkFolder, makeFolderOf, runFolder } from '../run-folder.ts';
import { RunLostError, openPoints, readPoints, runCell } from '../scale-runs.ts';
import type { PointsHeader } from '../scale-runs.ts';
import { canRedraw, printable, wantsColour } from '../streams.ts';

const REPORTS_MAX = 1_000_000_000;
const WORKERS_MAX = 256;
const LIST_MAX = 20;
const RUNS_FOLDER = 'runs';

const options = {
  reports: { type: 'string', default: '1000,3000,10000,30000' },
  workers: { type: 'string' },
  repeat: { type: 'string', default: '3' },
  seed: { type: 'string' },
  out: { type: 'string', default: 'runs' },
  resume: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  svg: { type: 'boolean', default: false },
  html: { type: 'boolean', default: false },
} as const;

type Arguments = ReturnType<typeof parse<typeof options>>;

export async function scale(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse('scale', args, options, mistakesIn);
  const file = positionals[0]!;
  const grid = gridOf(values);
  const scenario = await loadScenario(file, { seed: values.seed });
  // Each count is checked like any other before the first is run.
  for (const reports of grid.reports) await loadScenario(file, { seed: values.seed, reports });
  const folder = join(values.out, `scale-${basename(runFolder(values.out, scenario))}`);
  checkFolder(values.out, folder);
  const header = { digest: runDigest(scenario), environment: describeEnvironment() };
  const known = values.resume ? readPoints(folder, header) : [];
  makeFolderOf('scale', '--out', folder);
  const done = await runGrid({ file, scenario, grid, folder, header, known });
  const record: ScaleRecord = {
    schema: SCALE_SCHEMA,
    scenario: {
      id: scenario.id,
      about: scenario.about,
      seed: String(scenario.seed),
      digest: header.digest,
      backend: scenario.crypto.backend,
      fidelity: scenario.crypto.fidelity,
    },
    environment: header.environment,
    grid,
    points: done.points,
    ...analyseScale({ ...done, grid, cores: header.environment.cores }),
  };
  tell(record, { folder, values });
  return record.exitCode;
}

function mistakesIn({ values, positionals }: Arguments): (string | undefined)[] {
  const example = 'for example: priolab scale scenarios/us-day.scenario.ts';
  return [
    positionals.length === 1 ? undefined : `expected one scenario file; ${example}`,
    listMistake('--reports', values.reports, REPORTS_MAX),
    values.workers === undefined
      ? undefined
      : listMistake('--workers', values.workers, WORKERS_MAX),
    numberMistake('--repeat', values.repeat, { min: 1, max: 100 }),
  ];
}

function listMistake(option: string, text: string | undefined, max: number): string | undefined {
  if (text === undefined) return undefined;
  const parts = text.split(',');
  const bad = parts.find((part) => numberMistake(option, part, { min: 1, max }) !== undefined);
  if (bad !== undefined) {
    return `${option}: got "${bad}"; allowed: whole numbers from 1 to ${max}, joined by commas`;
  }
  if (new Set(parts.map(Number)).size < parts.length) {
    return `${option}: got "${text}", where a number stands twice; allowed: once`;
  }
  if (parts.length <= LIST_MAX) return undefined;
  return `${option}: got ${parts.length} numbers; allowed: at most ${LIST_MAX}`;
}

function gridOf({ reports, workers, repeat }: Arguments['values']): ScaleGrid {
  const cores = availableParallelism();
  const list = (text: string): number[] =>
    text
      .split(',')
      .map(Number)
      .sort((a, b) => a - b);
  return {
    reports: list(reports),
    workers: workers === undefined ? (cores > 1 ? [1, cores] : [1]) : list(workers),
    repeat: Number(repeat),
  };
}

interface GridRun {
  readonly points: readonly ScalePoint[];
  readonly interrupted: boolean;
  /** A run without a record, which ended the grid. */
  readonly lost?: RunLostError;
}

async function runGrid(job: {
  readonly file: string;
  readonly scenario: Scenario;
  readonly grid: ScaleGrid;
  readonly folder: string;
  readonly header: PointsHeader;
  readonly known: readonly ScalePoint[];
}): Promise<GridRun> {
  const { file, scenario, grid, folder, header, known } = job;
  const cells = orderGrid(grid, seedTreeOf(scenario));
  const keyOf = ({ reports, workers, round }: GridCell) => `${reports} ${workers} ${round}`;
  const wanted = new Set(cells.map(keyOf));
  const points = known.filter((point) => wanted.has(keyOf(point)));
  const has = new Set(points.map(keyOf));
  const left = cells.filter((cell) => !has.has(keyOf(cell)));
  const log = openPoints(folder, header, points);
  const progress = createRunLine(cells.length, points.length);
  const interrupt = createInterrupt();
  const { signal } = interrupt;
  signal.addEventListener('abort', () => progress.say('stopping; what is done is kept'));
  const out = join(folder, RUNS_FOLDER);
  const seed = String(scenario.seed);
  // Its own code is compiled before anything counts.
  calibrate({ isJudged: true });
  try {
    for (const cell of left) {
      if (signal.aborted) break;
      progress.next(cell);
      const point = await runCell({ file, seed, cell, out, signal });
      if (point !== undefined) {
        points.push(point);
        log.add(point);
        if (isBroken(point)) {
          progress.say(`the run ended with ${point.verdict}: the grid ends here; see ${out}`);
          return { points, interrupted: false };
        }
      }
      rmSync(out, { recursive: true, force: true });
    }
    return { points, interrupted: points.length < cells.length };
  } catch (error) {
    if (!(error instanceof RunLostError)) throw error;
    progress.say(error.message);
    return { points, interrupted: false, lost: error };
  } finally {
    progress.clear();
    log.close();
    interrupt.dispose();
  }
}

/** On a terminal one line that is redrawn, elsewhere a line a run. */
function createRunLine(count: number, done: number) {
  const stream = process.stderr;
  const redraws = canRedraw(stream);
  let number = done;
  const clear = (): void => void (redraws && stream.write('\r\u001b[K'));
  return {
    clear,
    next({ reports, workers }: GridCell): void {
      number += 1;
      const line = `run ${number} of ${count}: ${reports} reports, workers ${workers}`;
      clear();
      stream.write(redraws ? line : `${line}\n`);
    },
    say(text: string): void {
      clear();
      stream.write(`${printable(text)}\n`);
    },
  };
}

function tell(
  record: ScaleRecord,
  { folder, values }: { readonly folder: string; readonly values: Arguments['values'] },
): void {
  const write = (name: string, text: string, what: string): WrittenFile => {
    const path = join(folder, name);
    try {
      writeFileSync(path, text);
    } catch (error) {
      throw usage('scale', `can't write ${path}: ${(error as Error).message}`);
    }
    return { path, what };
  };
  const json = JSON.stringify(record, null, 2);
  const files = [
    write('scale.json', `${json}\n`, 'everything, for programs'),
    write('points.csv', renderScaleCsv(record), 'every run, for spreadsheets'),
    ...(values.svg ? [write('scale.svg', renderScaleSvg(record), 'the plots')] : []),
    ...(values.html ? [write('scale.html', renderScaleHtml(record), 'plots and tables')] : []),
  ];
  const stream = values.json ? process.stderr : process.stdout;
  const text = renderScale(record, {
    colour: wantsColour(stream),
    width: stream.columns ?? 100,
    files,
  });
  if (values.json) {
    console.log(json);
    if (record.exitCode !== EXIT.pass) console.error(text);
  } else console.log(text);
}
