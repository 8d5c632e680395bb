/**
 * `outcome` turns red where what the catalogue demands of a fault has not come of it, though every
 * report that the fault touched has a fate that it allows.
 */

import { describe, expect, test } from 'vitest';

import { limitsOf } from '../../src/expectations/outcomes.ts';
import { faults, judge } from '../../src/index.ts';
import type { ExpectationOutcome, FaultId, RunRecord } from '../../src/index.ts';
import type { FaultRecord, SimulationRecord } from '../../src/record/simulation-record.ts';
import { faultIn, runDemonstration } from '../simulation/fault-run.ts';

type Change = (simulation: SimulationRecord) => Partial<SimulationRecord>;

/** Judges a run of the fault's demonstration anew, with its record changed. */
function outcomeOf(
  record: RunRecord,
  id: FaultId,
  change: Change = () => ({}),
  more: Partial<RunRecord> = {},
): ExpectationOutcome {
  const simulation = { ...record.simulation!, ...change(record.simulation!) };
  const outcomes = judge({ ...record, ...more, simulation });
  return outcomes.find((one) => one.id === `outcome ${id}`)!;
}

const eachFault =
  (change: Partial<FaultRecord>): Change =>
  ({ faults }) => ({ faults: faults.map((fault) => ({ ...fault, ...change })) });

const lost: Change = ({ reports }) => ({
  reports: { ...reports, untouchedLost: 1, wrong: reports.wrong + 1 },
});

describe('known limits', () => {
  const limitsIn = async (id: FaultId, params = {}) =>
    (await runDemonstration(id, { params })).limits!.map((limit) => limit.id);

  test('what may be nothing but a limit is named with its sizes, though nobody asks', async () => {
    const run = await runDemonstration('mal.tamper_sum', { scenario: { expect: ['conserve'] } });
    const { id, fired, measured } = faultIn(run);
    expect(measured['windows changed']).toBeGreaterThan(0);
    const { about } = faults['mal.tamper_sum'];
    expect(run.limits).toMatchObject([{ id, fired, about, measured }]);
  });

  test('what may be noticed is named only where nothing was refused for it', async () => {
    expect(await limitsIn('cli.tag', { by: 'id' })).toEqual(['cli.tag']);
    expect(await limitsIn('cli.tag', { by: 'size' })).toEqual([]);
  });

  test('a fault that never struck, or was not measured, shows none', async () => {
    const run = await runDemonstration('mal.tamper_sum');
    const [one] = run.simulation!.faults;
    const limitsWith = (change: Partial<FaultRecord>) =>
      limitsOf({ ...run, simulation: { ...run.simulation!, faults: [{ ...one!, ...change }] } });
    expect(limitsWith({})).toHaveLength(1);
    expect(limitsWith({ fired: 0 })).toEqual([]);
    expect(limitsWith({ measured: { 'windows changed': Infinity } })).toEqual([]);
    expect(limitsWith({ id: 'net.drop' })).toEqual([]);
  });
});

test('recover: crashes so frequent that nothing is published do not pass', async () => {
  const nemesis = { p: 1, fires: 100, params: { restart: '1m' } };
  const run = await runDemonstration('proc.crash', { nemesis });
  const crash = run.simulation!.faults[0]!;
  expect(crash.fired).toBeGreaterThan(1000);
  expect(crash.unexpected).toBe(0);
  expect(run.simulation!.windows.published).toBe(0);
  const { verdict, observed } = outcomeOf(run, 'proc.crash');
  expect(verdict).toBe('fail');
  expect(observed).toMatch(/recover: conserve: .*; blast: 120 of 120 untouched .*; live: /);
});

describe('recover', async () => {
  const run = await runDemonstration('proc.oom');
  const of = (change?: Change, more?: Partial<RunRecord>) =>
    outcomeOf(run, 'proc.oom', change, more).verdict;
  const open: Change = ({ windows }) => ({ windows: { ...windows, open: 1 } });
  const cells = run.cells.map((cell) => ({ ...cell, totals: cell.totals!.map((one) => one + 1) }));
  const second = (id: FaultId): Change => {
    const [first] = run.simulation!.faults;
    return () => ({ faults: [first!, { ...first!, id }] });
  };

  test('passes where all is as it should be', () => {
    expect(of()).toBe('pass');
  });

  test.each<[string, Change]>([
    ['a report is lost that no fault touched', lost],
    ['a window is open that no fault excuses', open],
    ['its own report is lost', eachFault({ fates: { lost: 1 } })],
    ['a report has a fate that it does not allow', eachFault({ unexpected: 1 })],
  ])('fails where %s', (_, change) => {
    expect(of(change)).toBe('fail');
  });

  test('fails where sums are wrong, unless another fault may be why', () => {
    expect(of(undefined, { cells })).toBe('fail');
    expect(of(second('net.drop'), { cells })).toBe('fail');
    expect(of(second('mal.tamper_sum'), { cells })).toBe('pass');
  });

  test('is vacuous where nothing was published, it never struck, or the run was cut short', () => {
    expect(of(({ windows }) => ({ windows: { ...windows, published: 0 } }))).toBe('vacuous');
    expect(of(eachFault({ fired: 0, fires: 0 }))).toBe('vacuous');
    expect(of(undefined, { interrupted: true })).toBe('vacuous');
  });
});

