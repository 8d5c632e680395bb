/** What a report cost, stage by stage, grouped by the party that does the work. */

import type { RunSummary } from '@priolab/harness';

import { reportsDone } from '../known-limits.ts';
import { NOT_TIMED, timedStages } from '../stage-times.ts';
import { formatCount, formatDuration, formatFixed } from '../text.ts';
import { el, px } from './element.ts';
import type { Content } from './element.ts';
import { dataTable, note, nothing, picture } from './section.ts';

/** Who does it; what is in none of them is the simulator's own. */
const PARTIES: Readonly<Record<string, readonly string[]>> = {
  device: ['measure', 'identity', 'randomise', 'prove', 'split', 'seal', 'attest'],
  ingestor: ['ingest'],
  processors: ['open and evaluate', 'decide and sum'],
};
const OWN = 'simulator';
const NAMES = [...Object.keys(PARTIES), OWN];

const WIDTH = 1000;
const BAR = 30;
const HEIGHT = 64;
const LETTER = 7;

const figure = (title: string) => ({ title, numeric: true });
const OPERATIONS = ['P-256 multiplications', 'Butterflies', 'SHA-256 and AES blocks'].map(figure);
const NONE = '-';

interface Stage {
  readonly stage: string;
  readonly party: string;
  readonly us: number;
}

export function renderStages(summary: RunSummary): Content {
  const { cost, fates, environment } = summary;
  const done = reportsDone(fates);
  const timed = timedStages(summary);
  if (done === 0) return nothing('No report was run.');
  if (timed.length === 0) return renderOperations(summary, done);
  const stages = timed
    .filter(([, ms]) => ms > 0)
    .map(([stage, ms]): Stage => ({ stage, party: partyOf(stage), us: (1000 * ms) / done }))
    .sort((a, b) => NAMES.indexOf(a.party) - NAMES.indexOf(b.party));
  if (stages.length === 0) return nothing('No time was spent on reports.');
  const all = stages.reduce((sum, { us }) => sum + us, 0);
  const { before, after } = cost.calibrationUs;
  const workers = environment.workers === 0 ? 'no worker' : `${environment.workers} workers`;
  return [
    stackedBar(stages, all),
    stageTable(stages, all, summary),
    note(
      `Worker time for each of ${formatCount(done)} reports; ${workers}, ` +
        `${formatDuration(cost.wallMs)} in all, ${formatDuration(cost.cpuMs)} of CPU. Unit of ` +
        `speed: one P-256 multiplication, ${formatFixed(before, 1)} us before the run and ` +
        `${formatFixed(after, 1)} us after. ` +
        'Operations are counted exactly; those of cross-checks are left out.',
    ),
  ];
}

/** In simulated time: what was counted. */
function renderOperations(summary: RunSummary, done: number): Content {
  const rows = Object.keys(summary.cost.work)
    .map((stage) => ({ stage, party: partyOf(stage), counts: operations(summary, stage, done) }))
    .filter(({ counts }) => counts.some((count) => count !== NONE))
    .sort((a, b) => NAMES.indexOf(a.party) - NAMES.indexOf(b.party))
    .map(({ stage, party, counts }) => ({ cells: [stage, party, ...counts] }));
  const caption = 'Operations for each report';
  const columns = [{ title: 'Stage' }, { title: 'Party' }, ...OPERATIONS];
  return [
    rows.length === 0
      ? nothing('No operation was counted.')
      : dataTable({ caption, columns, rows, sortable: true, kind: 'cost' }),
    note(
      `Worker time of stages: ${NOT_TIMED}. Operations are counted exactly; those of ` +
        'cross-checks and of second runs are left out.',
    ),
  ];
}

function partyOf(stage: string): string {
  return Object.entries(PARTIES).find(([, stages]) => stages.includes(stage))?.[0] ?? OWN;
}

