/** The terminal report: verdict first, nothing hidden, nothing harmful let through. */

import { stripVTControlCharacters } from 'node:util';
import type { RunSummary } from '@priolab/harness';
import { describe, expect, test } from 'vitest';

import { renderSummary, type SummaryOptions } from '../src/index.ts';
import * as fixture from './fixture.ts';

const { REPLAY, outcomeOf, summaryWith } = fixture;

function render(summary: RunSummary, options: Partial<SummaryOptions> = {}): string {
  return renderSummary(summary, { colour: false, replay: REPLAY, ...options });
}

/** One section's lines, without its title. */
function section(text: string, title: string): string {
  return text.split(`\n\n${title}\n`)[1]?.split('\n\n')[0] ?? '';
}

/** White space as single spaces: for sentences that may wrap. */
const flat = (text: string): string => text.replace(/\s+/g, ' ');

const failed = summaryWith({
  expectations: [
    outcomeOf('pass', 'once'),
    { ...outcomeOf('vacuous', 'noforge'), n: 0 },
    outcomeOf('invalid', 'throughput'),
    outcomeOf('fail', 'sum.exact'),
  ],
  verdict: 'fail',
  exitCode: 1,
});

const allRuns: Record<string, RunSummary> = {
  passed: summaryWith(),
  failed,
  interrupted: fixture.interruptedRun(),
  adversarial: fixture.adversarialRun(),
  limited: fixture.limitedRun(),
  empty: fixture.emptyRun(),
  hostile: fixture.hostileRun(),
  sampled: fixture.lowerRun('sampled'),
  sharesOnly: fixture.lowerRun('shares-only'),
};

