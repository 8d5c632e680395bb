/** Several runs in one command, their folders, and runs that are stopped or not listened to. */

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { RunSummary } from '@priolab/harness';
import { afterAll, describe, expect, test } from 'vitest';

import { createCli } from './fixture.ts';

const { folder, priolab, start, scenarioFile } = createCli();
afterAll(() => rmSync(folder, { recursive: true }));

interface Runs {
  readonly schema: string;
  readonly exitCode: number;
  readonly runs: readonly { file: string; folder: string; summary: RunSummary }[];
  readonly notRun: readonly string[];
}

const ended = (child: ReturnType<typeof start>): Promise<number | null> =>
  new Promise((resolve) => child.on('close', resolve));

describe('several scenarios with --json', () => {
  test('one document: each run with its file, folder and summary, and the worst exit code', () => {
    // Four shards of wide vectors on three threads, then one narrow shard on one of them.
    const wide = scenarioFile('wide', {
      population: { reports: 100, states: ['us-wa'], days: 2 },
      system: { metrics: [{ id: 'wide', bins: 4096 }] },
    });
    const narrow = scenarioFile('narrow', {
      population: { reports: 60, states: ['us-wa'], vendors: { apple: 1 } },
      expect: ['sum.exact', 'noforge'],
    });
    const { code, out, err } = priolab('run', wide, narrow, '--json', '--workers', '3');
    expect(code).toBe(6);
    const document = JSON.parse(out) as Runs;
    expect(document).toMatchObject({ schema: 'priolab-runs/1', exitCode: 6, notRun: [] });
    expect(document.runs.map(({ file }) => file)).toEqual([wide, narrow]);
    expect(document.runs.map(({ summary }) => summary.exitCode)).toEqual([0, 6]);
    for (const { folder: run, summary } of document.runs) {
      const stored = readFileSync(join(folder, run, 'summary.json'), 'utf8');
      expect(JSON.parse(stored)).toEqual(summary);
    }
    expect(err).toMatch(/^VACUOUS/m);

    const [first, second] = document.runs.map(({ summary }) => summary.cost);
    if (second!.peakRssSource === 'high-water') {
      expect(second!.peakRssBytes).toBeLessThan(first!.peakRssBytes);
    }
    const alone = JSON.parse(priolab('run', narrow, '--json', '--workers', '1').out) as RunSummary;
    expect(alone.schema).toBe('priolab-run/1');
    expect(alone.identity).toEqual(document.runs[1]!.summary.identity);
  });

  test('what ended before an error is reported, and what was not run', () => {
    const first = scenarioFile('first', {});
    const second = scenarioFile('second', {});
    const third = scenarioFile('third', {});
    const out = priolab('run', second, '--workers', '0', '--out', 'partly').out;
    const run = /partly\/second-1-[0-9a-f]{8}/.exec(out)![0];
    // A ledger that can't be opened: seen only when the second run begins.
    const ledger = join(folder, run, 'fates.bin');
    rmSync(ledger);
    mkdirSync(ledger);
    const args = ['run', first, second, third, '--json', '--workers', '0', '--out', 'partly'];
    const failed = priolab(...args);
    expect(failed.code).toBe(2);
    expect(failed.err).toContain("can't write");
    const document = JSON.parse(failed.out) as Runs;
    expect(document).toMatchObject({ exitCode: 2, notRun: [second, third] });
    expect(document.runs.map(({ file }) => file)).toEqual([first]);
  });
});

test('several scenarios end with one line each, red ones with their folder', () => {
  const green = scenarioFile('green', {});
  const idle = scenarioFile('idle', { expect: ['sum.exact', 'noforge'] });
  const { code, out } = priolab('run', green, idle, '--workers', '0', '--out', 'overview');
  expect(code).toBe(6);
  const last = out.trimEnd().split('\n').slice(-3);
  expect(last[0]).toBe('1 of 2 scenarios pass');
  expect(last[1]).toBe('  pass     green');
  expect(last[2]).toMatch(/^ {2}vacuous {2}idle {2}overview\/idle-1-[0-9a-f]{8}$/);
  const alone = priolab('run', green, '--workers', '0', '--out', 'overview').out;
  expect(alone).not.toContain('scenarios pass');
});

test('seeds that differ in odd characters only have folders of their own', () => {
  const file = scenarioFile('seeds', {});
  const seeds = ['a b', 'a/b', 'a  b', 'A b', '-a-b'];
  for (const seed of seeds) {
    expect(priolab('run', file, `--seed=${seed}`, '--workers', '0', '--out', 'odd').code).toBe(0);
  }
  const runs = (): string[] => readdirSync(join(folder, 'odd')).filter((name) => name !== 'latest');
  const folders = runs();
  expect(folders).toHaveLength(seeds.length);
  // A file system that ignores case must not bring two of them together either.
  expect(new Set(folders.map((name) => name.toLowerCase())).size).toBe(seeds.length);
  // The same seed again: the same folder.
  priolab('run', file, '--seed', 'a b', '--workers', '0', '--out', 'odd');
  expect(runs()).toHaveLength(seeds.length);
});

describe('a reader that goes away', () => {
  test.each([[[]], [['--json']]])('run %j still leaves its folder and exit code', async (more) => {
    const file = scenarioFile(`piped${more.length}`, { expect: ['sum.exact', 'noforge'] });
    const child = start('run', file, '--workers', '0', '--out', 'piped', ...more);
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.stdout.destroy();
    expect(await ended(child)).toBe(6);
    expect(err).not.toContain('EPIPE');
    const run = readdirSync(join(folder, 'piped')).find((name) =>
      name.startsWith(`piped${more.length}`),
    );
    expect(existsSync(join(folder, 'piped', run!, 'summary.json'))).toBe(true);
  });

  test('explain and list end in peace', async () => {
    for (const args of [['explain'], ['--help']]) {
      const child = start(...args);
      let err = '';
      child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
      child.stdout.destroy();
      expect(await ended(child)).toBe(0);
      expect(err).toBe('');
    }
  });
});

test('Ctrl-C while planning: ended within two seconds, and nothing is run', async () => {
  // One phone in 700 takes part: seven billion devices to look at.
  const population = { reports: 10_000_000, states: ['us-wa', 'us-ca'], optIn: 1 / 700 };
  const file = scenarioFile('planning', { population });
  const child = start('run', file, '--workers', '1', '--out', 'unplanned');
  let err = '';
  const planning = new Promise<void>((resolve) => {
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
      if (err.includes('planning ')) resolve();
    });
  });
  await planning;
  const stoppedMs = performance.now();
  child.kill('SIGINT');
  expect(await ended(child)).toBe(130);
  expect(performance.now() - stoppedMs).toBeLessThan(2000);
  expect(err).toMatch(/^planning \d+\.\d %, [\d,]+ of 10,000,000 reports, /m);
  expect(err).toContain('interrupted while planning: nothing was run');
  expect(existsSync(join(folder, 'unplanned'))).toBe(false);
});
