/** A grid of runs as text, picture, page and CSV: what they say; foreign text is harmless. */

import { describe, expect, test } from 'vitest';

import type { CostFit, Interval, ScalePoint, ScaleRecord } from '@priolab/harness';

import { renderScale, renderScaleCsv } from '../src/index.ts';
import { renderScaleHtml, renderScaleSvg } from '../src/pages.ts';
import { HOSTILE } from './fixture.ts';

const about = (value: number): Interval => ({ value, low: 0.9 * value, high: 1.1 * value });

const notSeen = { verdict: 'not-seen', upTo: 10_000, detectable: 0.123 } as const;

/** fixed 500, so much each. */
function cost(each: number): CostFit {
  const fixed = about(500);
  const line = { from: 100, runs: 6, fixed, each: about(each), scatter: 0.03 };
  return { linearity: notSeen, line: { ...line, extrapolated: about(2e9 * each) } };
}

function point(reports: number, workers: number, round: number): ScalePoint {
  const wallMs = 500 + (reports * 0.2) / workers + 10 * round;
  return {
    reports,
    workers,
    round,
    startedAt: '2026-01-02T03:04:05.000Z',
    exitCode: 0,
    verdict: 'pass',
    resultDigest: 'ab'.repeat(32),
    wallMs,
    runMs: wallMs - 300,
    cpuMs: 500 + reports * 0.2,
    peakRssBytes: 150 * 2 ** 20,
    peakRssSource: 'high-water',
    calibrationUs: { before: 99, after: 101 },
    loadAverage: 0.5,
  };
}

const points = [0, 1].flatMap((round) =>
  [100, 1000, 10_000].flatMap((reports) => [point(reports, 1, round), point(reports, 2, round)]),
);

function record(change: Partial<ScaleRecord> = {}): ScaleRecord {
  const slope = { value: 3, low: -20, high: 26 };
  const memory = {
    from: 100,
    baseBytes: about(150 * 2 ** 20),
    slope,
    verdict: 'flat',
    boundBytes: 100,
  } as const;
  const common = { cpu: cost(0.2), multiplications: cost(2) };
  return {
    schema: 'priolab-scale/1',
    scenario: {
      id: 'two-states',
      about: 'two states',
      seed: '7',
      digest: '01'.repeat(32),
      backend: 'wasm',
      fidelity: 'full',
    },
    environment: {
      node: 'v20.20.2',
      platform: 'linux x64',
      cpu: 'Some CPU',
      cores: 2,
      commit: '55bd66c0ffee',
      startedAt: '2026-01-02T03:04:05.000Z',
    },
    grid: { reports: [100, 1000, 10_000], workers: [1, 2], repeat: 2 },
    points,
    byWorkers: [
      { workers: 1, wall: cost(0.2), ...common, memory: { ...memory, linearity: notSeen } },
      {
        workers: 2,
        wall: cost(0.1),
        ...common,
        speedUp: { value: 1.8, low: 1.7, high: 1.9 },
        efficiency: { value: 0.9, low: 0.85, high: 0.95 },
        serialShare: { value: 0.11, low: 0.05, high: 0.18 },
      },
    ],
    extrapolated: { reports: 2e9, factor: 200_000 },
    confidence: 0.95,
    alpha: 0.01,
    machine: {
      calibrationUs: { median: 100, low: 99, high: 101 },
      loadAverage: { first: 0.5, high: 1.5 },
    },
    notes: ['the machine was busy'],
    verdict: 'measured',
    exitCode: 0,
    ...change,
  };
}

const text = (one: ScaleRecord, width = 100) => renderScale(one, { colour: false, width });
const flat = (one: string) => one.replaceAll(/\s+/g, ' ');

describe('a grid in a terminal', () => {
  test('says what was measured and what follows, with intervals', () => {
    const shown = flat(text(record()));
    for (const words of [
      'SCALE measured',
      '12 of 12 runs',
      'the machine was busy',
      // Medians of two runs, 10 ms apart.
      '1 10,000 2 2.5 s (2.5 s to 2.5 s)',
      '2 10,000 2 1.5 s (1.5 s to 1.5 s)',
      'wall, us a report 200 (180 to 220)',
      'P-256 multiplications a report 2.00 (1.80 to 2.20)',
      'speed-up 1.80 (1.70 to 1.90)',
      'efficiency 90 % (85 % to 95 %)',
      'serial share (Amdahl) 11 % (5 % to 18 %)',
      'no end of linear growth seen up to 10,000 reports (one of more than 12 % there',
      'flat: 150 MiB and 3.0 (-20.0 to 26.0) bytes a report, which holds 0 and stays below 100',
      // 2e9 * 0.2 ms.
      '1 worker: 111 (100 to 122) hours on the wall; 111 (100 to 122) CPU hours; ' +
        '4.00 (3.60 to 4.40) billion P-256 multiplications',
      '200,000 times the largest count',
      'nothing of that size was run',
    ]) {
      expect(shown).toContain(words);
    }
  });

  test('keeps to its width, and has no plot with one count', () => {
    for (const width of [60, 80, 100]) {
      const lines = text(record(), width).split('\n');
      expect(Math.max(...lines.map((line) => Array.from(line).length))).toBeLessThanOrEqual(width);
    }
    expect(text(record())).toContain('o 1 worker');
    const one = points.filter(({ reports }) => reports === 100);
    expect(text(record({ points: one }))).not.toContain('o 1 worker');
  });

  test('says why there is no fit, and what ended the grid', () => {
    const refused: CostFit = {
      linearity: { verdict: 'seen', at: 10_000, deviation: 0.4 },
      refused: 'time on the wall: not linear',
    };
    const change = { wall: refused, cpu: refused, multiplications: refused };
    const shown = flat(
      text(
        record({
          byWorkers: [{ workers: 1, ...change }],
          notes: ['the run of 100 reports ended with fail'],
          verdict: 'broken',
          exitCode: 1,
        }),
      ),
    );
    expect(shown).toContain('10,000 reports took 40 % more than the line');
    expect(shown).toContain('no fit: time on the wall: not linear');
    expect(shown).toContain('a run did not end well');
    expect(shown).toContain('(exit code 1)');
    expect(shown).toContain('the run of 100 reports ended with fail');
    expect(shown).not.toContain('Two billion');
  });

  test('of nothing is still a report', () => {
    const none = record({ points: [], byWorkers: [], extrapolated: { reports: 2e9 } });
    expect(text(none)).toContain('0 of 12 runs');
    expect(renderScaleSvg(none)).toContain('no run was done');
    expect(renderScaleHtml(none)).toContain('<table>');
  });
});

