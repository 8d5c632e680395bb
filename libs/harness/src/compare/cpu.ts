/**
 * What a report in a published total costs in computation: a run that loses reports is no cheaper
 * for that. Operations are counted exactly and compared as they are. CPU time is noisy, so it is
 * measured in units of one P-256 multiplication, timed in the same run, and runs that are repeated
 * are told apart by their ranks alone, so that a slow moment of the machine decides nothing. Fewer
 * runs show nothing finer than a factor of FAR, of the whole alone, and that of long ones only.
 */

import type { CostRecord, RunSummary } from '../record/run-record.ts';
import { STAGES } from '../run/stages.ts';
import type { Stage } from '../run/stages.ts';
import type { WorkKind } from '../run/work.ts';
import type { ComparisonRow, Judgement } from './comparison.ts';
import { rankRatio } from '../statistics/rank-sum.ts';
import {
  ALPHA,
  RATIO_MARGIN,
  exactRow,
  finite,
  judgeInterval,
  notToBeTold,
  rangeOf,
} from './judgement.ts';
import { countedOf } from './losses.ts';

/** A factor that no machine is off by between two runs, measured in its own multiplications. */
const FAR = 3;
/** CPU of a run in which cold code, which the first to run pays for, is no such factor. */
const LONG_MS = 10_000;
/** Stages of the simulator, not of the protocol. */
const OWN: ReadonlySet<Stage> = new Set(['observe', 'cross-check']);

export interface Costs {
  readonly summary: RunSummary;
  /** Of every run of it, the first included. */
  readonly costs: readonly CostRecord[];
}

export function compareCpu(a: Costs, b: Costs): ComparisonRow[] {
  const rows = [...workRows(a, b), ...timeRows(a, b)];
  if (a.summary.fidelity.notDone === b.summary.fidelity.notDone) return rows;
  // What is not computed is no saving of the system that is simulated.
  const why = 'one of the two leaves more of the protocol out (crypto.fidelity)';
  return rows.map((row) => notToBeTold(row, why));
}

const MULTIPLICATIONS: readonly WorkKind[] = [
  'baseMultiplications',
  'fixedMultiplications',
  'variableMultiplications',
];

const WORK = [
  { id: 'multiplications', what: 'multiplications on P-256', kinds: MULTIPLICATIONS },
  { id: 'butterflies', what: 'butterflies of transforms', kinds: ['nttButterflies'] },
  { id: 'sha256', what: 'blocks of SHA-256', kinds: ['sha256Blocks'] },
  { id: 'aes', what: 'blocks of AES', kinds: ['aesBlocks'] },
] as const satisfies readonly {
  readonly id: string;
  readonly what: string;
  readonly kinds: readonly WorkKind[];
}[];

interface Counter {
  readonly id: string;
  readonly what: string;
  readonly kinds: readonly WorkKind[];
}

/** Each counter over all stages, and by stage where that differs. */
function workRows(a: Costs, b: Costs): ComparisonRow[] {
  return WORK.flatMap((counter) => {
    const whole = workRow(counter, { a, b, stages: STAGES });
    const each = STAGES.map((stage) => workRow(counter, { a, b, stages: [stage] }));
    const known = each.filter((row) => row.a !== null && row.b !== null);
    const worked = known.filter((row) => row.a !== 0 || row.b !== 0);
    const differing = known.filter(({ judgement }) => judgement !== 'same');
    return worked.length > 1 ? [whole, ...differing] : [whole];
  });
}

function workRow(
  { id, what, kinds }: Counter,
  { a, b, stages }: { a: Costs; b: Costs; stages: readonly Stage[] },
): ComparisonRow {
  const perReport = ({ summary, costs }: Costs): number | null => {
    const reports = countedOf(summary);
    // Another build may have had other stages.
    const work: Partial<CostRecord['work']> = costs[0]!.work;
    const total = stages.reduce((sum, stage) => {
      return sum + kinds.reduce((inner, kind) => inner + (work[stage]?.[kind] ?? NaN), 0);
    }, 0);
    return reports === 0 ? null : finite(total / reports);
  };
  const [only, ...more] = stages;
  const [one, other] = [perReport(a), perReport(b)];
  return exactRow({
    id: more.length === 0 ? `cpu.work.${id}.${only}` : `cpu.work.${id}`,
    section: 'cpu',
    what: more.length === 0 ? `${what}: ${only}` : what,
    unit: 'a counted report',
    a: one,
    b: other,
    direction: 'less is better',
    why: one === null || other === null ? whyUnknown(a, b) : 'counted, exact; less is better',
  });
}

function whyUnknown(a: Costs, b: Costs): string {
  const isNothing = [a, b].some(({ summary }) => countedOf(summary) === 0);
  return isNothing ? 'a side counted no report' : 'not of all stages in both records';
}

