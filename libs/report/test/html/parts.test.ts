/** What the page's charts are drawn from: flows, intervals, clocks, sums. */

import { describe, expect, test } from 'vitest';

import type { RunSummary } from '@priolab/harness';

import { renderHtml } from '../../src/pages.ts';
import { dateTick, dateTime, stepText } from '../../src/html/dates.ts';
import { fateFlow } from '../../src/html/fate-flow.ts';
import { durationMs, storyOf } from '../../src/html/fault-lanes.ts';
import { valueAt } from '../../src/html/machine.ts';
import { exponential, fitOf } from '../../src/html/noise.ts';
import { adversarialRun, interruptedRun, lowerRun, summaryWith } from '../fixture.ts';
import { faultyRun, largeRun } from './runs.ts';

const HOUR_MS = 3_600_000;

describe('the flow of fates', () => {
  const runs = {
    pass: summaryWith(),
    cheats: adversarialRun(),
    interrupted: interruptedRun(),
    'shares only': lowerRun('shares-only'),
    large: largeRun({ windows: 1, bins: [5] }),
  };

  test.each(Object.entries(runs))('%s: what enters a party leaves it', (_, summary) => {
    const { nodes, links } = fateFlow(summary);
    const all = [...summary.fates, ...summary.copyFates].reduce((sum, { count }) => sum + count, 0);
    const sum = (end: 'source' | 'target', id: string): number =>
      links.reduce((total, link) => total + (link[end] === id ? link.count : 0), 0);
    expect(sum('source', 'device')).toBe(all);
    const between = nodes.filter(({ id, kind }) => kind === 'way' && id !== 'device');
    for (const { id } of between) expect(sum('source', id), id).toBe(sum('target', id));
    const ends = nodes.filter(({ kind }) => kind !== 'way');
    expect(ends.reduce((total, { id }) => total + sum('target', id), 0)).toBe(all);
  });

  test('names who refused what, copies among them, and what was not run', () => {
    const named = (summary: RunSummary): string[] => {
      const { links } = fateFlow(summary);
      return links.map(({ source, target, count }) => `${source} > ${target}: ${count}`);
    };
    expect(named(adversarialRun())).toEqual(
      expect.arrayContaining([
        'ingestor > ingestor refused replayed: 3',
        'ingestor > ingestor refused truncated: 1',
        'leader > leader refused proof-invalid: 4',
        'helper > helper refused decrypt-failed: 2',
        'helper > combiner: 793',
        'combiner > total CodeVerified-v1: 393',
      ]),
    );
    expect(named(interruptedRun())).toContain('device > device open pending: 600');
    expect(named(lowerRun('shares-only')).join()).not.toContain('ingestor');
  });

  test('says where totals hold more than was accepted', () => {
    const fates = [{ outcome: 'accepted', hop: 'combiner', reason: 'none', count: 700 }];
    expect(fateFlow(summaryWith({ fates })).notes.join()).toContain('100 more than were accepted');
  });

  test('puts rare ends and metrics together', () => {
    const rare = Array.from({ length: 9 }, (_, i) => {
      return { outcome: 'rejected', hop: 'leader', reason: `reason-${i}`, count: i + 1 };
    });
    const { nodes, links } = fateFlow(summaryWith({ fates: [...summaryWith().fates, ...rare] }));
    const others = nodes.find(({ name }) => name === '5 other ends')!;
    expect(links.find(({ target }) => target === others.id)!.count).toBe(1 + 2 + 3 + 4 + 5);
  });
});

describe('the conservation matrix', () => {
  const says = (parts: Partial<RunSummary>): string => {
    const html = renderHtml({ ...largeRun({ windows: 1, bins: [5] }), ...parts }, { replay: '' });
    return /<section id="conservation"[^]*?<\/section>/.exec(html)![0];
  };

  test('adds up, or says that it does not', () => {
    const { fatesByState } = largeRun({ windows: 1, bins: [5] });
    expect(says({})).toContain('all 1,000,000 planned reports have one fate');
    const wrong = says({ fatesByState: fatesByState!.slice(1) });
    expect(wrong).toContain('The matrix does not add up');
    expect(wrong).toContain('938,750 reports in it, 1,000,000 planned; 1 fates differ');
  });
});

describe('the noise', () => {
  test('an interval that holds the rate, and Wilson’s bounds of no flip', () => {
    const fit = fitOf({ epsilon: Math.log(3), flippedBits: 700, noisedBits: 2800 });
    expect(fit.expected).toBeCloseTo(0.25, 12);
    expect(fit.low).toBeCloseTo(0.22955, 4);
    expect(fit.high).toBeCloseTo(0.27165, 4);
    const none = fitOf({ epsilon: 8, flippedBits: 0, noisedBits: 1000 });
    expect(none.low).toBe(0);
    expect(none.high).toBeCloseTo(2.5758 ** 2 / (1000 + 2.5758 ** 2), 9);
  });

  test.each([0, 0.1, 1, 8, 20, 50])('e^%f as Math.exp has it', (x) => {
    expect(exponential(x) / Math.exp(x)).toBeCloseTo(1, 12);
  });
});

