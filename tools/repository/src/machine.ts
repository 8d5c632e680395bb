/**
 * Where and of what a measurement was taken: without the machine and the commit, a number can't be
 * compared with another.
 */

import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { repositoryRoot } from './files.ts';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  /** With `+` where files differ from it; `unknown` outside a checkout. */
  readonly commit: string;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    node: process.version,
    commit: currentCommit(),
  };
}

/** The machine in one line. */
export function formatMachine({ cpu, cores, node, commit }: Machine): string {
  return `${cpu}, ${cores} cores, node ${node}, commit ${commit}`;
}

/** Processes that wanted a core over the last minute; the one that asks is among them. */
export function loadAverage(): number {
  return loadavg()[0] ?? Number.NaN;
}

function currentCommit(): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: repositoryRoot,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    const isClean = git('status', '--porcelain') === '';
    return git('rev-parse', '--short=12', 'HEAD') + (isClean ? '' : '+');
  } catch {
    return 'unknown';
  }
}