function timeRows(a: Costs, b: Costs): ComparisonRow[] {
  const stages = STAGES.filter(
    (stage) =>
      !OWN.has(stage) &&
      [a, b].every(({ costs }) => costs.every((one) => (one.stagesMs[stage] ?? 0) > 0)),
  );
  const isRepeated = [a, b].every(({ costs }) => costs.length > 1);
  const all = timeRow('cpu.time', 'CPU time, all of the run', { a, b, of: ({ cpuMs }) => cpuMs });
  // Once measured, they are all unknown.
  const each = (isRepeated ? stages : []).map((stage) =>
    timeRow(`cpu.stage.${stage}`, `time in ${stage}, all workers, by the clock`, {
      a,
      b,
      of: ({ stagesMs }) => stagesMs[stage] ?? 0,
    }),
  );
  const judged = ({ samples, ...row }: Timed, level: Level): ComparisonRow => {
    return { ...row, ...judgeSamples(samples, level) };
  };
  // Of so many stages one would often differ by luck.
  const ofStage = { alpha: ALPHA / stages.length, far: Infinity };
  const isLong = [a, b].every(({ costs }) => costs.every(({ cpuMs }) => cpuMs >= LONG_MS));
  const ofAll = { alpha: ALPHA, far: isLong ? FAR : Infinity };
  return [judged(all, ofAll), ...each.map((row) => judged(row, ofStage))];
}

interface Samples {
  readonly a: readonly number[];
  readonly b: readonly number[];
}

type Timed = Omit<ComparisonRow, 'effect' | 'judgement' | 'why'> & {
  readonly samples: Samples;
};

function timeRow(
  id: string,
  what: string,
  sides: { readonly a: Costs; readonly b: Costs; readonly of: (cost: CostRecord) => number },
): Timed {
  const samplesOf = ({ summary, costs }: Costs): number[] => {
    const reports = countedOf(summary);
    const times = costs.map((cost) => {
      const { before, after } = cost.calibrationUs;
      return (1000 * sides.of(cost)) / reports / ((before + after) / 2);
    });
    return times.filter((time) => Number.isFinite(time) && time > 0);
  };
  const samples = { a: samplesOf(sides.a), b: samplesOf(sides.b) };
  const unit = 'multiplications’ time, a counted report';
  const [one, other] = [median(samples.a), median(samples.b)];
  const direction = 'less is better';
  return { id, section: 'cpu', what, unit, a: one, b: other, direction, samples };
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((x, y) => x - y);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle]!;
  return (sorted[middle - 1]! + sorted[middle]!) / 2;
}

interface Level {
  /** How often what is alike may be called different. */
  readonly alpha: number;
  /** What is farther apart than this factor is so whatever the number of runs. */
  readonly far: number;
}

/** Judges repeated measurements of one quantity, of which less is better. */
export function judgeSamples(
  { a, b }: Samples,
  { alpha, far }: Level,
): Pick<ComparisonRow, 'effect' | 'judgement' | 'why'> {
  const n = Math.min(a.length, b.length);
  if (n === 0) return { judgement: 'unknown', why: 'not measured' };
  const ranked = rankRatio(a, b, alpha);
  if (ranked === undefined) return judgeFew({ a, b }, far);
  const { value, low, high } = ranked;
  const margin = { low: 1 / RATIO_MARGIN, high: RATIO_MARGIN };
  const judgement = judgeInterval({ low, high }, 1, margin);
  const effect = { kind: 'ratio', value, interval: { low, high, by: 'confidence' } } as const;
  const why = {
    same: `within 5 % in ${n} runs each`,
    better: `by the ranks of ${n} runs each`,
    worse: `by the ranks of ${n} runs each`,
    unknown: `${n} runs each do not tell them apart`,
  };
  return { effect, judgement, why: why[judgement] };
}

/** So few that any order of them may be luck. */
function judgeFew(
  { a, b }: Samples,
  far: number,
): Pick<ComparisonRow, 'effect' | 'judgement' | 'why'> {
  const n = Math.min(a.length, b.length);
  const low = Math.min(...b) / Math.max(...a);
  const high = Math.max(...b) / Math.min(...a);
  const effect = { kind: 'ratio', value: median(b)! / median(a)!, ...rangeOf(low, high) } as const;
  if (low > far || high < 1 / far) {
    const judgement: Judgement = low > far ? 'worse' : 'better';
    return { effect, judgement, why: `more than a factor of ${far} apart` };
  }
  const count = n === 1 ? 'one run of each is' : `${n} runs of each are`;
  return { effect, judgement: 'unknown', why: `noisy, and ${count} too few: repeat them` };
}
