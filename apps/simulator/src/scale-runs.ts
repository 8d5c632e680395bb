/**
 * The runs of `priolab scale`: each in a process of its own, so that no run inherits another's
 * memory or warm code, one after the other; and the file that keeps what is done.
 */

import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { EXIT, RECORD_SCHEMA, calibrate } from '@priolab/harness';
import type { GridCell, RunSummary, ScalePoint, ScaleRecord } from '@priolab/harness';
import { monotonicMs, wallClock } from '@priolab/runtime';

import { usage } from './arguments.ts';

const PRIOLAB = fileURLToPath(new URL('../bin/priolab.js', import.meta.url));
export const POINTS_FILE = 'points.ndjson';
const POINTS_SCHEMA = 'priolab-scale-points/1';
/** What a run that ends without a record may say of it. */
const COMPLAINT_MAX = 2000;
const TICK_MS = 10; // proc(5): USER_HZ is 100 wherever Node runs.

/** A run that left no record, and what it said. */
export class RunLostError extends Error {
  readonly code = 'run-lost';
  readonly exitCode: number;

  constructor(cell: GridCell, how: string, complaint: string) {
    super(
      `the run of ${cell.reports} reports with workers ${cell.workers} ended with ${how}, ` +
        `expected a record: ${complaint}`,
    );
    this.exitCode = how === 'exit code 130' ? EXIT.interrupted : EXIT.bug;
  }
}

export interface RunRequest {
  readonly file: string;
  readonly seed: string;
  readonly cell: GridCell;
  /** Where the run's own folder goes. */
  readonly out: string;
  readonly signal: AbortSignal;
}

/**
 * One run. Undefined where the signal stopped it.
 * @throws UsageError where the scenario can't be run so
 * @throws RunLostError
 */
export async function runCell(request: RunRequest): Promise<ScalePoint | undefined> {
  const { cell, signal } = request;
  const startedAt = new Date(wallClock.nowMs()).toISOString();
  const loadAverage = loadavg()[0]!;
  const before = calibrate({ isJudged: true });
  const stolenBefore = stolenMs();
  const startMs = monotonicMs();
  const { output, complaint, how } = await runToEnd(request);
  const wallMs = monotonicMs() - startMs;
  const stolenAfter = stolenMs();
  const after = calibrate({ isJudged: true });
  if (signal.aborted) return undefined;
  const summary = summaryIn(output);
  if (summary === undefined) {
    const said = complaint.trim().slice(0, COMPLAINT_MAX);
    if (how === `exit code ${EXIT.usage}`) throw usage('scale', said);
    throw new RunLostError(cell, how, said);
  }
  const { cost, identity, population } = summary;
  return {
    ...cell,
    reports: population.reports,
    startedAt,
    exitCode: summary.exitCode,
    verdict: summary.verdict,
    resultDigest: identity.resultDigest,
    wallMs,
    runMs: cost.wallMs,
    cpuMs: cost.cpuMs,
    peakRssBytes: cost.peakRssBytes,
    peakRssSource: cost.peakRssSource,
    calibrationUs: { before, after },
    loadAverage,
    ...(stolenBefore === undefined || stolenAfter === undefined
      ? {}
      : { stolenMs: stolenAfter - stolenBefore }),
  };
}

async function runToEnd({ file, seed, cell, out, signal }: RunRequest) {
  const { reports, workers } = cell;
  const args = [PRIOLAB, 'run', file, `--seed=${seed}`, '--json', `--out=${out}`];
  const sizes = ['--reports', String(reports), '--workers', String(workers)];
  // Detached: Ctrl-C goes to this process alone, which then asks its child to stop.
  const child = spawn(process.execPath, [...args, ...sizes], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const stop = (): void => void child.kill('SIGINT');
  const kill = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  process.on('exit', kill);
  try {
    const ended = new Promise<string>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, by) => {
        resolve(code === null ? `signal ${String(by)}` : `exit code ${code}`);
      });
    });
    const [output, complaint, how] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      ended,
    ]);
    return { output, complaint, how };
  } finally {
    signal.removeEventListener('abort', stop);
    process.off('exit', kill);
  }
}

