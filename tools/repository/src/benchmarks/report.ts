/**
 * Shows measurements: as a table for people, as JSON for programs; always with the machine and the
 * commit, without which a number can't be compared.
 */

import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { repositoryRoot } from '../files.ts';
import type { Measurement } from './measure.ts';

/** Where and of what the measurements were taken. */
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

/** A table of `row | us per item | spread | samples`, and the machine below it. */
export function formatTable(measurements: readonly Measurement[], machine: Machine): string {
  const table = [
    ['row', 'us per item', 'spread', 'samples'],
    ...measurements.map(({ name, usPerItem, spread, sampleCount }) => [
      name,
      usPerItem < 100 ? usPerItem.toPrecision(3) : usPerItem.toFixed(0),
      Number.isFinite(spread) ? `${(spread * 100).toFixed(0)} %` : '-',
      String(sampleCount),
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...table.map((cells) => cells[column]?.length ?? 0)),
  );
  const lines = table.map((cells) =>
    cells
      .map((cell, column) => {
        const width = widths[column] as number;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join(' | '),
  );
  const { cpu, cores, node, commit } = machine;
  return [...lines, '', `${cpu}, ${cores} cores, node ${node}, commit ${commit}`, ''].join('\n');
}

/** The same, and the checksums, as JSON. */
export function formatJson(measurements: readonly Measurement[], machine: Machine): string {
  return `${JSON.stringify({ machine, rows: measurements }, undefined, 2)}\n`;
}
