/** The judges of runs with processes: each deviation turns its oracle red, though nobody asked. */

import { beforeAll, describe, expect, test } from 'vitest';

import { judge, overallVerdict } from '../../src/index.ts';
import type { DeploymentRecord, ExpectationOutcome, RunRecord } from '../../src/index.ts';
import { runSmall, small } from '../run/fixture.ts';

const deployment: DeploymentRecord = {
  kind: 'processes',
  buckets: 'files',
  state: 'sqlite',
  googleForm: 'document',
  instances: 2,
  uploads: {
    sent: 60,
    stored: 58,
    storedBefore: 1,
    unanswered: 0,
    retries: 2,
    refused: { stale: 1 },
  },
  batches: 4,
  reports: 58,
  refused: 0,
  windows: 4,
  combined: 4,
  missing: [],
  deviations: {
    totals: 0,
    clients: 0,
    refused: 0,
    batches: 0,
    reports: 0,
    answers: 0,
    examples: [],
  },
};

let base: RunRecord;
beforeAll(async () => {
  base = await runSmall(small({ expect: ['once', 'sets.equal'] }));
});

function outcomes(change: Partial<RunRecord>): Map<string, ExpectationOutcome> {
  return new Map(judge({ ...base, deployment, ...change }).map((one) => [one.id, one]));
}

const redIn = (change: Partial<RunRecord>): string[] =>
  [...outcomes(change).values()].filter(({ verdict }) => verdict === 'fail').map(({ id }) => id);

test('what is judged of every such run', () => {
  expect([...outcomes({}).keys()]).toEqual(
    'once sets.equal sum.exact count.exact conserve deployed live'.split(' '),
  );
  expect(redIn({})).toEqual([]);
  expect(judge(base).map(({ id }) => id)).toEqual(['once', 'sets.equal']);
});

test.each<[keyof DeploymentRecord['deviations'], string]>([
  ['totals', 'sum.exact'],
  ['clients', 'count.exact'],
  ['refused', 'conserve'],
  ['batches', 'conserve'],
  ['reports', 'conserve'],
  ['answers', 'conserve'],
])('other %s: %s and deployed are red and say where', (kind, oracle) => {
  const deviations = { ...deployment.deviations, [kind]: 1, examples: ['us-wa: odd'] };
  const change = { deployment: { ...deployment, deviations } };
  expect(redIn(change)).toEqual([oracle, 'deployed']);
  for (const red of [oracle, 'deployed']) {
    expect(outcomes(change).get(red)!.observed).toContain(`1 ${kind}: us-wa: odd`);
  }
});

describe('deployed', () => {
  test('says what became of every upload', () => {
    const { verdict, observed, n } = outcomes({}).get('deployed')!;
    expect({ verdict, n }).toEqual({ verdict: 'pass', n: 60 });
    expect(observed).toBe(
      '60 uploads sent, 58 stored, 1 there before, 1 refused, 0 unanswered; 58 in batches',
    );
  });

  test('is vacuous where nothing was sent, or all is in memory', () => {
    const uploads = { ...deployment.uploads, sent: 0, stored: 0, storedBefore: 0, refused: {} };
    const nothing = { deployment: { ...deployment, uploads } };
    expect(outcomes(nothing).get('deployed')!.verdict).toBe('vacuous');
    const scenario = { ...base.scenario, expect: ['deployed' as const] };
    const [inMemory] = judge({ ...base, scenario });
    expect(inMemory).toMatchObject({ id: 'deployed', verdict: 'vacuous', n: 0 });
  });
});

describe('sums that are not there', () => {
  const absent = (held: string) => {
    const cells = base.cells.map(({ totals: _totals, ...cell }, i) =>
      i === 0 ? { ...cell, held: { reason: held, detail: '' } } : base.cells[i]!,
    );
    const missing = ['us-wa-apple seen'];
    return { cells, deployment: { ...deployment, combined: 3, missing, ended: 'nobody worked' } };
  };

  test('are a matter of live, with what is missing and why', () => {
    const change = absent('no-helper-share');
    expect(redIn(change)).toEqual(['live']);
    const live = outcomes(change).get('live')!;
    expect(live.observed).toBe('3 of 4 pairs of sums; not there: us-wa-apple seen; nobody worked');
    expect(overallVerdict([live], false).exitCode).toBe(5);
  });

  test('but not a pair that is there and held', () => {
    expect(redIn(absent('counts-differ'))).toEqual(['sets.equal', 'sum.exact', 'live']);
  });

  test('all of them: nothing is behind the sums', () => {
    const held = { reason: 'no-leader-share', detail: '' };
    const cells = base.cells.map(({ totals: _totals, ...cell }) => ({ ...cell, held }));
    expect(outcomes({ cells }).get('sum.exact')!.verdict).toBe('vacuous');
  });

  test('of a run that was interrupted nobody knows', () => {
    const { deployment: cut } = absent('no-helper-share');
    expect(outcomes({ deployment: cut, interrupted: true }).get('live')!.verdict).toBe('vacuous');
  });
});
