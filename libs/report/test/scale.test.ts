/** A grid of runs as text, picture, page and CSV: what they say; foreign text is harmless. */

import { describe, expect, test } from 'vitest';

import type { CostFit, ScaleRecord } from '@priolab/harness';

import { renderScale, renderScaleCsv } from '../src/index.ts';
import { renderScaleHtml, renderScaleSvg } from '../src/pages.ts';
import { styleOf } from '../src/html/assets.ts';
import { HOSTILE } from './fixture.ts';
import { hostileScale, points, scalePoint, scaleWith } from './scale-fixture.ts';

const text = (one: ScaleRecord, width = 100) => renderScale(one, { colour: false, width });
const flat = (one: string) => one.replaceAll(/\s+/g, ' ');

describe('a grid in a terminal', () => {
  test('says what was measured and what follows, with intervals', () => {
    const shown = flat(text(scaleWith()));
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
      const lines = text(scaleWith(), width).split('\n');
      expect(Math.max(...lines.map((line) => Array.from(line).length))).toBeLessThanOrEqual(width);
    }
    expect(text(scaleWith())).toContain('o 1 worker');
    const one = points.filter(({ reports }) => reports === 100);
    expect(text(scaleWith({ points: one }))).not.toContain('o 1 worker');
  });

  test('says why there is no fit, and what ended the grid', () => {
    const refused: CostFit = {
      linearity: { verdict: 'seen', at: 10_000, deviation: 0.4 },
      refused: 'time on the wall: not linear',
    };
    const change = { wall: refused, cpu: refused, multiplications: refused };
    const shown = flat(
      text(
        scaleWith({
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
    const none = scaleWith({ points: [], byWorkers: [], extrapolated: { reports: 2e9 } });
    expect(text(none)).toContain('0 of 12 runs');
    expect(renderScaleSvg(none)).toContain('no run was done');
    expect(renderScaleHtml(none)).toContain('No run was done.');
  });
});

test('the plot in text has a mark for each run at its place', () => {
  const lines = text(scaleWith()).split('\n');
  const at = lines.findIndex((line) => line.includes('Time on the wall'));
  const rows = lines.slice(at + 1, at + 13).map((line) => line.slice(line.indexOf('|') + 1));
  // The largest count with one worker takes longest, the smallest are together in the corner.
  expect(rows[0]!.trimEnd()).toMatch(/^ {63}o$/);
  expect(rows[11]).toMatch(/^[*ox]/);
  expect(rows.join('')).toMatch(/x/);
});

describe('the picture', () => {
  const svg = renderScaleSvg(scaleWith());

  test('has a name, a description, a mark and a bar for each cell in both panels, lines', () => {
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg).toContain('role="img"');
    expect(svg).toContain('<title id="scale-title">Scaling of two-states, seed 7</title>');
    expect(svg).toContain('<desc id="scale-description">');
    // 3 counts x 2 workers x 2 panels, and 2 in the legend.
    expect(svg.match(/<path class="mark slot-[01]" d="[^"]+"/g)).toHaveLength(14);
    expect(svg.match(/<line class="bar slot-[01]"/g)).toHaveLength(12);
    expect(svg.match(/<path class="fit slot-[01]"/g)).toHaveLength(2);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  test('is the same each time, and needs nothing from elsewhere', () => {
    expect(renderScaleSvg(scaleWith())).toBe(svg);
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|<script/);
  });

  test('has the colours of the pages in daylight', () => {
    const style = styleOf('scale');
    for (let slot = 0; slot < 6; slot++) {
      const [, colour] = new RegExp(`--slot-${slot}: light-dark\\((#\\w+),`).exec(style)!;
      const [, dash] = new RegExp(`\\.slot-${slot} {[^}]*--dash: ([^;]*);`).exec(style)!;
      expect(svg).toContain(`.mark.slot-${slot}{fill:${colour}}`);
      expect(svg).toContain(`.fit.slot-${slot}{stroke-dasharray:${dash}}`);
    }
  });

  test('names of axes keep apart, however large the counts and short the range', () => {
    const counts = [1_000_000, 1_300_000, 2_000_000, 20_000_000];
    const grid = { reports: counts, workers: [1], repeat: 1 };
    const points = counts.map((reports) => ({ ...scalePoint(reports, 1, 0), wallMs: 2000 }));
    const shown = renderScaleSvg(scaleWith({ grid, points, byWorkers: [] }));
    const ticks = [...shown.matchAll(/<text class="tick" x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)/g)];
    const below = ticks.filter(([, , , text]) =>
      counts.some((n) => text === n.toLocaleString('en')),
    );
    const ends = below.slice(0, below.length / 2).map(([, x, , text]) => {
      return { from: Number(x) - 3 * text!.length, to: Number(x) + 3 * text!.length };
    });
    expect(ends.length).toBeGreaterThan(1);
    ends.slice(1).forEach(({ from }, i) => expect(from).toBeGreaterThan(ends[i]!.to));
    const seconds = ticks.filter(([, , , text]) => / m?s$/.test(text!)).map(([, , y]) => Number(y));
    expect(seconds.length).toBeGreaterThan(1);
    seconds.slice(1).forEach((y, i) => expect(seconds[i]! - y).toBeGreaterThan(12));
  });
});

test('the page has the plots, and all their numbers as tables', () => {
  const html = renderScaleHtml(scaleWith());
  expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(html).toContain('<svg');
  expect(html.match(/<caption>/g)).toHaveLength(2);
  expect(html).toContain('1 worker 525 ms for 100, 2.5 s for 10,000; 2 workers');
  expect(html.match(/<th scope="row">/g)!.length).toBeGreaterThanOrEqual(6);
  expect(html).toContain('2.5 s (2.5 s to 2.5 s)');
  expect(html).not.toMatch(/https?:|<script/);
});

test('the page begins with what a report costs and what two billion would', () => {
  const html = renderScaleHtml(scaleWith());
  const [header] = /<header[^]*?<\/header>/.exec(html)!;
  const text = header.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
  expect(text).toContain('✓ measured Runs 12 of 12, up to 10,000 reports');
  expect(text).toContain('A report, 1 worker 200 us 180 to 220');
  expect(text).toContain('2 billion, 2 workers 55.6 h 50.0 to 61.1, extrapolated');
});

test('CSV has a row a run, with all its figures', () => {
  const rows = renderScaleCsv(scaleWith()).split('\r\n');
  expect(rows).toHaveLength(1 + 12 + 1);
  const names = rows[0]!.split(',');
  const first = Object.fromEntries(rows[1]!.split(',').map((cell, i) => [names[i], cell]));
  expect(first).toMatchObject({ reports: '100', workers: '1', wall_ms: '520', stolen_ms: '' });
});

describe('foreign text', () => {
  const hostile = hostileScale();
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
    expect(renderScale(scaleWith(), { colour: false, files })).not.toMatch(harmful);
  });
});
