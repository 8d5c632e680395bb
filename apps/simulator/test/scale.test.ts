/**
 * `priolab scale` with real runs: tiny ones, so that what is looked at is their shape and what came
 * of them, never how long they took.
 */

import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { SCALE_SCHEMA } from '@priolab/harness';
import type { RunSummary, ScaleRecord } from '@priolab/harness';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createCli, smoke } from './fixture.ts';
import { schemaProblems } from './json-schema.ts';

const { folder, priolab, start, scenarioFile } = createCli();
afterAll(() => rmSync(folder, { recursive: true }));

/** A grid is several runs: it may take longer than `priolab` of the fixture waits. */
async function scale(...args: string[]) {
  const child = start('scale', ...args);
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.on('close', resolve)),
  ]);
  return { code, out, err };
}

const folderOf = (record: ScaleRecord, out: string): string => {
  const { id, seed, digest } = record.scenario;
  return join(folder, out, `scale-${id}-${seed}-${digest.slice(0, 8)}`);
};

describe('a grid of the smoke scenario', () => {
  const sizes = ['--reports', '300,100,200', '--workers', '2,1', '--repeat', '1'];
  let done: Awaited<ReturnType<typeof scale>>;
  let record: ScaleRecord;
  let points: ScaleRecord['points'];
  let at: string;
  beforeAll(async () => {
    done = await scale(smoke, ...sizes, '--json', '--svg', '--html');
    record = JSON.parse(done.out) as ScaleRecord;
    ({ points } = record);
    at = folderOf(record, 'runs');
  }, 300_000);

  test('has a run for each count and number of workers, all well, with the same results', () => {
    // Noise may refuse a fit; a wrong result would be another code.
    expect([0, 7]).toContain(done.code);
    expect(record).toMatchObject({
      schema: 'priolab-scale/1',
      exitCode: done.code,
      grid: { reports: [100, 200, 300], workers: [1, 2], repeat: 1 },
    });
    const cells = points.map(({ reports, workers, round }) => `${reports} ${workers} ${round}`);
    expect(cells.toSorted()).toEqual(
      ['100 1 0', '100 2 0', '200 1 0', '200 2 0', '300 1 0', '300 2 0'].toSorted(),
    );
    expect(new Set(points.map(({ exitCode }) => exitCode))).toEqual(new Set([0]));
    expect(new Set(points.map(({ resultDigest }) => resultDigest)).size).toBe(3);
    expect(done.err).toContain('run 6 of 6: ');
  });

  test('a point is what `priolab run` says of the same reports', () => {
    const one = JSON.parse(
      priolab('run', smoke, '--reports', '200', '--workers', '1', '--json').out,
    ) as RunSummary;
    const same = points.find(({ reports, workers }) => reports === 200 && workers === 1)!;
    expect(same.resultDigest).toBe(one.identity.resultDigest);
    const count = one.fates.reduce((sum, fate) => sum + fate.count, 0);
    expect(count).toBe(same.reports);
  });

  test('a process is longer than its run, and uses memory and CPU', () => {
    for (const { wallMs, runMs, cpuMs, peakRssBytes, calibrationUs } of points) {
      expect(wallMs).toBeGreaterThan(runMs);
      expect(cpuMs).toBeGreaterThan(0);
      expect(peakRssBytes).toBeGreaterThan(10 * 2 ** 20);
      expect(Math.min(calibrationUs.before, calibrationUs.after)).toBeGreaterThan(0);
    }
  });

  test('leaves its files, and no folder of a run that passed', () => {
    const read = (name: string) => readFileSync(join(at, name), 'utf8');
    expect(JSON.parse(read('scale.json'))).toEqual(record);
    expect(read('points.csv').trimEnd().split('\r\n')).toHaveLength(7);
    expect(read('scale.svg')).toContain('Scaling of smoke');
    expect(read('scale.html')).toContain('<!doctype html>');
    expect(existsSync(join(at, 'runs'))).toBe(false);
  });

  test('is as `priolab schema scale` says, and with any field changed it is not', () => {
    const schema = JSON.parse(priolab('schema', 'scale').out) as Record<string, unknown>;
    expect(schema['title']).toContain(SCALE_SCHEMA);
    expect(schemaProblems(schema, record)).toEqual([]);
    const changed = structuredClone(record) as unknown as Record<string, unknown>;
    for (const place of [changed, ...['points', 'byWorkers'].map((name) => changed[name])]) {
      const one = (Array.isArray(place) ? place[0] : place) as Record<string, unknown>;
      for (const name of [...Object.keys(one), 'unknown']) {
        const before = one[name];
        one[name] = [[]];
        expect(schemaProblems(schema, changed), name).not.toEqual([]);
        if (before === undefined) delete one[name];
        else one[name] = before;
      }
    }
    expect(schemaProblems(schema, changed)).toEqual([]);
  });

  test('goes on with --resume: what is done is not done again, what was cut off is', async () => {
    const file = join(at, 'points.ndjson');
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(7);
    writeFileSync(file, `${lines.slice(0, 6).join('\n')}\n`);
    appendFileSync(file, lines[6]!.slice(0, 40));
    const again = await scale(smoke, ...sizes, '--resume', '--json');
    expect(again.err).toContain('run 6 of 6: ');
    expect(again.err).not.toContain('run 5 of 6: ');
    const resumed = JSON.parse(again.out) as ScaleRecord;
    expect(resumed.points.slice(0, 5)).toEqual(points.slice(0, 5));
    expect(resumed.points[5]!.resultDigest).toBe(points[5]!.resultDigest);
    expect(existsSync(join(at, 'scale.svg'))).toBe(true);
  });

  test('refuses to go on with points of another commit, and with damaged ones', () => {
    const file = join(at, 'points.ndjson');
    const text = readFileSync(file, 'utf8');
    const { commit } = record.environment;
    writeFileSync(file, text.replace(`"commit":"${commit}"`, '"commit":"0123456789ab"'));
    const other = priolab('scale', smoke, ...sizes, '--resume');
    expect(other.code).toBe(2);
    expect(other.err).toContain('of another scenario, machine or commit');
    writeFileSync(file, text.replace(/"wallMs":[\d.]+/, '"wallMs":"fast"'));
    const damaged = priolab('scale', smoke, ...sizes, '--resume');
    expect(damaged.code).toBe(2);
    expect(damaged.err).toContain('line 2: expected a point');
    writeFileSync(file, text);
  });
});