describe('detect', async () => {
  const run = await runDemonstration('cli.undecryptable');
  const of = (change?: Change, more?: Partial<RunRecord>) =>
    outcomeOf(run, 'cli.undecryptable', change, more);

  test('fails where nobody noticed', () => {
    expect(of().verdict).toBe('pass');
    const { verdict, observed } = of(eachFault({ fates: { accepted: 20, lost: 4 } }));
    expect(verdict).toBe('fail');
    expect(observed).toMatch(/detect: nobody noticed$/);
  });

  test('passes where an oracle of its card is red, and is not without the fault', () => {
    const unnamed = (without: SimulationRecord['without']): ExpectationOutcome =>
      of((simulation) => ({
        ...eachFault({ fates: { accepted: 24 } })(simulation),
        ...lost(simulation),
        ...(without === undefined ? {} : { without }),
      }));
    const { verdict, observed } = unnamed({ 'cli.undecryptable': { blast: 'pass' } });
    expect(verdict).toBe('pass');
    expect(observed).toMatch(/detect: blast is red because of it$/);
    for (const all of [undefined, { 'cli.undecryptable': { blast: 'fail', reason: 'fail' } }]) {
      const other = unnamed(all as SimulationRecord['without']);
      expect(other.verdict).toBe('fail');
      expect(other.observed).toMatch(/detect: reason is red without it as well$/);
    }
  });

  test('copies of reports that count are noticed by what was refused of them', async () => {
    const replay = await runDemonstration('net.replay');
    expect(outcomeOf(replay, 'net.replay').verdict).toBe('pass');
    const unseen = eachFault({ refused: {} });
    expect(outcomeOf(replay, 'net.replay', unseen).verdict).toBe('fail');
  });
});

test('limit: vacuous without a measurement', async () => {
  const run = await runDemonstration('cli.multi_hot');
  expect(outcomeOf(run, 'cli.multi_hot').verdict).toBe('pass');
  for (const measured of [{}, { size: NaN }]) {
    const { verdict, observed } = outcomeOf(run, 'cli.multi_hot', eachFault({ measured }));
    expect(verdict).toBe('vacuous');
    expect(observed).toMatch(/limit: not measured$/);
  }
});

test('accept: it says what it cost, and costs no report that it did not touch', async () => {
  const run = await runDemonstration('mal.withhold');
  const found = outcomeOf(run, 'mal.withhold');
  expect(found.verdict).toBe('pass');
  expect(found.observed).toMatch(/accept: \d+ of the \d+ reports that it touched not counted$/);
  expect(outcomeOf(run, 'mal.withhold', lost).verdict).toBe('fail');
});

test('of several outcomes any is enough', async () => {
  const run = await runDemonstration('proc.peer_missing');
  const { verdict, observed, limit } = outcomeOf(run, 'proc.peer_missing');
  expect(verdict).toBe('pass');
  expect(limit).toMatch(/recover or accept$/);
  expect(observed).toMatch(/; accept: /);
});

test('limits of what is measured: held, broken, and not measured at all', async () => {
  const name = 'longest wait for a connection in ms';
  const run = await runDemonstration('net.slowloris');
  const limited = (atMost: Readonly<Record<string, number>>) => {
    const outcome = { id: 'outcome' as const, of: 'net.slowloris' as const, atMost };
    return { scenario: { ...run.scenario, expect: [outcome] } };
  };
  const of = (atMost: number, change?: Change) =>
    outcomeOf(run, 'net.slowloris', change, limited({ [name]: atMost }));
  expect(of(20_000)).toMatchObject({ verdict: 'pass' });
  expect(of(20_000).limit).toContain(`${name} at most 20000`);
  expect(of(1).verdict).toBe('fail');
  expect(of(1).observed).toContain(name);
  expect(of(20_000, eachFault({ measured: {} })).verdict).toBe('vacuous');
});
