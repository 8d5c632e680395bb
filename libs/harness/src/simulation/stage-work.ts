/**
 * Which stage of the pipeline the operations of a simulated run belong to. Parties compute without
 * letting others in between, so what they count while one of them works is its own. Time is not
 * taken: most of what passes between two moments is the simulator's.
 */

import type { Ingestor, Processor } from '@priolab/roles';

import { STAGES } from '../run/stages.ts';
import type { Stage } from '../run/stages.ts';
import { WORK_KINDS, emptyWork } from '../run/work.ts';
import type { Work } from '../run/work.ts';

export interface StageWork {
  /** Runs `act` and charges to `stage` what it computes; not to be nested. */
  charge<T>(stage: Stage, act: () => T): T;
  /** So far; what belongs to no party (keys, what faults compute) stands under `observe`. */
  totals(): Record<Stage, Work>;
}

/** @param work running counts of all parties */
export function createStageWork(work: Work): StageWork {
  const charged = new Map(STAGES.map((stage) => [stage, emptyWork()]));
  return {
    charge(stage, act) {
      const before = { ...work };
      try {
        return act();
      } finally {
        const own = charged.get(stage)!;
        for (const kind of WORK_KINDS) own[kind] += work[kind] - before[kind];
      }
    },
    totals() {
      const rest = { ...work };
      for (const own of charged.values()) {
        for (const kind of WORK_KINDS) rest[kind] -= own[kind];
      }
      const all = [...charged].map(([stage, own]) => [stage, stage === 'observe' ? rest : own]);
      return structuredClone(Object.fromEntries(all)) as Record<Stage, Work>;
    },
  };
}

export function chargedIngestor(inner: Ingestor, { charge }: StageWork): Ingestor {
  return {
    openPartition: (index) => inner.openPartition(index),
    receive: (task, day, uploads) => charge('ingest', () => inner.receive(task, day, uploads)),
  };
}

export function chargedProcessor(inner: Processor, { charge }: StageWork): Processor {
  const sum = <T>(act: () => T): T => charge('decide and sum', act);
  return {
    role: inner.role,
    verifyInit: (batch) => charge('open and evaluate', () => inner.verifyInit(batch)),
    verifyNext: (peer) => sum(() => inner.verifyNext(peer)),
    aggregate: () => sum(() => inner.aggregate()),
    sumWhere: (status) => sum(() => inner.sumWhere(status)),
    takeAggregateShares: () => sum(() => inner.takeAggregateShares()),
  };
}
