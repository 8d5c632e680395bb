/** What the run's results do not depend on, for the record: machine, versions, commit. */

import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';

import { wallClock } from '@priolab/runtime';

import type { RunOptions } from '../run/run.ts';

export function describeEnvironment(): RunOptions['environment'] {
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    commit: commitOf(import.meta.dirname),
    startedAt: new Date(wallClock.nowMs()).toISOString(),
  };
}

/**
 * The commit of the checkout that a folder lies in, with `+` where files differ from it: those that
 * it holds, anywhere, and new ones below apps and libs, where code is. A scenario that was just
 * written is none of them. `unknown` outside a checkout.
 */
export function commitOf(folder: string): string {
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', folder, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  const status = ['status', '--porcelain'];
  try {
    const commit = git('rev-parse', '--short=12', 'HEAD');
    const changed = git(...status, '--untracked-files=no');
    const added = git(...status, '--untracked-files=normal', '--', ':/apps', ':/libs');
    return changed === '' && added === '' ? commit : `${commit}+`;
  } catch {
    return 'unknown';
  }
}
