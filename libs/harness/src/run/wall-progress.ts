/** How far a run on the wall clock is, for whoever watches, and as a series for the record. */

import { monotonicMs, rssBytes } from '@priolab/runtime';

import type { PopulationPlan } from '../population/plan.ts';
import { fateCounts } from '../record/fate-counts.ts';
import { HOPS } from '../record/fate.ts';
import type { Hop, Outcome } from '../record/fate.ts';
import type { CellRecord, FateCount } from '../record/run-record.ts';
import type { WallSeries } from '../record/series-record.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Collector } from './collect.ts';
import type { FlowProgress, Progress } from './run.ts';
import { STAGES } from './stages.ts';
import { createMachineGauges, createWallSampler } from './wall-series.ts';
import type { Gauge } from './wall-series.ts';
import { windowsDue } from './windows-due.ts';

export interface WallProgress {
  /** To be called with each result, when it is added up. */
  look(): void;
  /** To be called when there is nothing more to come. */
  finish(cells: readonly CellRecord[]): WallSeries;
}

/** Begins to count time. */
export function createWallProgress(parts: {
  readonly scenario: Scenario;
  readonly plan: PopulationPlan;
  readonly collector: Collector;
  readonly tell: ((progress: Progress) => void) | undefined;
}): WallProgress {
  const { scenario, plan, collector, tell } = parts;
  const startMs = monotonicMs();
  const sampler = createWallSampler([...gaugesOf(collector), ...createMachineGauges()]);
  const due = tell === undefined ? undefined : windowsDue(scenario, plan);
  let published = 0;
  const progress = (): Progress => ({
    reportsDone: collector.reportCount,
    reportCount: plan.reportCount,
    elapsedMs: monotonicMs() - startMs,
    get flow(): FlowProgress {
      const windows = { published, ...(due === undefined ? {} : { due }) };
      return { ...flowOf(collector.fateCounts), ...windows, rssBytes: rssBytes() };
    },
  });
  return {
    look() {
      sampler.look();
      tell?.(progress());
    },
    finish(cells) {
      published = cells.filter(({ totals }) => totals !== undefined).length;
      tell?.(progress());
      return sampler.finish();
    },
  };
}

function gaugesOf(collector: Collector): Gauge[] {
  const ended = (outcome: Outcome) => (): number =>
    count(fateCounts(collector.fateCounts), (row) => row.outcome === outcome);
  return [
    { name: 'reports', unit: 'reports', read: () => collector.reportCount },
    { name: 'accepted', unit: 'reports', read: ended('accepted') },
    { name: 'rejected', unit: 'reports', read: ended('rejected') },
    ...STAGES.map((stage, i) => {
      return { name: `stage.${stage}`, unit: 'ms', read: () => collector.stagesMs[i]! };
    }),
  ];
}

function count(rows: readonly FateCount[], fits: (row: FateCount) => boolean): number {
  return rows.reduce((sum, row) => sum + (fits(row) ? row.count : 0), 0);
}

/** Where reports got to, by where each ended: those that are counted ended at the combiner. */
function flowOf(counts: Collector['fateCounts']) {
  const rows = fateCounts(counts);
  const beyond = (hop: Hop): number =>
    count(rows, (row) => HOPS.indexOf(row.hop as Hop) > HOPS.indexOf(hop));
  const refused = rows.filter(({ outcome }) => outcome === 'rejected');
  return {
    sent: beyond('device'),
    ingested: beyond('ingestor'),
    leader: beyond('leader'),
    helper: beyond('helper'),
    rejected: Object.fromEntries(refused.map((row) => [`${row.hop} ${row.reason}`, row.count])),
  };
}
