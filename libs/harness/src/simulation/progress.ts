/**
 * How far a simulated run is, for whoever watches, and as a series by the machine's clock. Where
 * oracles need second runs, those say how far they are, but not where reports are.
 */

import { monotonicMs, rssBytes } from '@priolab/runtime';

import type { PopulationPlan } from '../population/plan.ts';
import type { WallSeries } from '../record/series-record.ts';
import type { FlowProgress, Progress } from '../run/run.ts';
import { createMachineGauges, createWallSampler } from '../run/wall-series.ts';
import { windowsDue } from '../run/windows-due.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { SimulationProgress } from './simulate.ts';

export interface SimulatedProgress {
  /** To be called after each event. */
  look(progress: SimulationProgress): void;
  /** The run itself has ended; what comes are second runs. */
  finish(): WallSeries;
}

/** Begins to sample. @param startMs when the run began, by the machine's clock */
export function createSimulatedProgress(parts: {
  readonly scenario: Scenario;
  readonly plan: PopulationPlan;
  readonly startMs: number;
  readonly tell: ((progress: Progress) => void) | undefined;
}): SimulatedProgress {
  const { scenario, plan, startMs, tell } = parts;
  const due = tell === undefined ? undefined : windowsDue(scenario, plan);
  const reached = { events: 0, simulatedMs: 0, sent: (): number => 0 };
  let series: WallSeries | undefined;
  const sampler = createWallSampler([
    { name: 'reports', unit: 'reports', read: () => reached.sent() },
    { name: 'events', unit: 'events', read: () => reached.events },
    { name: 'simulated', unit: 'ms', read: () => reached.simulatedMs },
    ...createMachineGauges(),
  ]);
  return {
    look({ simulatedMs, ofMs, flow }) {
      const isFirstRun = series === undefined;
      if (isFirstRun) {
        reached.events += 1;
        reached.simulatedMs = simulatedMs;
        reached.sent = () => flow().sent;
        sampler.look();
      }
      if (tell === undefined) return;
      const far = {
        reportCount: plan.reportCount,
        elapsedMs: monotonicMs() - startMs,
        share: Math.min(1, simulatedMs / ofMs),
      };
      if (!isFirstRun) return tell({ reportsDone: flow().sent, ...far });
      tell({
        ...far,
        get reportsDone(): number {
          return flow().sent;
        },
        get flow(): FlowProgress {
          return { ...flow(), ...(due === undefined ? {} : { due }), rssBytes: rssBytes() };
        },
      });
    },
    finish: () => (series ??= sampler.finish()),
  };
}