test('the plot in text has a mark for each run at its place', () => {
  const lines = text(record()).split('\n');
  const at = lines.findIndex((line) => line.includes('Time on the wall'));
  const rows = lines.slice(at + 1, at + 13).map((line) => line.slice(line.indexOf('|') + 1));
  // The largest count with one worker takes longest, the smallest are together in the corner.
  expect(rows[0]!.trimEnd()).toMatch(/^ {63}o$/);
  expect(rows[11]).toMatch(/^[*ox]/);
  expect(rows.join('')).toMatch(/x/);
});

describe('the picture', () => {
  const svg = renderScaleSvg(record());

  test('has a name, a description, a mark and a bar for each cell in both panels, lines', () => {
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg).toContain('role="img"');
    expect(svg).toContain('<title id="scale-title">Scaling of two-states, seed 7</title>');
    expect(svg).toContain('<desc id="scale-description">');
    // 3 counts x 2 workers x 2 panels, and 2 in the legend.
    expect(svg.match(/<path d="[^"]+" transform/g)).toHaveLength(14);
    expect(svg.match(/stroke-width="1.5"/g)).toHaveLength(12);
    expect(svg.match(/stroke-dasharray/g)).toHaveLength(2);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  test('is the same each time, and needs nothing from elsewhere', () => {
    expect(renderScaleSvg(record())).toBe(svg);
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|<script/);
  });
});

test('the page has the plots, and all their numbers as tables', () => {
  const html = renderScaleHtml(record());
  expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(html).toContain('<svg');
  expect(html.match(/<caption>/g)).toHaveLength(2);
  expect(html.match(/<th scope="row">/g)!.length).toBeGreaterThanOrEqual(6);
  expect(html).toContain('2.5 s (2.5 s to 2.5 s)');
  expect(html.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|<script/);
});

test('CSV has a row a run, with all its figures', () => {
  const rows = renderScaleCsv(record()).split('\r\n');
  expect(rows).toHaveLength(1 + 12 + 1);
  const names = rows[0]!.split(',');
  const first = Object.fromEntries(rows[1]!.split(',').map((cell, i) => [names[i], cell]));
  expect(first).toMatchObject({ reports: '100', workers: '1', wall_ms: '520', stolen_ms: '' });
});

describe('foreign text', () => {
  const hostilePoint = {
    ...points[0]!,
    verdict: HOSTILE,
    resultDigest: '=cmd()',
    startedAt: HOSTILE,
  };
  const refused = { linearity: { verdict: 'unknown', reason: HOSTILE }, refused: HOSTILE } as const;
  const fits = { wall: refused, cpu: refused, multiplications: refused };
  const word = `${HOSTILE}</script><img src=x onerror=alert(1)>`;
  const hostile = record({
    scenario: {
      id: word,
      about: word,
      seed: word,
      digest: word,
      backend: word,
      fidelity: word,
    },
    environment: {
      node: word,
      platform: word,
      cpu: word,
      cores: 2,
      commit: word,
      startedAt: word,
    },
    points: [hostilePoint, ...points.slice(1)],
    byWorkers: [{ workers: 1, ...fits }],
    notes: [word],
  });
  // eslint-disable-next-line no-control-regex
  const harmful = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u2028\u202e\ud800]|::error|##\[/;

  test.each([
    ['text', text(hostile)],
    ['picture', renderScaleSvg(hostile)],
    ['page', renderScaleHtml(hostile)],
    ['CSV', renderScaleCsv(hostile).replaceAll('\r\n', '\n')],
  ])('is harmless in a %s', (_what, output) => {
    expect(output).not.toMatch(harmful);
    expect(output).toContain('\\x1b');
  });

  test('makes no element and no attribute', () => {
    for (const output of [renderScaleSvg(hostile), renderScaleHtml(hostile)]) {
      expect(output).not.toContain('<img');
      expect(output).not.toContain('</script');
      expect(output).toContain('&lt;');
    }
  });

  test('adds no row to CSV, and is no formula', () => {
    const csv = renderScaleCsv(hostile);
    expect(csv.split('\r\n')).toHaveLength(14);
    expect(csv).toContain("'=cmd()");
  });

  test('files are shown harmlessly', () => {
    const files = [{ path: HOSTILE, what: HOSTILE }];
    expect(renderScale(record(), { colour: false, files })).not.toMatch(harmful);
  });
});
