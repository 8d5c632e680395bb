/**
 * A grid of runs as a picture of its own: both plots side by side, self-contained, with its style
 * and without a script. Always light, since nobody knows where it will be shown.
 */

import type { ScaleRecord } from '@priolab/harness';
import { render } from 'preact-render-to-string';

import { el, rawElement } from '../html/element.ts';
import type { Content } from '../html/element.ts';
import { clip, formatCount, sanitise } from '../text.ts';
import { PANEL, mark, panelsOf } from './panels.ts';
import { verdictLine, workersName } from './words.ts';

const WIDTH = 2 * PANEL.width + 20;
const LEGEND_ROW = 8;

/** The light colours of `html/base.css`, and its dashes; a test compares them. */
const SLOTS = [
  ['#0072b2', 'none'],
  ['#c24e00', '7 3'],
  ['#00805c', '2 2'],
  ['#8a3f8f', '9 3 2 3'],
  ['#8a6500', '4 4'],
  ['#474f55', '12 4'],
] as const;

const STYLE = [
  'svg{font-family:system-ui,sans-serif;font-size:12px;fill:#1b2329}',
  '.tick{font-size:11px;fill:#53606a}.title{font-size:15px;font-weight:600}.head{font-weight:600}',
  '.grid{stroke:#e6eaed}.zero{stroke:#7d8a94}.bar{stroke-width:1.5}.fit{fill:none}',
  ...SLOTS.map(
    ([colour, dash], i) =>
      `.mark.slot-${i}{fill:${colour}}.bar.slot-${i},.fit.slot-${i}{stroke:${colour}}` +
      `.fit.slot-${i}{stroke-dasharray:${dash}}`,
  ),
].join('');

/** One `<svg>` element. */
export function renderScaleSvg(record: ScaleRecord): string {
  const { scenario, grid, points } = record;
  const title = `Scaling of ${sanitise(scenario.id)}, seed ${sanitise(scenario.seed)}`;
  const description =
    `${verdictLine(record)}. Time on the wall and peak memory against the number of reports, ` +
    `${grid.workers.map(workersName).join(' and ')}, ${formatCount(points.length)} runs.`;
  const top = 76 + 16 * Math.floor((grid.workers.length - 1) / LEGEND_ROW);
  const height = top + PANEL.height;
  const panels = panelsOf(record).map((panel, i) =>
    el(
      'g',
      { transform: `translate(${i * (PANEL.width + 20)} ${top})` },
      el('text', { class: 'head', x: 16, y: -6 }, `${panel.title}, ${panel.unit}`),
      panel.content,
    ),
  );
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${WIDTH} ${height}`,
    width: WIDTH,
    height,
    role: 'img',
    'aria-labelledby': 'scale-title scale-description',
  };
  const picture = el(
    'svg',
    attributes,
    el('title', { id: 'scale-title' }, title),
    el('desc', { id: 'scale-description' }, description),
    rawElement('style', {}, STYLE),
    el('rect', { width: WIDTH, height, fill: '#fff' }),
    // A long name must not leave the picture.
    el('text', { class: 'title', x: 16, y: 26 }, clip(title, 100)),
    legend(record),
    panels.length === 0 ? el('text', { x: 16, y: top }, 'no run was done') : panels,
  );
  return render(picture);
}

function legend({ grid }: ScaleRecord): Content {
  return grid.workers.map((workers, i) => {
    const [x, y] = [24 + (i % LEGEND_ROW) * 100, 46 + 16 * Math.floor(i / LEGEND_ROW)];
    return [mark(i, x, y), el('text', { x: x + 10, y: y + 4 }, workersName(workers))];
  });
}
