/** What a page says beside its verdict: what was not covered, known limits, what was counted. */

import type { RunSummary } from '@priolab/harness';
import { describe, expect, test } from 'vitest';

import { coverageGaps } from '../../src/coverage.ts';
import { renderHtml } from '../../src/pages.ts';
import { adversarialRun, gapsRun, limitedRun, outcomeOf, summaryWith } from '../fixture.ts';
import { faultyRun } from './runs.ts';

/** The text of one section, cells and entries apart by ` | `. */
function textOf(summary: RunSummary, id: string): string {
  const html = renderHtml(summary, { replay: 'priolab run x' });
  const [section] = new RegExp(`<section id="${id}"[^]*?</section>`).exec(html)!;
  return section
    .replaceAll(/<\/(?:td|th|dt|dd)>/g, ' | ')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/\s+/g, ' ');
}

describe('what was not covered', () => {
  test('has every gap that is read off the record, by its kind', () => {
    const gaps = coverageGaps(gapsRun());
    const text = textOf(gapsRun(), 'gaps');
    expect(gaps.length).toBeGreaterThan(5);
    for (const { kind, about } of gaps) {
      expect(text).toContain(about);
      expect(text.split(`${kind} |`)).toHaveLength(2);
    }
  });

  test('comes right after the expectations, and known limits after it', () => {
    const html = renderHtml(gapsRun(), { replay: 'priolab run x' });
    const ids = [...html.matchAll(/<section id="([^"]*)"/g)].map(([, id]) => id);
    expect(ids.slice(0, 3)).toEqual(['expectations', 'gaps', 'limits']);
  });
});