describe('time', () => {
  test.each([
    ['1d12h', 36 * HOUR_MS],
    ['90s', 90_000],
    ['50ms', 50],
    ['2m50ms', 120_050],
    ['0s', 0],
  ])('%s', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  test('is UTC, and - where it is none', () => {
    expect(dateTime(Date.UTC(2021, 11, 1, 8, 30))).toBe('2021-12-01 08:30');
    expect(dateTick(Date.UTC(2021, 11, 1))).toBe('1 Dec');
    expect(dateTick(Date.UTC(2021, 11, 1, 6))).toBe('06:00');
    expect([Number.NaN, 1e300].map(dateTime)).toEqual(['-', '-']);
    expect([900_000, 90_000, 2 * HOUR_MS].map(stepText)).toEqual(['15 min', '1 min 30 s', '2 h']);
  });

  test('between samples in proportion', () => {
    const read = (ms: number): number => valueAt([0, 10, 30], [0, 100, 140], ms);
    expect([0, 5, 10, 20, 30, 99].map(read)).toEqual([0, 50, 100, 120, 140, 140]);
  });

  test('strikes are on lanes by fault, in spans that the scenario gives', () => {
    const story = storyOf(faultyRun())!;
    const { startMs, lanes, moments, phases, machineMs, machineEndMs } = story;
    expect(lanes.map(({ id, strikesMs }) => [id, strikesMs.length])).toEqual([
      ['net.drop', 134],
      ['sto.lost_write', 133],
      ['proc.crash', 133],
    ]);
    const hours = lanes.map(({ spans }) =>
      spans.map(({ fromMs, untilMs }) => [fromMs, untilMs].map((ms) => (ms - startMs) / HOUR_MS)),
    );
    expect(hours).toEqual([[[4, 22]], [[4, 22]], [[20, 38]]]);
    expect(moments.map(({ name }) => name)).toEqual(['all healed', 'last day ends']);
    expect(phases).toHaveLength(1);
    // The fixture's machine is slow at first: half of its time for a quarter of the simulated.
    expect(machineMs!(startMs + 15 * HOUR_MS) / machineEndMs).toBeCloseTo(0.5, 2);
    expect(storyOf(summaryWith())).toBeUndefined();
  });
});

describe('the cards of states', () => {
  /** A state's card: where dots stand, by the labels under them, in percent of its reports. */
  function dotsOf(html: string, state: string): { dots: number[]; drawn: string[] } {
    const card = html.split(`class="card" data-state="${state}"`)[1]!.split('</figure>')[0]!;
    const ticks = [...card.matchAll(/<text class="tick" x="([\d.]+)"[^>]*>(-?[\d.]+)(?: %)?</g)]
      .filter(([all]) => all.includes('middle'))
      .map(([, x, value]) => [Number(x), Number(value)] as const);
    const [[x0, v0], [x1, v1]] = [ticks[0]!, ticks.at(-1)!];
    const dots = [...card.matchAll(/class="estimate" cx="(-?[\d.]+)"/g)].map(([, x]) => {
      // Within the picture.
      expect(Number(x)).toBeGreaterThan(30);
      expect(Number(x)).toBeLessThan(240);
      return v0 + ((Number(x) - x0) * (v1 - v0)) / (x1 - x0);
    });
    const drawn = [...card.matchAll(/class="whisker" d="([^"]*)"/g)].map(([, d]) => d!);
    return { dots, drawn };
  }

  const cell = (state: string, honestClean: number[], estimates: number[], standardError: number) =>
    ({
      ...summaryWith().cells[0]!,
      state,
      metric: 'M',
      counts: { leader: 100, helper: 100, leaderRejected: 0, helperRejected: 0 },
      totals: estimates,
      estimates,
      standardError,
      truth: {
        count: 100,
        noisy: estimates,
        honestCount: 100,
        honestNoisy: estimates,
        honestClean,
      },
    }) as const;
  const cells = [
    cell('us-aa', [60, 40, 0], [62, 39, -1], 2),
    cell('us-bb', [60, 40, 0], [58, 41, 1], 2),
    // As far below zero as others are above: it is drawn there, and its error bar goes on.
    cell('us-cc', [60, 40, 0], [55, 90, -45], 20),
  ];
  const html = renderHtml(summaryWith({ cells }), { replay: 'x' });

  test.each([
    ['us-aa', [62, 39, -1]],
    ['us-bb', [58, 41, 1]],
    ['us-cc', [55, 90, -45]],
  ])('the estimates of %s stand where they are', (state, shares) => {
    const { dots } = dotsOf(html, state);
    expect(dots).toHaveLength(shares.length);
    dots.forEach((dot, bin) => expect(dot).toBeCloseTo(shares[bin]!, 0));
  });

  test('an error bar that leaves the picture has a tip', () => {
    const tips = (state: string): number[] =>
      dotsOf(html, state).drawn.map((d) => (d.split('L').length > 1 ? 1 : 0));
    expect(tips('us-aa')).toEqual([0, 0, 0]);
    expect(tips('us-cc')).toEqual([0, 1, 1]);
  });
});

test('the head counts windows that were due, also those without a sum', () => {
  const { simulation } = faultyRun();
  const windows = { ...simulation!.windows, due: 4 };
  const run = { ...faultyRun(), cells: [], simulation: { ...simulation!, windows } };
  expect(renderHtml(run, { replay: 'x' })).toMatch(/Totals published.{0,60}of 4 windows/);
});
