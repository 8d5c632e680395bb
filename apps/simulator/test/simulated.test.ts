/** Runs in simulated time through the real command line: verdicts, capsules, replay, fork, fuzz. */

import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { explainTerm } from '@priolab/harness';
import { afterAll, describe, expect, test } from 'vitest';

import { createCli } from './fixture.ts';

const { folder, priolab, scenarioFile, start } = createCli();
afterAll(() => rmSync(folder, { recursive: true }));

const simulated = {
  clock: 'simulated',
  services: { ingestion: { batchEvery: '4h' } },
  nemesis: [{ id: 'net.drop', p: 0.2 }],
  expect: ['sum.exact', 'conserve', 'live'],
};

/** A run that is red because a fault struck that must not. */
const red = { ...simulated, expect: ['sum.exact', { kind: 'never', id: 'net.drop' }] };

function capsuleIn(out: string): string {
  const [, path] = /npx priolab replay (\S+)/.exec(out)!;
  return join(folder, path!);
}

describe('runs', () => {
  test('0: faults strike and everything comes to its end', () => {
    const { code, out } = priolab('run', scenarioFile('green', simulated));
    expect(out).toMatch(/^PASS/m);
    expect(out).toMatch(/net\.drop +struck \d+ times.* pass$/m);
    expect(code).toBe(0);
  });

  test('6: a fault that never strikes', () => {
    const nemesis = [{ id: 'net.drop', p: 1e-9 }];
    const { code, out } = priolab('run', scenarioFile('idle', { ...simulated, nemesis }));
    expect(out).toMatch(/^VACUOUS/m);
    expect(out).toMatch(/net\.drop +struck 0 times .* vacuous$/m);
    expect(code).toBe(6);
  });

  test('6: an expectation without samples', () => {
    const expected = { ...simulated, nemesis: [], expect: ['blast'] };
    expect(priolab('run', scenarioFile('nothing', expected)).code).toBe(6);
  });

  test('2: faults on the wall clock, a fault that is none', () => {
    const wall = priolab('run', scenarioFile('wall', { nemesis: [{ id: 'net.drop' }] }));
    expect(wall.err).toContain('needs clock "simulated"');
    expect(wall.code).toBe(2);
    const nowhere = [{ id: 'net.drop', at: 'nowhere' }];
    const away = priolab('check', scenarioFile('nowhere', { ...simulated, nemesis: nowhere }));
    expect(away.err).toContain('got "nowhere"; allowed: links');
    expect(away.code).toBe(2);
    const nemesis = [{ id: 'net.dorp' }];
    const unknown = priolab('run', scenarioFile('unknown', { ...simulated, nemesis }));
    expect(unknown.err).toContain('did you mean "net.drop"?');
    expect(unknown.code).toBe(2);
  });
});