describe('known limits', () => {
  test('of faults, by place, and of cheats, with their extent', () => {
    expect(textOf(limitedRun(), 'limits')).toMatch(
      /mal\.tamper_sum at helper \| 1 \| A processor adds .*windows changed 3, escape probability/,
    );
    expect(textOf(adversarialRun(), 'limits')).toMatch(
      /cli\.multi_hot \| 5 \| sets every bin \| Prio v2 proves .* done to 5 reports \(0\.63 %/,
    );
    expect(textOf(adversarialRun(), 'adversaries')).toContain('cli.multi_hot | 5 | known limit |');
  });

  test('or that there was none', () => {
    expect(textOf(summaryWith(), 'limits')).toContain('Nothing happened in this run');
  });
});

describe('what oracles counted', () => {
  test('found, among how many, and whose business it is', () => {
    const tally = { ...summaryWith().tally, repeatedValues: 2, wrongFates: 1 };
    const text = textOf(summaryWith({ tally: { ...tally, wrongFateExamples: [17] } }), 'counts');
    expect(text).toContain('random values used before | 2 | 3,200 | | rand.safe');
    expect(text).toContain('reports with a fate not theirs | 1 | 800 | report 17 | reason');
    expect(text).toContain(
      'reports that a second backend computes otherwise | 0 | 8 | | crosscheck',
    );
    // No copy was sent: 0 of 0 is no finding.
    expect(text).toMatch(/Nothing to look at: .*copies with a fate not theirs/);
  });

  test('who sent without consent, and shards that were done again', () => {
    const text = textOf(
      summaryWith({
        consent: {
          sent: 700,
          whileDisabled: 0,
          afterWithdrawal: 3,
          disabledStateDays: 2,
          disabledBatches: 1,
          disabledTotals: 0,
          withdrawnPhoneDays: 40,
          sending: { stopped: 5, refusedAsWrongTask: 6 },
          examples: ['phone 9 on day 1'],
        },
        recheck: { shards: 20, differing: [3, 11] },
      }),
      'counts',
    );
    expect(text).toMatch(
      /sent without ENPA \| 0 \| 700 \| 2 days of states without ENPA; 6 uploads/,
    );
    expect(text).toMatch(/withdrawn \| 3 \| 700 \| 40 days .*; 5 reports not sent on; phone 9 on/);
    expect(text).toContain('batches of states without ENPA | 1 | | | consent.kept');
    expect(text).toContain('otherwise again | 2 | 20 | shard 3; shard 11 | det');
  });

  test('in simulated time: leaks, tenants, second runs, ends that no fault allows', () => {
    const summary = faultyRun();
    const simulation = {
      ...summary.simulation!,
      reports: {
        ...summary.simulation!.reports,
        unexplained: [{ state: 'us-wa', hop: 'leader', fate: 'pending', count: 4 }] as const,
      },
      leaks: { secrets: 50, bytes: 9000, unsearched: 7, found: 1, places: ['store/leader/x'] },
      tenant: { states: 2, windows: 8, changed: 1, changedOf: ['us-ct'], othersChanged: 5 },
      rerun: { digest: 'cd'.repeat(32), firstDifference: 77 },
    };
    const text = textOf({ ...summary, simulation }, 'counts');
    expect(text).toContain('secrets found where none may be | 1 | 50 | 9,000 bytes searched; 7');
    expect(text).toContain('store/leader/x | leak.scan');
    expect(text).toMatch(
      /measurements change \| 1 \| 8 \| 2 states in turn; 5 windows .*; us-ct \|/,
    );
    expect(text).toContain('second runs with other events | 1 | 1 | first different event: 77');
    expect(text).toContain('fault allows | 4 | | 4 pending at leader, us-wa | conserve');
  });
});

test('windows, tasks, events and a fork of simulated time', () => {
  const summary = faultyRun();
  const windows = { ...summary.simulation!.windows, published: 6, held: 1, open: 1, excused: 1 };
  const simulation = {
    ...summary.simulation!,
    windows: { ...windows, late: 2, examples: ['us-wa apple'] },
    openTasks: { leader: 3, helper: 4 },
    events: { 'peer-refused': 12, 'batch-written': 30 },
    fork: { atMs: Date.UTC(2021, 11, 2, 6), name: 'b' },
  };
  const text = textOf({ ...summary, simulation }, 'traffic');
  expect(text).toContain('Windows | 6 of 8 published');
  expect(text).toContain('Open windows | 1; 1 excused by a fault');
  expect(text).toContain('Tasks left | 3 leader, 4 helper');
  expect(text).toContain('Too late | 2 windows');
  expect(text).toContain('Not published | us-wa apple');
  expect(text).toMatch(/batch-written \| 30 .*peer-refused \| 12/);
  expect(textOf({ ...summary, simulation }, 'identity')).toContain(
    'drawn anew from 2021-12-02 06:00 UTC, simulated, as b',
  );
});

describe('what verdicts rest on', () => {
  const hour = 3_600_000;
  const whole = { fromMs: Date.UTC(2021, 11, 1), toMs: Date.UTC(2021, 11, 3) };
  const interval = { of: 'share of bits flipped', low: 0.0171234, level: 0.999999, due: 0.018 };
  const judged = (parts: object): RunSummary => {
    const [first, second] = summaryWith().expectations;
    const expectations = [
      { ...first!, window: whole },
      { ...first!, id: 'once', window: whole },
      { ...second!, window: whole, ...parts },
    ];
    return summaryWith({ expectations });
  };

  test('an interval in words and drawn to one scale, with what is due and what was found', () => {
    const summary = judged({ value: 0.019, interval: { ...interval, high: 0.02 } });
    expect(textOf(summary, 'expectations')).toContain(
      'share of bits flipped 0.01712 to 0.02 (confidence 1 - 1e-6), due 0.018',
    );
    const html = renderHtml(summary, { replay: 'priolab run x' });
    const [, range] = /<svg[^>]*class="range-plot"[^>]*>([^]*?)<\/svg>/.exec(html)!;
    const place = (name: string): number =>
      Number(new RegExp(` ${name}="([\\d.]+)"`).exec(range!)![1]);
    expect([place('x1'), place('x2')]).toEqual([6, 154]);
    // 0.0171234 to 0.02 on 148 pixels.
    expect(place('cx')).toBeCloseTo(6 + (148 * (0.019 - 0.0171234)) / (0.02 - 0.0171234), 1);
  });

  test('one without an upper end goes on to the edge', () => {
    const unit = 'reports';
    const summary = judged({ value: 2, interval: { ...interval, unit, low: 1, due: 0.5 } });
    expect(textOf(summary, 'expectations')).toContain(
      'at least 1 reports (confidence 1 - 1e-6), due 0.5',
    );
    expect(renderHtml(summary, { replay: '' })).toMatch(/class="range" x1="[\d.]+" x2="160"/);
  });

  test('the window of most once, another one in its row', () => {
    const other = { fromMs: whole.fromMs + 4 * hour, toMs: whole.fromMs + 22 * hour };
    const text = textOf(judged({ window: other }), 'expectations');
    expect(text.split('2021-12-01 00:00 to 2021-12-03 00:00 UTC')).toHaveLength(2);
    expect(text).toContain('judged 2021-12-01 04:00 to 2021-12-01 22:00 UTC');
    expect(textOf(judged({}), 'expectations')).not.toContain('04:00');
  });

  test('nothing of records that have none', () => {
    const older = summaryWith({ expectations: [outcomeOf('pass'), outcomeOf('fail', 'once')] });
    const html = renderHtml(older, { replay: 'priolab run x' });
    expect(html).not.toContain('class="range-plot"');
    expect(textOf(older, 'expectations')).not.toMatch(/Judged where|Bar:/);
  });
});