function stackedBar(stages: readonly Stage[], all: number): Content {
  let x = 0;
  const parts = stages.map(({ stage, party, us }) => {
    const width = (WIDTH * us) / all;
    const from = x;
    x += width;
    const slot = NAMES.indexOf(party);
    return el(
      'g',
      {},
      el(
        'rect',
        {
          class: `segment party-${slot}`,
          x: px(from),
          y: 22,
          width: px(Math.max(0.5, width - 1)),
          height: BAR,
        },
        el('title', {}, `${party}: ${stage}, ${formatFixed(us, 1)} us`),
      ),
      width > stage.length * LETTER + 10 &&
        el('text', { class: 'on-segment', x: px(from + 6), y: 22 + 20 }, stage),
    );
  });
  return el(
    'figure',
    { class: 'stages' },
    picture(
      { width: WIDTH, height: HEIGHT, label: labelOf(stages, all) },
      parts,
      brackets(stages, all),
    ),
  );
}

/** Above the bar: whose time it is. */
function brackets(stages: readonly Stage[], all: number): Content {
  let x = 0;
  return NAMES.map((party, slot) => {
    const us = stages.reduce((sum, one) => sum + (one.party === party ? one.us : 0), 0);
    const [from, width] = [x, (WIDTH * us) / all];
    x += width;
    const text = `${party} ${formatFixed((100 * us) / all, 0)} %`;
    if (width < text.length * LETTER) return undefined;
    return el('text', { class: `party-name party-${slot}`, x: px(from), y: 14 }, text);
  });
}

function labelOf(stages: readonly Stage[], all: number): string {
  const parts = NAMES.map((party) => {
    const us = stages.reduce((sum, one) => sum + (one.party === party ? one.us : 0), 0);
    return `${party} ${formatFixed((100 * us) / all, 0)} %`;
  });
  return `Worker time of a report, ${formatFixed(all, 0)} us: ${parts.join(', ')}`;
}

function stageTable(stages: readonly Stage[], all: number, summary: RunSummary): Content {
  const done = reportsDone(summary.fates);
  const most = Math.max(...stages.map(({ us }) => us));
  const rows = stages.map(({ stage, party, us }) => {
    return {
      cells: [
        stage,
        party,
        formatFixed(us, 1),
        `${formatFixed((100 * us) / all, 1)} %`,
        el(
          'svg',
          {
            viewBox: '0 0 100 10',
            class: 'inline-bar',
            'aria-hidden': 'true',
            preserveAspectRatio: 'none',
          },
          el('rect', {
            class: `segment party-${NAMES.indexOf(party)}`,
            width: px((100 * us) / most),
            height: 10,
          }),
        ),
        ...operations(summary, stage, done),
      ],
    };
  });
  const columns = [
    { title: 'Stage' },
    { title: 'Party' },
    figure('us a report'),
    figure('Share'),
    { title: 'Time' },
    ...OPERATIONS,
  ];
  const footer = [{ cells: ['All', '', formatFixed(all, 1), '100.0 %', '', '', '', ''] }];
  return dataTable({
    caption: 'Time and operations for each report',
    columns,
    rows,
    footer,
    sortable: true,
    kind: 'cost',
  });
}

/** What a stage did for each report, as `OPERATIONS` names it. */
function operations({ cost }: RunSummary, stage: string, done: number): string[] {
  const work = cost.work[stage as keyof typeof cost.work];
  if (work === undefined) return OPERATIONS.map(() => NONE);
  const { baseMultiplications, fixedMultiplications, variableMultiplications } = work;
  const multiplications = baseMultiplications + fixedMultiplications + variableMultiplications;
  const blocks = work.sha256Blocks + work.aesBlocks;
  return [multiplications, work.nttButterflies, blocks].map((count) => perReport(count / done));
}

function perReport(count: number): string {
  return count === 0 ? NONE : formatFixed(count, Number.isInteger(count) ? 0 : 2);
}
