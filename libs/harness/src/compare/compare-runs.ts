/**
 * Compares two runs of one world: which of them is better in what, by how much, and what can't be
 * told. Pure: two records in, plain data out. Other protocols become arms by leaving the same
 * record; nothing here knows how a run was made.
 */

import type { CostRecord, RunSummary } from '../record/run-record.ts';
import { compareAccuracy } from './accuracy.ts';
import { compareBytes } from './bytes.ts';
import { COMPARISON_SCHEMA } from './comparison.ts';
import type { ArmRecord, ComparisonRow, RunComparison, Section } from './comparison.ts';
import { compareCpu } from './cpu.ts';
import type { Costs } from './cpu.ts';
import { compareDetection } from './detection.ts';
import { compareLosses, fateChanges } from './losses.ts';
import { comparePrivacy } from './privacy.ts';
import { withoutUnearned } from './unearned.ts';
import { compareWorlds, scenarioDifferences } from './world.ts';

/** One side: a run, and what it cost where it was repeated. */
export interface Arm {
  readonly name: string;
  readonly summary: RunSummary;
  /** Of the runs whose time counts; left out: of this one. */
  readonly costs?: readonly CostRecord[];
}

export interface CompareOptions {
  /** Whether one build made both: then it can say what records of older versions do not. */
  readonly isOneBuild: boolean;
}

/** b held against a. */
export function compareRuns(a: Arm, b: Arm, { isOneBuild }: CompareOptions): RunComparison {
  const world = compareWorlds(a.summary, b.summary);
  const all = [
    ...compareAccuracy(a.summary, b.summary),
    ...comparePrivacy(a.summary, b.summary),
    ...compareLosses(a.summary, b.summary),
    ...compareDetection(a.summary, b.summary),
    ...compareBytes(a.summary, b.summary, { isOneBuild }),
    ...compareCpu(timed(a), timed(b)),
  ];
  const rows = withoutUnearned(all, a.summary, b.summary).map((row) =>
    world.otherWorld === undefined ? row : inOtherWorld(row),
  );
  const differences = scenarioDifferences(a.summary.scenario, b.summary.scenario);
  const identical = a.summary.identity.resultDigest === b.summary.identity.resultDigest;
  return {
    schema: COMPARISON_SCHEMA,
    a: armRecord(a),
    b: armRecord(b),
    world,
    differences,
    identical,
    rows,
    fates: fateChanges(a.summary, b.summary),
    ...overallOf(rows, { identical, otherWorld: world.otherWorld, differences }),
  };
}

function timed({ summary, costs = [summary.cost] }: Arm): Costs {
  return { summary, costs };
}

function armRecord({ name, summary, costs = [summary.cost] }: Arm): ArmRecord {
  const { identity, fidelity, environment, verdict } = summary;
  const { id, seed, scenarioDigest, resultDigest, backend } = identity;
  const { notDone } = fidelity;
  return {
    name,
    id,
    seed,
    scenarioDigest,
    resultDigest,
    backend,
    commit: environment.commit,
    ...(notDone === undefined ? {} : { notDone }),
    verdict,
    runs: costs.length,
  };
}

/** What follows from settings alone, whatever the world. */
export const OF_SETTINGS: ReadonlySet<string> = new Set([
  'privacy.epsilon',
  'bytes.upload',
  'bytes.batches',
  'bytes.validity',
]);

function inOtherWorld({ effect: _effect, ...row }: ComparisonRow): ComparisonRow {
  if (OF_SETTINGS.has(row.id)) return _effect === undefined ? row : { ...row, effect: _effect };
  return { ...row, judgement: 'unknown', why: 'not the same world' };
}

const WORDS: Readonly<Record<Section, string>> = {
  accuracy: 'accuracy',
  privacy: 'privacy',
  losses: 'losses',
  detection: 'detection',
  bytes: 'bytes',
  cpu: 'CPU',
};

/** What all rows together come to. */
export function overallOf(
  rows: readonly ComparisonRow[],
  {
    identical,
    otherWorld,
    differences,
  }: Pick<RunComparison, 'identical' | 'differences'> & {
    readonly otherWorld: string | undefined;
  },
): Pick<RunComparison, 'overall' | 'why'> {
  if (otherWorld !== undefined) return { overall: 'unknown', why: otherWorld };
  const sectionsWith = (judgement: ComparisonRow['judgement']): string => {
    const found = rows.filter((row) => row.judgement === judgement).map(({ section }) => section);
    return [...new Set(found)].map((section) => WORDS[section]).join(', ');
  };
  const [better, worse] = [sectionsWith('better'), sectionsWith('worse')];
  if (better !== '' && worse !== '') {
    return { overall: 'mixed', why: `better in ${better}; worse in ${worse}` };
  }
  if (worse !== '') return { overall: 'worse', why: `worse in ${worse}, better in nothing` };
  if (better !== '') return { overall: 'better', why: `better in ${better}, worse in nothing` };
  if (identical) {
    const isTimed = rows.some(({ id, judgement }) => id === 'cpu.time' && judgement === 'same');
    const time = isTimed ? '' : '; CPU time can’t be told';
    const results = `the results are the same byte for byte${time}`;
    const paths = differences.map(({ path }) => path).join(', ');
    if (paths === '') return { overall: 'same', why: results };
    return {
      overall: 'same',
      why: `what differs had no effect in this world (${paths}): ${results}`,
    };
  }
  // How long something took is unknown unless it is measured again and again.
  const open = rows.filter(({ judgement, id }) => {
    return judgement === 'unknown' && !id.startsWith('cpu.time') && !id.startsWith('cpu.stage');
  });
  if (open.length === 0) return { overall: 'same', why: 'nothing that can be told differs' };
  const sections = [...new Set(open.map(({ section }) => WORDS[section]))].join(', ');
  return { overall: 'unknown', why: `no difference shows; open questions in ${sections}` };
}
