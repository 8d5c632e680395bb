/**
 * One call of the real command line in a process of its own: its time on the wall as seen from
 * outside, its CPU time and largest resident size as it tells them itself when it ends.
 */

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { repositoryRoot } from '../files.ts';

export interface CommandCost {
  readonly exitCode: number;
  readonly wallMs: number;
  /** Of all its threads; not of a second process that makes bundles. */
  readonly cpuMs: number;
  /** VmHWM: the largest resident size that the kernel saw. */
  readonly peakBytes: number;
}

const commandLine = join(repositoryRoot, 'apps/simulator/bin/priolab.js');
const atExit = pathToFileURL(join(repositoryRoot, 'tools/repository/src/memory/at-exit.js')).href;

/**
 * @param expected exit codes
 * @throws Error with the command's own words where it ends otherwise
 */
export async function runCommand(
  args: readonly string[],
  expected: readonly number[],
): Promise<CommandCost> {
  const folder = mkdtempSync(join(tmpdir(), 'priolab-at-exit-'));
  const startMs = performance.now();
  const child = spawn(process.execPath, ['--import', atExit, commandLine, ...args], {
    cwd: repositoryRoot,
    env: { ...process.env, PRIOLAB_AT_EXIT: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    const [, complaint, exitCode] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number | null>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', resolve);
      }),
    ]);
    const wallMs = performance.now() - startMs;
    if (exitCode === null || !expected.includes(exitCode)) {
      throw new Error(`priolab ${args[0]} ended with code ${exitCode}: ${complaint.slice(-800)}`);
    }
    const told = readFileSync(join(folder, `${child.pid}.json`), 'utf8');
    const { cpuMs, peakBytes } = JSON.parse(told) as { cpuMs: number; peakBytes: number };
    return { exitCode, wallMs, cpuMs, peakBytes };
  } finally {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}