describe('headline', () => {
  test('a pass', () => {
    const lines = render(summaryWith(), { width: 120 }).split('\n');
    expect(lines.slice(0, 3)).toEqual([
      'PASS  all 2 expectations hold, over 800 reports (exit code 0)',
      'two-states, seed 7, scenario 01234567, result fedcba98, backend node, fidelity full, ' +
        'commit 55bd66c0ffee+',
      '',
    ]);
    expect(lines.join('\n')).not.toContain('To look at');
    expect(lines.join('\n')).not.toContain(REPLAY);
  });

  test('a lower rung says under the verdict what was not done, and speaks of no ingestion', () => {
    const [full, sampled, bare] = [
      render(summaryWith(), { width: 120 }),
      render(fixture.lowerRun('sampled'), { width: 120 }),
      render(fixture.lowerRun('shares-only'), { width: 120 }),
    ];
    expect(bare.split('\n')[1]).toBe('shares-only: no encryption, uploads or attestation');
    expect(bare).toContain('fidelity shares-only');
    expect(bare).toMatch(/ shares-only reports\/s with /);
    expect(full).toMatch(/\d reports\/s with /);
    expect(bare).not.toMatch(/^ {2}(?:uploads|ingestor) /m);
    expect(bare).toMatch(/^ {2}shares +800 {2}handed to the processors in the clear: not encr/m);
    expect(sampled.split('\n')[1]).toBe('sampled: no encryption, uploads or attestation');
    expect(sampled).toMatch(/^ {2}uploads +400 .*\n {2}ingestor +400 .*\n {2}shares +400 /m);
    expect(full).not.toMatch(/^ {2}shares /m);
  });

  test.each([
    [
      'fail',
      failed,
      /^FAIL {2}1 of 4 expectations does not hold: sum.exact; 1 invalid; 1 vacuous \(exit/,
    ],
    [
      'vacuous',
      summaryWith({
        expectations: [outcomeOf('pass'), outcomeOf('vacuous', 'noforge')],
        verdict: 'vacuous',
        exitCode: 6,
      }),
      /^VACUOUS {2}1 of 2 expectations had nothing to judge, which is no pass; none failed \(/,
    ],
    [
      'nothing expected',
      summaryWith({ expectations: [], verdict: 'vacuous', exitCode: 6 }),
      /^VACUOUS {2}the scenario expects nothing/,
    ],
    [
      'invalid',
      summaryWith({
        expectations: [outcomeOf('invalid', 'throughput')],
        verdict: 'invalid',
        exitCode: 7,
      }),
      /^INVALID {2}1 of 1 expectation could not be measured/,
    ],
    [
      'interrupted',
      fixture.interruptedRun(),
      /^INTERRUPTED {2}stopped after 200 of 800 reports; what follows covers those only \(/,
    ],
    [
      'failed, then interrupted',
      { ...fixture.interruptedRun(), expectations: [outcomeOf('fail')], verdict: 'fail' as const },
      /^FAIL {2}1 of 1 expectation does not hold: \S+; stopped after 200 of 800/,
    ],
  ])('%s', (_name, summary, expected) => {
    expect(render(summary, { width: 200 }).split('\n')[0]).toMatch(expected);
  });

  test('problems come worst first, with what to do', () => {
    expect(section(render(failed), 'To look at')).toMatchInlineSnapshot(`
      "  fail sum.exact
          observed  saw sum.exact (n = 800)
          limit     want sum.exact
        invalid throughput
          observed  saw throughput (n = 800)
          limit     want throughput
          to do     run it again while the machine does nothing else
        vacuous noforge
          observed  saw noforge (n = 0)
          limit     want noforge
          to do     add adversaries to the scenario, or raise their share"
    `);
  });

  test('the command stays on one line, to be copied', () => {
    const replay = `npx priolab run ${'long/'.repeat(40)}x.scenario.ts --seed 1`;
    expect(render(failed, { replay, width: 60 })).toContain(replay);
  });

  test.each([
    ['fail', failed],
    ['interrupted', fixture.interruptedRun()],
    ['nothing expected', summaryWith({ expectations: [], verdict: 'vacuous', exitCode: 6 })],
  ])('%s: the command is printed first, directly under the verdict', (_name, summary) => {
    const [verdict, command] = render(summary, { width: 200 }).split('\n');
    expect(verdict).toMatch(/^[A-Z]+ {2}.*\(exit code \d+\)$/);
    expect(command).toBe(`  repeat this run: ${REPLAY}`);
    expect(render(summary).split(REPLAY)).toHaveLength(2);
  });
});

test('what did not pass, all expectations, gaps and limits stand above the numbers', () => {
  const summary = { ...failed, ...fixture.limitedRun(), expectations: failed.expectations };
  const titles = render({ ...summary, adversaries: fixture.adversarialRun().adversaries })
    .split('\n')
    .filter((line, i, lines) => lines[i - 1] === '' && !line.startsWith(' '));
  expect(titles).toEqual([
    'To look at',
    'Expectations',
    'Not covered',
    'Known limits',
    'Data flow',
    'States and metrics',
    'Adversaries',
    'Cost',
  ]);
});

test('gaps in coverage: one name for those of a kind, wrapped beside it', () => {
  const text = section(render(fixture.gapsRun(), { width: 80 }), 'Not covered');
  expect(text).toMatchInlineSnapshot(`
    "  fidelity      sampled: no encryption, uploads or attestation
      no verdict    nothing to judge: noforge
                    not measured well enough: throughput
      never struck  cli.oversize
      no data       no report came to the processors of state us-ak
                    no report came to the processors of metric own-metric
                    no total published: us-ct CodeVerified-v1
      not asked     numbers of clients (count.exact), a fate for every report
                    (conserve), reports counted twice (once), the same reports at
                    both processors (sets.equal), reasons of refusals (reason),
                    unsafe or repeated randomness (rand.safe), noise as declared
                    (noise.dist), bias of estimates (unbiased), the same bytes from
                    a second backend (crosscheck), peak memory (memory), the same
                    results again (det)"
  `);
});

describe('data flow', () => {
  test('counts every hop and names who refused what', () => {
    expect(section(render(fixture.adversarialRun()), 'Data flow')).toMatchInlineSnapshot(`
      "  phones    12,345  in 2 states
        devices      400  that sent, each day counted (1 day)
        reports      800  planned: 793 accepted, 7 rejected
        uploads      803  3 of them copies
        ingestor     799  accepted, 4 rejected: replayed 3, truncated 1
        leader       793  accepted, 6 rejected; found here: proof-invalid 4
        helper       793  accepted, 6 rejected; found here only: decrypt-failed 2
        totals         8  published (28 bins), 0 held"
    `);
  });

  test('held totals and reports gone astray stand out', () => {
    const summary = summaryWith({
      cells: [
        fixture.cell('us-wa', 'apple', 'CodeVerified-v1'),
        fixture.heldCell('us-wa', 'google', 'CodeVerified-v1'),
      ],
      fates: [
        { outcome: 'accepted', hop: 'combiner', reason: 'none', count: 798 },
        { outcome: 'lost', hop: 'ingestor', reason: 'none', count: 2 },
      ],
    });
    const flow = section(render(summary), 'Data flow');
    expect(flow).toMatch(/totals +1 {2}published \(3 bins\), 1 held: counts-differ 1/);
    expect(flow).toMatch(/elsewhere +2 {2}lost, hop ingestor, reason none/);
  });

  test('a run that has come to its end says what has not', () => {
    const fates = [
      { outcome: 'accepted', hop: 'combiner', reason: 'none', count: 790 },
      { outcome: 'pending', hop: 'ingestor', reason: 'none', count: 10 },
    ] as const;
    const flow = section(render(summaryWith({ fates })), 'Data flow');
    expect(flow).toMatch(/790 accepted, 0 rejected, 10 still\s+pending at the end/);
  });

  test('an interrupted run says what was not run', () => {
    const flow = section(render(fixture.interruptedRun()), 'Data flow');
    expect(flow).toContain('planned: 200 accepted, 0 rejected, 600 not run yet');
    expect(flow).toContain('due to send');
    expect(flow).not.toContain('elsewhere');
  });
});

describe('states and metrics', () => {
  test('one row for each pair, with error against standard error', () => {
    const text = section(render(summaryWith(), { width: 120 }), 'States and metrics');
    const rows = text.split('\n').map((line) => line.trim().split(/ {2,}/));
    const numbers = ['4.0', '12.2', '4.0', '0.33'];
    expect(rows.slice(0, 5)).toEqual([
      [
        'state',
        'metric',
        'reports',
        'bin',
        'truth',
        'estimate',
        'error',
        'std.err',
        'rms',
        'worst z',
      ],
      ['us-ct', 'CodeVerified-v1', '200', '2', '40', '44.0', ...numbers],
      ['us-ct', 'PeriodicExposureNotification-v1', '200', '1', '24', '28.0', ...numbers],
      ['us-wa', 'CodeVerified-v1', '200', '2', '40', '44.0', ...numbers],
      ['us-wa', 'PeriodicExposureNotification-v1', '200', '1', '24', '28.0', ...numbers],
    ]);
    expect(text).toContain('rms error 0.33 standard errors');
    expect(text).not.toContain('cheat');
  });

  test('cut after maxRows, saying how much is where', () => {
    const text = section(render(summaryWith(), { maxRows: 3 }), 'States and metrics');
    expect(text).toContain('1 more row not shown; all 4 are in summary.json, under "cells".');
    expect(text.match(/us-(wa|ct)/g)).toHaveLength(3);
    const none = section(render(summaryWith(), { maxRows: 0 }), 'States and metrics');
    expect(none).toContain('4 more rows not shown');
    expect(none).not.toMatch(/us-(wa|ct)/);
    // What is not shown still counts in the figure over all rows.
    expect(none).toContain('rms error 0.33 standard errors');
    const all = render(summaryWith(), { maxRows: Infinity });
    expect(all).not.toContain('not shown');
  });

  test('held pairs are no numbers, and partly held ones say so', () => {
    const summary = summaryWith({
      cells: [
        fixture.heldCell('us-ct', 'apple', 'CodeVerified-v1'),
        fixture.cell('us-wa', 'apple', 'CodeVerified-v1'),
        fixture.heldCell('us-wa', 'google', 'CodeVerified-v1'),
      ],
    });
    const text = section(render(summary), 'States and metrics');
    expect(text).toMatch(/us-ct {2}CodeVerified-v1( +-){3} +held( +-){4}\n/);
    expect(text).toContain('1 of 1 total held (counts-differ): not in this row');
    expect(text).toMatch(/us-wa {2}CodeVerified-v1 +100 +2 +20 +20\.0/);
    expect(text).toContain('1 of 2 totals held (counts-differ): not in this row');
  });

  test('accepted cheats are disclosed as part of the error', () => {
    const text = flat(section(render(fixture.adversarialRun()), 'States and metrics'));
    expect(text).toContain('5 accepted reports with a value that a cheat changed are in the');
  });

  test('a narrow terminal leaves columns out and says which', () => {
    const narrow = flat(section(render(summaryWith(), { width: 40 }), 'States and metrics'));
    expect(narrow).toContain(' state metric estimate error ');
    expect(narrow).toContain('No room for: reports, bin, truth, std.err, rms, worst z.');
    const text = flat(section(render(summaryWith(), { width: 60 }), 'States and metrics'));
    expect(text).toContain('No room for: reports, rms, worst z.');
  });
});

describe('expectations, adversaries, cost, files', () => {
  test('each expectation with its interval and power', () => {
    expect(section(render(summaryWith()), 'Expectations')).toMatchInlineSnapshot(`
      "  expectation  observed        limit              n  verdict
        sum.exact    saw sum.exact   want sum.exact   800  pass
        noise.dist   saw noise.dist  want noise.dist  800  pass
          interval: share of bits flipped 0.2112 to 0.2916 (confidence 1 - 1e-6), due 0.25
          power: alpha 1e-6, would show a rate off by 12.3 %"
    `);
  });

  test('a known limit is not shown as "none escaped", an idle adversary is noticed', () => {
    const text = section(render(fixture.adversarialRun(), { width: 90 }), 'Adversaries');
    expect(text).toMatchInlineSnapshot(`
      "  adversary       reports      escaped  what it does
        cli.forge             6            0  sends a random proof
        cli.multi_hot         5  known limit  sets every bin
        cli.oversize          0            0  sends a megabyte
          never happened in this run: raise its share, or run more reports
        dev.retry_same        3            0  sends the same upload twice"
    `);
    expect(render(summaryWith())).not.toContain('\nAdversaries\n');
  });

  test('known limits of cheats stand with how many reports they were done to', () => {
    const text = section(render(fixture.adversarialRun(), { width: 90 }), 'Known limits');
    expect(text).toMatchInlineSnapshot(`
      "  fault          struck  what it does
        cli.multi_hot       5  sets every bin
          known limit: Prio v2 proves that every bin is 0 or 1, not how many are 1: these
          reports count; done to 5 reports (0.63 % of the run)"
    `);
  });

  test('known limits of faults stand with what was measured of them', () => {
    const text = section(render(fixture.limitedRun(), { width: 90 }), 'Known limits');
    expect(text).toMatchInlineSnapshot(`
      "  fault                     struck  what it does
        mal.tamper_sum at leader       3  A processor adds to its own sum.
          known limit: windows changed 3, escape probability 0.9877
        mal.tamper_sum at helper       1  A processor adds to its own sum.
          known limit: windows changed 3, escape probability 0.9877"
    `);
    expect(render(summaryWith())).not.toContain('known limit');
  });

  test('cost by stage, stages that took no time left out', () => {
    const text = section(render(summaryWith(), { width: 60 }), 'Cost');
    expect(text).toContain('400 reports/s with 2 workers; 2.5 s in all, 4.0 s of CPU');
    expect(text).toContain('peak memory 256 MiB');
    expect(text).toMatch(/seal +500\.0 +34 % {2}█{23}\n/);
    expect(text).toMatch(/open and evaluate +400\.0 +27 % {2}█{19}\n/);
    expect(text).toMatch(/all stages +1,470\.0 +100 %$/);
    expect(text).not.toContain('identity');
  });

  test('with profile: every stage with its counts for each report, and their sums', () => {
    const text = section(render(summaryWith(), { profile: true, width: 90 }), 'Cost');
    expect(text).toMatchInlineSnapshot(`
      "  400 reports/s with 2 workers; 2.5 s in all, 4.0 s of CPU
        peak memory 256 MiB
        unit of speed: one P-256 multiplication, 101.3 us before the run and 99.5 us after
        2 cores, Some CPU, linux x64, node 20.20.2
        stage              us/report  share  base  fixed  variable  butterflies  SHA-256  AES
        measure                 10.0    1 %     -      -         -            -        -    -
        randomise               20.0    1 %     -      -         -            -        -    -
        prove                  100.0    7 %     -      -         -           24        -    -
        split                   10.0    1 %     -      -         -            -        -    5
        seal                   500.0   34 %     2      2         -            -        -    -
        attest                 200.0   14 %     1      -         -            -       21    -
        ingest                 200.0   14 %     -      -      1.50            -        -    -
        open and evaluate      400.0   27 %     -      -         2            -        -    5
        decide and sum          20.0    1 %     -      -         -            -        -    -
        observe                 10.0    1 %     -      -         -            -        -    -
        all stages           1,470.0  100 %     3      2      3.50           24       21   10
        Worker time and operations for each report that was run. Multiplications of points: base
        k*G; fixed: of a key of a processor; variable: of a point that a report brought. Blocks
        of SHA-256 and AES; radix-2 butterflies. Counts are exact and the same on every backend;
        those of cross-checks are left out."
    `);
    expect(text).not.toContain('█');
  });

  test('with profile: what has no room is named', () => {
    const narrow = section(render(summaryWith(), { profile: true, width: 60 }), 'Cost');
    expect(narrow).toContain('No room for: ');
    expect(Math.max(...narrow.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
  });

  test('files with what they hold', () => {
    const files = [
      { path: 'runs/x/summary.json', what: 'the record' },
      { path: 'runs/x/fates.bin', what: 'what became of each report' },
    ];
    expect(section(render(summaryWith(), { files }), 'Files')).toBe(
      '  runs/x/summary.json  the record\n  runs/x/fates.bin     what became of each report',
    );
    expect(render(summaryWith())).not.toContain('\nFiles\n');
  });

  test('a run of nothing has no numbers made up', () => {
    const text = render(fixture.emptyRun());
    expect(text).toContain('no cell: no report reached the processors');
    expect(text).toContain('- reports/s');
    expect(text).toContain('to do     more reports (population.reports)');
    expect(text).not.toMatch(/NaN|Infinity|undefined|null/);
  });
});

describe('an expectation with nothing to judge', () => {
  const fate = (outcome: string, reason: string, count: number) => {
    return { outcome, hop: 'leader', reason, count };
  };
  const remedy = (changes: Partial<RunSummary>): string => {
    const expectations = [{ ...outcomeOf('vacuous'), n: 0 }];
    return flat(render(summaryWith({ expectations, verdict: 'vacuous', exitCode: 6, ...changes })));
  };

  test('where nothing was published: what became of the reports, the most first', () => {
    const fates = [
      fate('pending', 'none', 300),
      fate('rejected', 'window-held', 20),
      fate('rejected', 'peer-missing', 470),
      { ...fate('rejected', 'peer-missing', 10), hop: 'helper' },
    ];
    const text = remedy({ fates, cells: [fixture.heldCell('us-wa', 'apple', 'CodeVerified-v1')] });
    expect(text).toContain(
      'to do nothing was published (reports: 480 peer-missing, 300 pending, 20 window-held); ' +
        'see in the data flow where they stop',
    );
    expect(text).not.toContain('more reports');
  });

  test.each<[string, Partial<RunSummary>]>([
    ['something was', {}],
    ['there were too few', { cells: [], fates: [fate('rejected', 'below-minimum', 800)] }],
  ])('where %s: more reports', (_name, changes) => {
    expect(remedy(changes)).toContain('to do more reports (population.reports)');
  });

  test('a fault that never struck is no matter of what was published', () => {
    const expectations = [{ ...outcomeOf('vacuous', 'net.drop'), n: 0 }];
    expect(remedy({ expectations, cells: [] })).toContain('to do more reports');
  });
});

describe.each(Object.entries(allRuns))('%s run', (_name, summary) => {
  const files = [{ path: fixture.HOSTILE, what: fixture.HOSTILE }];

  test.each([40, 50, 60, 80, 100, 250])('fits %i columns, but for commands and paths', (width) => {
    for (const profile of [false, true]) {
      for (const line of render(summary, { width, profile }).split('\n')) {
        if (!line.includes(REPLAY)) expect(Array.from(line).length).toBeLessThanOrEqual(width);
      }
    }
  });

  test('without colour there is no control character, and no order to a CI runner', () => {
    for (const profile of [false, true]) {
      const text = render(summary, { files, replay: `x ${fixture.HOSTILE}`, profile });
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]|::|##/u);
      expect(text).not.toMatch(/undefined|NaN/);
      expect(text).not.toMatch(/ \n|\n$/);
    }
  });

  test('colour adds styles and nothing else', () => {
    const text = render(summary, { colour: true, files });
    const [, ...sequences] = text.split('\u001b');
    for (const sequence of sequences) expect(sequence).toMatch(/^\[\d+m/);
    const unspaced = (some: string): string => some.replace(/ +$/gm, '');
    expect(unspaced(stripVTControlCharacters(text))).toBe(unspaced(render(summary, { files })));
    expect(text).toContain('\u001b[1m');
  });

  test('a width that is none is the default; a huge one stretches nothing', () => {
    const usual = render(summary, { width: 100 });
    expect(render(summary)).toBe(usual);
    expect(render(summary, { width: 0 })).toBe(usual);
    expect(render(summary, { width: Number.NaN })).toBe(usual);
    const longest = Math.max(
      ...render(summary, { width: 1e6 })
        .split('\n')
        .map((line) => line.length),
    );
    expect(longest).toBeLessThan(1500);
  });
});