describe('a run that goes wrong', () => {
  test('a red run ends the grid, with its exit code, and its folder stays', async () => {
    const red = scenarioFile('red', {
      clock: 'simulated',
      nemesis: [{ id: 'ing.metadata_leak' }],
      expect: ['leak.scan'],
    });
    const sizes = ['--reports', '60,80,100', '--workers', '1', '--repeat', '1'];
    const { code, out } = await scale(red, ...sizes, '--json', '--out', 'red');
    const record = JSON.parse(out) as ScaleRecord;
    // What the run itself ends with: privacy.
    expect({ code, verdict: record.verdict }).toEqual({ code: 4, verdict: 'broken' });
    expect(record.points).toHaveLength(1);
    expect(record.notes[0]).toContain('nothing was run after it');
    expect(existsSync(join(folderOf(record, 'red'), 'runs'))).toBe(true);
  });

  test('a scenario that can not be run so is a mistake, told once', () => {
    const few = { reports: 60, states: ['us-wa', 'us-ct'], optIn: 1e-8 };
    const file = scenarioFile('few', { population: few });
    const { code, err, out } = priolab('scale', file, '--reports', '60', '--workers', '1');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('problem');
    expect(err).not.toContain('    at ');
  });
});

test('Ctrl-C keeps what is done: exit code 130, and what there is', async () => {
  const file = scenarioFile('long', { population: { reports: 60, states: ['us-wa'] } });
  const sizes = ['--reports', '60,80,100', '--workers', '1', '--repeat', '50', '--out', 'stopped'];
  const child = start('scale', file, ...sizes, '--json');
  let out = '';
  let err = '';
  child.stdout.on('data', (part: Buffer) => (out += part.toString()));
  const code = await new Promise((resolve) => {
    child.on('close', resolve);
    child.stderr.on('data', (part: Buffer) => {
      const before = err;
      err += part.toString();
      // The second run has begun: the first one is done.
      if (!before.includes('run 2 of') && err.includes('run 2 of')) child.kill('SIGINT');
    });
  });
  expect(code).toBe(130);
  expect(err).toContain('what is done is kept');
  const record = JSON.parse(out) as ScaleRecord;
  expect(record).toMatchObject({ verdict: 'interrupted', exitCode: 130 });
  expect(record.points.length).toBeGreaterThanOrEqual(1);
  expect(record.points.length).toBeLessThan(10);
  const log = readFileSync(join(folderOf(record, 'stopped'), 'points.ndjson'), 'utf8');
  expect(log.trimEnd().split('\n')).toHaveLength(1 + record.points.length);
});

test.each<[string[], string]>([
  [[], 'expected one scenario file'],
  [[smoke, smoke], 'expected one scenario file'],
  [[smoke, '--reports', '10,x'], '--reports: got "x"; allowed: whole numbers from 1 to 1000000000'],
  [[smoke, '--reports', '10,10'], 'where a number stands twice'],
  [[smoke, '--workers', '0'], '--workers: got "0"; allowed: whole numbers from 1 to 256'],
  [[smoke, '--repeat', '0'], '--repeat: got "0"'],
  [[smoke, '--resume', '--out', 'nothing'], 'nothing to go on with'],
])('priolab scale %j', (args, message) => {
  const { code, out, err } = priolab('scale', ...args);
  expect(err).toContain(message);
  expect({ code, out }).toEqual({ code: 2, out: '' });
});
