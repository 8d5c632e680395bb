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
    commit: currentCommit(),
    startedAt: new Date(wallClock.nowMs()).toISOString(),
  };
}

/** The engine's commit, with `+` where files differ from it; `unknown` outside a checkout. */
function currentCommit(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', import.meta.dirname, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    return (
      git('rev-parse', '--short=12', 'HEAD') + (git('status', '--porcelain') === '' ? '' : '+')
    );
  } catch {
    return 'unknown';
  }
}