describe('capsules', () => {
  const { code, out } = priolab('run', scenarioFile('red', red));
  const capsule = capsuleIn(out);

  test('a red run says how to repeat it before all else, in less than 50 kB', () => {
    expect(code).toBe(1);
    expect(out).toMatch(/^FAIL {2}.*\n {2}repeat this run: npx priolab replay \S+capsule\.json$/m);
    expect(statSync(capsule).size).toBeLessThan(50_000);
  });

  test('every row of its data flow and every column of its tables can be explained', () => {
    const flow = out.split('\nData flow\n')[1]!.split('\n\n')[0]!;
    const rows = [...flow.matchAll(/^ {2}([a-z]+) +\d/gm)].map(([, word]) => word!);
    const columns = [...out.matchAll(/^ {2}((?:state|expectation) {2}.*)$/gm)].flatMap(([, line]) =>
      line!.trim().split(/ {2,}/),
    );
    expect(rows.length).toBeGreaterThan(6);
    expect(columns).toEqual(expect.arrayContaining(['std.err', 'worst z', 'observed', 'n']));
    for (const word of [...rows, ...columns]) expect(explainTerm(word), word).toBeDefined();
  });

  test('repeated, it is the same, and red as it was', () => {
    const again = priolab('replay', capsule, '--workers', '0');
    expect(again.out).toMatch(/^SAME as the capsule/m);
    expect(again.out).toContain('fail never net.drop');
    expect(again.code).toBe(1);
  });

  test('8: another result, and where the two parted', () => {
    const changed = JSON.parse(readFileSync(capsule, 'utf8')) as {
      scenario: { seed: string };
    };
    changed.scenario.seed = '2';
    const path = join(folder, 'changed.capsule.json');
    writeFileSync(path, JSON.stringify(changed));
    const again = priolab('replay', path);
    expect(again.code).toBe(8);
    expect(again.err).toMatch(/results: expected [0-9a-f]{64}, got [0-9a-f]{64}/);
    expect(again.err).toMatch(/events/);
  });

  test('a long one says how far it is, and Ctrl-C ends it', { timeout: 120_000 }, async () => {
    const path = join(folder, 'long.capsule.json');
    const long = readFileSync(capsule, 'utf8').replace(/("reports": )\d+/, '$130000');
    writeFileSync(path, long);
    const child = start('replay', path, '--workers', '0');
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      const isFirst = said === '';
      said += chunk.toString();
      if (isFirst) child.kill('SIGINT');
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(said).toMatch(/^.*\d+\.\d %.* of 30,000 reports/);
    expect(said).toContain('interrupted: nothing was compared');
    expect(code).toBe(130);
  });

  test('3: a limit on the machine that holds on another one', () => {
    const expected = { expect: ['conserve', { id: 'memory', atMostMiB: 1 }] };
    const first = priolab('run', scenarioFile('heavy', { ...simulated, ...expected }));
    expect(first.code).toBe(3);
    const path = capsuleIn(first.out);
    const roomy = readFileSync(path, 'utf8').replace(/("atMostMiB": )1\b/, '$1100000');
    writeFileSync(path, roomy);
    const again = priolab('replay', path);
    expect(again.out).toMatch(/^SAME as the capsule/m);
    expect(again.out).toContain('not compared, as machines differ: memory did not hold then');
    expect(again.code).toBe(3);
  });

  test('a scenario too large for one: the verdict, how to repeat it, and why so', () => {
    const overrides = Array.from({ length: 100 }, (_, i) => ({
      states: Array.from({ length: 100 }, () => 'us-wa'),
      minBatch: 1 + i,
    }));
    const file = scenarioFile('huge', { ...red, overrides });
    const { code: ended, out: text, err } = priolab('run', file);
    expect(err).toBe('');
    expect(ended).toBe(1);
    expect(text).toMatch(/^FAIL {2}.*\n {2}repeat this run: npx priolab run \S+ --seed 1 /m);
    expect(text).toContain('no capsule.json: the scenario is too large for one (50000 bytes)');
    expect(text).not.toContain('priolab replay');
  });

  test('2: what is no capsule', () => {
    const path = join(folder, 'none.capsule.json');
    writeFileSync(path, '{"format":"priolab-capsule/1"}');
    expect(priolab('replay', path).code).toBe(2);
    writeFileSync(path, 'x'.repeat(60_000));
    const { code: large, err } = priolab('replay', path);
    expect(err).toContain('at most 50000 bytes');
    expect(large).toBe(2);
    expect(priolab('replay').code).toBe(2);
    expect(priolab('replay', 'nowhere').code).toBe(2);
  });

  test('forked, the past stays and the future varies', () => {
    const { out: text, code: done } = priolab('fork', capsule, '--at', '6h', '--times', '3');
    expect(text).toMatch(/forked 3 times at 6h; it was: never net\.drop/);
    expect(text).toMatch(/^ {6}3 {2}100 % {2}#{40} {2}never net\.drop$/m);
    expect(done).toBe(0);
    expect(priolab('fork', capsule, '--at', 'noon').err).toContain('a duration');
    expect(priolab('fork', capsule).code).toBe(2);
    const late = priolab('fork', capsule, '--at', '90d');
    expect(late.err).toMatch(/--at: got 90d; the run ends 1d\S* after its start/);
    expect(late.code).toBe(2);
  });
});

describe('many runs', () => {
  test('fuzz: what a fault explains is no finding', () => {
    const { code, out } = priolab('fuzz', scenarioFile('many', simulated), '--seeds', '3');
    expect(out).toMatch(/^3 seeds in .* 0 findings$/m);
    expect(out).toContain('1 of 1 faults that were drawn struck');
    expect(code).toBe(0);
    const lines = readFileSync(join(folder, 'runs/fuzz/seeds.ndjson'), 'utf8').trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { seed: string }).seed)).toEqual([
      '1',
      '2',
      '3',
    ]);
  });

  test('fuzz: seeds without data are counted, and no pass where all are', () => {
    const nemesis = [{ id: 'mal.withhold' }];
    const expected = ['sum.exact', 'once', 'reason'];
    const all = priolab(
      'fuzz',
      scenarioFile('vacuous', { ...simulated, nemesis, expect: expected }),
      '--seeds',
      '2',
    );
    expect(all.out).toMatch(/^2 seeds in .* 0 findings$/m);
    expect(all.out).toMatch(/^2 of 2 seeds vacuous, for want of data: once 2, sum\.exact 2$/m);
    expect(all.code).toBe(6);
    const none = priolab('fuzz', scenarioFile('data', simulated), '--seeds', '1');
    expect(none.out).not.toContain('vacuous');
  });

  test('fuzz: of a finding, what names its only expectation is not tried', () => {
    const file = scenarioFile('untried', { ...red, expect: red.expect.slice(1) });
    const { out } = priolab('fuzz', file, '--seeds', '1', '--workers', '0');
    expect(out).toMatch(/^ {2}needs at most, .*: net\.drop; not tried without net\.drop$/m);
  });

  test('fuzz: a finding comes with its capsule', () => {
    const { code, out } = priolab('fuzz', scenarioFile('finding', red), '--seeds', '2');
    expect(code).toBe(1);
    expect(out).toMatch(/^FINDING never net\.drop: 2 seeds, first 1/m);
    expect(priolab('replay', capsuleIn(out)).out).toMatch(/^SAME/m);
  });

  test('fuzz: of a finding, the faults that it needs and their capsule', () => {
    const nemesis = [{ id: 'net.delay', p: 0.2 }, { id: 'net.drop', p: 0.2 }, { id: 'sto.slow' }];
    const file = scenarioFile('shrinking', { ...red, nemesis });
    const { code, out } = priolab('fuzz', file, '--seeds', '1', '--workers', '0');
    expect(code).toBe(1);
    expect(out).toMatch(/^FINDING never net\.drop: 1 seeds, first 1/m);
    // All, without one each, without both of the others, without any.
    expect(out).toMatch(/^ {2}needs, after 6 runs: net\.drop$/m);
    const [, capsule] = /npx priolab replay (\S+\.shrunk\.capsule\.json)/.exec(out)!;
    const again = priolab('replay', join(folder, capsule!));
    expect(again.out).toMatch(/^SAME/m);
    expect(again.out).toContain('fail never net.drop');
    const none = priolab('fuzz', file, '--seeds', '1', '--workers', '0', '--shrink', '0');
    expect(none.out).not.toContain('shrunk');
  });

  test('faults: a table of what struck and what came of it', () => {
    const { code, out } = priolab('faults', 'net.drop', 'net.dup');
    expect(out).toMatch(/^net\.drop +\d+ +\d\d:\d\d +recover +pass/m);
    expect(out).toMatch(/^net\.dup +\d+ +\d\d:\d\d +recover +pass/m);
    expect(code).toBe(0);
    expect(priolab('faults', 'net.dorp').err).toContain('did you mean "net.drop"?');
    const shown = JSON.parse(priolab('faults', 'net.drop', '--show').out) as { clock: string };
    expect(shown.clock).toBe('simulated');
  });
});
