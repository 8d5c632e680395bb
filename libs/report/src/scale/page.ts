/**
 * A grid of runs as one page that needs nothing else: the plots, what follows, and every number of
 * the plots as a table, for readers who can't see them.
 */

import type { ScaleRecord } from '@priolab/harness';
import type { VNode } from 'preact';
import { render } from 'preact-render-to-string';

import { formatCount, formatDuration, formatFixed, sanitise } from '../text.ts';
import { element } from './element.ts';
import { scalePicture } from './svg.ts';
import {
  MIB,
  cellsOf,
  extrapolationSentences,
  figuresOf,
  formatInterval,
  growthSentences,
  verdictLine,
} from './words.ts';

const STYLE =
  'body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;' +
  'color:#222;background:#fff}svg{max-width:100%;height:auto}' +
  'table{border-collapse:collapse;margin:1rem 0}caption{text-align:left;font-weight:600}' +
  'th,td{padding:.2rem .8rem;border-bottom:1px solid #ddd;text-align:right}' +
  '.wide{overflow-x:auto}';

export function renderScaleHtml(record: ScaleRecord): string {
  const { scenario, environment, machine, byWorkers, notes } = record;
  const title = `Scaling of ${sanitise(scenario.id)}`;
  const facts =
    `Seed ${sanitise(scenario.seed)}; ${environment.cores} cores, ${sanitise(environment.cpu)}, ` +
    `node ${sanitise(environment.node)}, commit ${sanitise(environment.commit)}, ` +
    `${sanitise(environment.startedAt)}; one P-256 multiplication takes ` +
    `${formatFixed(machine.calibrationUs.median, 1)} us; intervals are of 95 %.`;
  const head = element('head', null, [
    element('meta', { charset: 'utf-8' }),
    element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    element('title', null, title),
    element('style', { dangerouslySetInnerHTML: { __html: STYLE } }),
  ]);
  const main = element('main', null, [
    element('h1', null, title),
    element('p', null, sanitise(scenario.about)),
    element('p', null, element('strong', null, verdictLine(record))),
    ...list('To know first', notes.map(sanitise)),
    element('div', { class: 'wide' }, scalePicture(record)),
    measured(record),
    fitted(record),
    ...list('Growth', byWorkers.flatMap(growthSentences)),
    ...list('Two billion device metrics', extrapolationSentences(record)),
    element('p', null, facts),
  ]);
  const page = element('html', { lang: 'en' }, [head, element('body', null, main)]);
  return `<!doctype html>\n${render(page)}\n`;
}

function list(title: string, sentences: readonly string[]): VNode[] {
  if (sentences.length === 0) return [];
  const items = sentences.map((sentence) => element('li', null, sentence));
  return [element('h2', null, title), element('ul', null, items)];
}

function table(caption: string, titles: readonly string[], rows: readonly string[][]): VNode {
  const head = titles.map((title) => element('th', { scope: 'col' }, title));
  const body = rows.map((row) =>
    element(
      'tr',
      null,
      row.map((cell, i) =>
        i === 0 ? element('th', { scope: 'row' }, cell) : element('td', null, cell),
      ),
    ),
  );
  return element('div', { class: 'wide', tabIndex: 0, role: 'region', 'aria-label': caption }, [
    element('table', null, [
      element('caption', null, caption),
      element('thead', null, element('tr', null, head)),
      element('tbody', null, body),
    ]),
  ]);
}

function measured(record: ScaleRecord): VNode {
  const titles = ['workers', 'reports', 'runs', 'wall, median (range)', 'CPU', 'peak MiB'];
  const rows = cellsOf(record).map(({ workers, reports, runs, wallMs, cpuMs, peakRssBytes }) => [
    formatCount(workers),
    formatCount(reports),
    formatCount(runs),
    formatInterval(wallMs, formatDuration),
    formatDuration(cpuMs.value),
    formatCount(peakRssBytes.value / MIB),
  ]);
  return table('Measured', titles, rows);
}

function fitted({ byWorkers }: ScaleRecord): VNode {
  const rows = byWorkers.flatMap((record) =>
    figuresOf(record).map(([what, figure]) => [formatCount(record.workers), what, figure]),
  );
  return table('A report, fitted', ['workers', 'what', 'estimate (95 % interval)'], rows);
}
