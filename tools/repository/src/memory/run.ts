/**
 * One run of the real command line in a process of its own, watched from outside. It writes its run
 * folder, fate ledger included, to a temporary place.
 */

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '../files.ts';
import { watchProcessTree } from './process-tree.ts';

export interface RunRequest {
  readonly scenario: string;
  readonly reports: number;
  /** As `priolab run` has it where undefined: one a core. */
  readonly workers: number | undefined;
}

export interface MemoryRun {
  readonly reports: number;
  readonly peakBytes: number;
  readonly processCount: number;
  /** What the run says of itself: the resident maximum of its one process. */
  readonly ownPeakBytes: number;
  readonly wallMs: number;
  readonly verdict: string;
}

/** The part of the run's summary that is read here. */
interface Summary {
  readonly interrupted: boolean;
  readonly verdict: string;
  readonly cost: { readonly wallMs: number; readonly peakRssBytes: number };
}

const commandLine = join(repositoryRoot, 'apps/simulator/bin/priolab.js');

/** @throws Error with the run's own words where it ends without a summary */
export async function runOnce({ scenario, reports, workers }: RunRequest): Promise<MemoryRun> {
  const folder = mkdtempSync(join(tmpdir(), 'priolab-memory-'));
  const sizes = ['--reports', String(reports), '--out', folder, '--json'];
  if (workers !== undefined) sizes.push('--workers', String(workers));
  const child = spawn(process.execPath, [commandLine, 'run', scenario, ...sizes], {
    cwd: repositoryRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = watchProcessTree(child.pid ?? -1);
  try {
    const [stdout, stderr, code] = await Promise.all([
      readAll(child.stdout),
      readAll(child.stderr),
      new Promise<number | null>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', resolve);
      }),
    ]);
    const summary = parseSummary(stdout);
    if (summary === undefined || summary.interrupted) {
      throw new Error(`a run of ${reports} reports ended with code ${code}: ${stderr.slice(-800)}`);
    }
    const { bytes, processCount } = stop();
    const { verdict, cost } = summary;
    const ownPeakBytes = cost.peakRssBytes;
    // A process that is gone between two looks has still told its own peak.
    const peakBytes = Math.max(bytes, ownPeakBytes);
    return { reports, peakBytes, processCount, ownPeakBytes, wallMs: cost.wallMs, verdict };
  } finally {
    stop();
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) text += String(chunk);
  return text;
}

function parseSummary(text: string): Summary | undefined {
  try {
    return JSON.parse(text) as Summary;
  } catch {
    return undefined;
  }
}