function summaryIn(output: string): RunSummary | undefined {
  try {
    const summary = JSON.parse(output) as RunSummary | null;
    return summary?.schema === RECORD_SCHEMA ? summary : undefined;
  } catch {
    return undefined;
  }
}

/** CPU time that the hypervisor gave to others since the start, on Linux. */
function stolenMs(): number | undefined {
  try {
    const ticks = Number(/^cpu +(?:\d+ +){7}(\d+)/.exec(readFileSync('/proc/stat', 'latin1'))?.[1]);
    return Number.isFinite(ticks) ? TICK_MS * ticks : undefined;
  } catch {
    return undefined;
  }
}

/** Of what points are: never continued with those of another machine, commit or scenario. */
export interface PointsHeader {
  readonly digest: string;
  readonly environment: ScaleRecord['environment'];
}

/** The points of an earlier grid of the same scenario, machine and commit. @throws UsageError */
export function readPoints(folder: string, header: PointsHeader): ScalePoint[] {
  const path = join(folder, POINTS_FILE);
  let lines: string[];
  try {
    lines = readFileSync(path, 'utf8').split('\n');
  } catch {
    throw usage('scale', `--resume: nothing to go on with; expected ${path}`);
  }
  const rows = lines.flatMap((line) => parseLine(line));
  const [first, ...points] = rows;
  const got = JSON.stringify(comparable(first as PointsHeader | undefined));
  const expected = JSON.stringify(comparable(header));
  if (got !== expected) {
    const message = `${path} is of another scenario, machine or commit`;
    throw usage('scale', `--resume: ${message}: expected ${expected}, got ${got}`);
  }
  const bad = points.findIndex((point) => !isPoint(point));
  if (bad === -1) return points as ScalePoint[];
  throw usage('scale', `--resume: ${path}, line ${bad + 2}: expected a point, got something else`);
}

/** What was cut off while it was written is no line. */
function parseLine(line: string): unknown[] {
  try {
    return [JSON.parse(line) as unknown];
  } catch {
    return [];
  }
}

function comparable(header: Partial<PointsHeader & { schema: string }> | undefined): object {
  const {
    schema = POINTS_SCHEMA,
    digest,
    environment,
  } = Object(header) as Partial<PointsHeader & { schema: string }>;
  const { cpu, cores, node, platform, commit } = Object(environment) as Partial<
    PointsHeader['environment']
  >;
  return { schema, digest, cpu, cores, node, platform, commit };
}

const COUNTS = ['round', 'exitCode', 'loadAverage'] as const satisfies (keyof ScalePoint)[];
const SIZES = [
  'reports',
  'workers',
  'wallMs',
  'runMs',
  'cpuMs',
  'peakRssBytes',
] as const satisfies (keyof ScalePoint)[];
const WORDS = [
  'startedAt',
  'verdict',
  'resultDigest',
  'peakRssSource',
] as const satisfies (keyof ScalePoint)[];

function isPoint(value: unknown): value is ScalePoint {
  const point = Object(value) as Record<string, unknown>;
  const { before, after } = Object(point['calibrationUs']) as Record<string, unknown>;
  const isCount = (one: unknown): boolean =>
    typeof one === 'number' && Number.isFinite(one) && one >= 0;
  const isSize = (one: unknown): boolean => isCount(one) && one !== 0;
  return (
    COUNTS.every((name) => isCount(point[name])) &&
    SIZES.every((name) => isSize(point[name])) &&
    WORDS.every((name) => typeof point[name] === 'string') &&
    isSize(before) &&
    isSize(after) &&
    (point['stolenMs'] === undefined || isCount(point['stolenMs']))
  );
}

export interface PointsLog {
  add(point: ScalePoint): void;
  close(): void;
}

/** Writes the header and what there is already; then each point when it is there. */
export function openPoints(
  folder: string,
  header: PointsHeader,
  known: readonly ScalePoint[],
): PointsLog {
  const path = join(folder, POINTS_FILE);
  rmSync(path, { force: true });
  const file = openSync(path, 'w');
  const add = (row: object): void => void writeSync(file, `${JSON.stringify(row)}\n`);
  add({ schema: POINTS_SCHEMA, ...header });
  for (const point of known) add(point);
  return { add, close: () => closeSync(file) };
}
