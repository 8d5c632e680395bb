/** The flow of fates drawn: a band as wide as the reports that took that way. */

import { sankey, sankeyLinkHorizontal } from 'd3-sankey';
import type { SankeyLink, SankeyNode } from 'd3-sankey';

import type { RunSummary } from '@priolab/harness';

import { formatCount, formatFixed, sanitise } from '../text.ts';
import { el, px } from './element.ts';
import type { Content } from './element.ts';
import { fateFlow } from './fate-flow.ts';
import type { FateFlow, FlowLink, FlowNode } from './fate-flow.ts';
import { dataTable, details, note, nothing, picture } from './section.ts';

const WIDTH = 1180;
const LABELS = 260;
const TOP = 26;
const GAP = 34;
const NAME_LONGEST = 36;
/** Of what is too few to be seen. */
const THINNEST = 1.5;

type Node = SankeyNode<FlowNode, FlowLink>;
type Link = SankeyLink<FlowNode, FlowLink>;

export function renderSankey(summary: RunSummary): Content {
  const flow = fateFlow(summary);
  if (flow.links.length === 0) return nothing('No report was planned: nothing flows.');
  const { nodes, links, height } = layOut(flow);
  const all = nodes.find(({ column }) => column === 0)?.value ?? 0;
  const label = `Flow of ${formatCount(all)} reports from devices to totals; table below`;
  const drawn = picture(
    { width: WIDTH, height, label, kind: 'sankey' },
    links.map((link) => band(link)),
    nodes.map((node) => bar(node, all)),
  );
  return el(
    'figure',
    {},
    el(
      'div',
      { class: 'scrolls', tabindex: 0, role: 'region', 'aria-label': 'Flow of reports' },
      drawn,
    ),
    note(
      'Width: reports. Each is shown at the first party that ended its way; very thin bands are ' +
        'drawn wider than they are. Totals by metric. ',
      flow.notes.join(' '),
    ),
    details('Table of this chart', flowTable(flow, all)),
  );
}

function layOut(flow: FateFlow): { nodes: Node[]; links: Link[]; height: number } {
  const columns = new Map<number, number>();
  for (const { column } of flow.nodes) columns.set(column, (columns.get(column) ?? 0) + 1);
  const most = Math.max(...columns.values());
  const height = Math.max(230, 120 + most * GAP) + TOP;
  const layout = sankey<FlowNode, FlowLink>()
    .nodeId(({ id }) => id)
    .nodeAlign(({ column }) => column)
    // In the order in which they are given: the way itself on top, ends below it.
    .nodeSort(null)
    .linkSort(null)
    .nodeWidth(10)
    .nodePadding(GAP)
    .extent([
      [1, TOP],
      [WIDTH - LABELS, height - 18],
    ]);
  const { nodes, links } = layout({
    nodes: flow.nodes.map((node) => ({ ...node })),
    links: flow.links.map((link) => ({ ...link, value: link.count })),
  });
  return { nodes, links, height };
}

const path = sankeyLinkHorizontal<FlowNode, FlowLink>();

function band(link: Link): Content {
  const width = Math.max(THINNEST, link.width ?? 0);
  const d = (path(link) ?? '').replace(/\d+\.\d+/g, (number) => String(px(Number(number))));
  const [from, to] = [nameOf(link.source), nameOf(link.target)];
  return el(
    'path',
    { d, class: `band ${link.kind}`, 'stroke-width': px(width) },
    el('title', {}, `${from} to ${to}: ${formatCount(link.count)} reports`),
  );
}

function nameOf(end: string | number | Node): string {
  return typeof end === 'object' ? end.name : String(end);
}

function bar(
  { name, kind, value = 0, x0 = 0, x1 = 0, y0 = 0, y1 = 0 }: Node,
  all: number,
): Content {
  const height = Math.max(2, y1 - y0);
  const isWay = kind === 'way';
  // The way's names stand above its bars, where no band passes; those of ends beside them.
  const [x, y] = isWay ? [x0, y0 - 9] : [x1 + 7, (y0 + y1) / 2];
  const share = formatFixed((100 * value) / all, value === all ? 0 : 2);
  return el(
    'g',
    {},
    el('rect', {
      class: `node ${kind}`,
      x: px(x0),
      y: px(y0),
      width: px(x1 - x0),
      height: px(height),
    }),
    el(
      'text',
      { class: 'name', x: px(x), y: px(y + (isWay ? 0 : -3)) },
      shorten(name),
      isWay && el('tspan', { class: 'tick', dx: 6 }, formatCount(value)),
    ),
    !isWay &&
      el('text', { class: 'tick', x: px(x), y: px(y + 11) }, `${formatCount(value)} (${share} %)`),
  );
}

/** In the middle: names that begin alike end otherwise. */
function shorten(name: string): string {
  const letters = Array.from(sanitise(name));
  if (letters.length <= NAME_LONGEST) return name;
  const half = NAME_LONGEST / 2 - 1;
  return `${letters.slice(0, half).join('')}…${letters.slice(-half).join('')}`;
}

function flowTable({ nodes, links }: FateFlow, all: number): Content {
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  const rows = links.map(({ source, target, count }) => ({
    cells: [
      names.get(source) ?? source,
      names.get(target) ?? target,
      formatCount(count),
      `${formatFixed((100 * count) / all, 3)} %`,
    ],
  }));
  const columns = [
    { title: 'From' },
    { title: 'To' },
    { title: 'Reports', numeric: true },
    { title: 'Share', numeric: true },
  ];
  return dataTable({ caption: 'Reports by where they went', columns, rows, sortable: true });
}
