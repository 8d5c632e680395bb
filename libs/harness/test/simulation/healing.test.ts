/** Safety first, then liveness: faults stop at a time, a core comes back, and all must drain. */

import { expect, test } from 'vitest';

import type { FaultId } from '../../src/faults/catalogue.ts';
import type { ScenarioInput } from '../../src/scenario/scenario.ts';
import type { FaultContext, Inject } from '../../src/simulation/fault.ts';
import { faultCode } from '../../src/simulation/faults/registry.ts';
import { isOfCore } from '../../src/simulation/scenario-settings.ts';
import { faultIn, redOf, runFaulty } from './fault-run.ts';

const HOUR_MS = 3_600_000;

const base = {
  id: 'healing',
  about: 'for a test',
  clock: 'simulated',
  population: { reports: 80, states: ['us-wa'] },
  system: { metrics: ['PeriodicExposureNotification-v1'], windowHours: 8 },
  crypto: { crossCheck: false },
  services: { ingestion: { batchEvery: '1h' }, processors: { grace: '2h' } },
  expect: ['sum.exact', 'conserve', 'live'],
} satisfies ScenarioInput;

/** The helper dies at its first write and is away for two days. */
const away: ScenarioInput['nemesis'] = [
  { id: 'proc.crash', at: 'processor/helper', from: '6h', dose: 1, params: { restart: '2d' } },
];

test('a machine that is away comes back when it is healed, and all drains in time', async () => {
  const heal = { at: '12h' };
  const healed = { ...base, nemesis: away, heal, liveness: { within: '2h' } };
  expect(redOf(await runFaulty(healed))).toEqual([]);
  // Where it is not of the core, windows wait for it, and are late.
  const core = ['leader', 'ingestion', 'portal'];
  const late = await runFaulty({ ...healed, heal: { ...heal, core } });
  expect(late.simulation!.windows.late).toBeGreaterThan(0);
  expect(redOf(late)).toEqual(['live']);
});

test('what drains later than liveness allows is red', async () => {
  const run = { ...base, nemesis: away, heal: { at: '1d' }, liveness: { within: '1s' } };
  const summary = await runFaulty(run);
  expect(redOf(summary)).toEqual(['live']);
  expect(summary.exitCode).toBe(5);
  expect(summary.expectations.find(({ id }) => id === 'live')?.observed).toMatch(
    /\d windows? later than liveness allows/,
  );
});

test('a core heals, and the rest does not', async () => {
  const nemesis: ScenarioInput['nemesis'] = [{ id: 'net.drop', at: 'ingestion/apple', p: 0.5 }];
  const run = (core?: string[]) =>
    runFaulty({ ...base, nemesis, heal: { at: '1h', ...(core && { core }) } });
  const struck = async (core?: string[]) => faultIn(await run(core), 'net.drop').fired;
  expect(await struck()).toBe(await struck(['apple']));
  expect(await struck(['helper'])).toBeGreaterThan(await struck());
});

test.each<[place: string | undefined, core: readonly string[], expected: boolean]>([
  [undefined, ['helper'], true],
  ['*', ['helper'], true],
  ['us-wa', ['helper'], true],
  ['helper', ['processor'], true],
  ['processor/leader', ['helper'], false],
  ['apple', ['ingestion'], true],
  ['apple', ['ingestion/google'], false],
  ['ingestion/apple/1', ['ingestion/apple/0', 'portal'], false],
  ['ingestion/apple/1', ['ingestion/apple/0', 'batcher'], false],
  ['ingestion/apple', ['batcher'], true],
  ['apple->ingestion', ['ingestion'], true],
  ['->ingestion/apple/0', ['ingestion/apple'], true],
  ['->ingestion/apple/0', ['google', 'helper'], false],
  ['ingestion-leader', ['leader'], true],
  ['ingestion-leader', ['ingestion'], true],
  ['ingestion-leader', ['helper', 'portal'], false],
  ['inbox-apple', ['google'], false],
  ['results', ['portal'], true],
])('a fault at %s and the core %j: %s', (place, core, expected) => {
  expect(isOfCore(place, core)).toBe(expected);
});

test('a fault of a link and one of a store stop with their core', async () => {
  const nemesis: ScenarioInput['nemesis'] = [
    { id: 'net.drop', at: 'apple->ingestion', p: 0.5 },
    { id: 'sto.slow', at: 'ingestion-leader' },
  ];
  const struck = async (core: string[]): Promise<number[]> => {
    const { simulation } = await runFaulty({ ...base, nemesis, heal: { at: '1h', core } });
    return simulation!.faults.map(({ fired }) => fired);
  };
  const [drops, slow] = await struck(['ingestion']);
  const [moreDrops, moreSlow] = await struck(['helper']);
  expect(moreDrops).toBeGreaterThan(drops!);
  expect(moreSlow).toBeGreaterThan(slow!);
});

/** What a fault does to machines, with the hour at which it does it. */
interface Act {
  readonly name: string;
  readonly what: 'crash' | 'skewClock' | 'freezeClock' | 'pause' | 'resume';
  readonly value: unknown;
  readonly hour: number;
}

/** The fault, with what it does to machines written down, and when it lets go what it holds. */
function watched(id: FaultId, acts: Act[], letGo: number[]): Inject {
  const hourOf = ({ startMs }: FaultContext, ms: number): number => (ms - startMs) / HOUR_MS;
  return (context) => {
    const { timeline } = context;
    const watch =
      (what: Act['what'], name: string, act: (value: never) => void) =>
      (value: never): void => {
        acts.push({ name, what, value, hour: hourOf(context, timeline.nowMs()) });
        act(value);
      };
    const machines = new Map(
      [...context.machines].map(([name, machine]) => {
        const kinds = ['crash', 'skewClock', 'freezeClock', 'pause', 'resume'] as const;
        const changed = kinds.map((what) => [what, watch(what, name, machine[what])]);
        return [name, Object.assign(Object.create(machine), Object.fromEntries(changed))];
      }),
    ) as FaultContext['machines'];
    const at: typeof timeline.at = (timeMs, action) => {
      letGo.push(hourOf(context, timeMs));
      return timeline.at(timeMs, action);
    };
    faultCode.get(id)!({ ...context, machines, timeline: { ...timeline, at } });
  };
}

async function actsOf(id: FaultId, nemesis: object, heal: string) {
  const acts: Act[] = [];
  const letGo: number[] = [];
  const run = { ...base, nemesis: [{ id, ...nemesis }], heal: { at: heal } };
  const summary = await runFaulty(run, { id, instead: watched(id, acts, letGo) });
  return { acts, letGo, fired: faultIn(summary, id).fired };
}

test.each<[FaultId, object, string, number]>([
  ['nem.rolling_upgrade', {}, '5h', 0],
  ['nem.swizzle', {}, '5h', 0],
  ['key.lost', { from: '6h' }, '5h', 0],
  ['nem.rolling_upgrade', { from: '5h' }, '5h40m', 3],
])('%s %o, healed at %s: strikes so often as it has had time for', async (...one) => {
  const [id, nemesis, heal, times] = one;
  const { acts, fired } = await actsOf(id, nemesis, heal);
  expect(fired).toBe(times);
  expect(acts.length).toBe(times);
});

test.each<[FaultId, object]>([
  ['clk.skew', { from: '2h', params: { offset: '30m' } }],
  ['clk.back', { from: '2h', at: 'processor' }],
  ['clk.freeze', { from: '2h', params: { duration: '9h' } }],
  ['proc.pause', { p: 0.2, params: { duration: '9h' } }],
  ['ing.delete_early', { from: '4h30m' }],
])('%s %o is over when it is healed', async (id, nemesis) => {
  const { acts, fired } = await actsOf(id, nemesis, '6h');
  expect(fired).toBeGreaterThan(0);
  expect(Math.max(...acts.map(({ hour }) => hour))).toBe(6);
  const isAt6 = ({ hour }: Act): boolean => hour === 6;
  const names = (what: Act['what']) =>
    new Set(acts.filter((act) => act.what === what).map(({ name }) => name));
  const offsets = new Map<string, number>();
  for (const { name, what, value } of acts) {
    if (what === 'skewClock') offsets.set(name, (offsets.get(name) ?? 0) + (value as number));
  }
  expect([...offsets.values()].filter((offset) => offset !== 0)).toEqual([]);
  expect(names('resume')).toEqual(names('pause'));
  const last = new Map(acts.filter(isAt6).map((act) => [act.name, act]));
  for (const name of names('freezeClock')) expect(last.get(name)!.value).toBe(false);
});

test.each<[FaultId, object]>([
  ['net.clog', { from: '2h', params: { duration: '9h' } }],
  ['net.swizzle', { from: '2h', params: { duration: '9h' } }],
  ['net.cap', { from: '2h', params: { duration: '9h', bytesPerSecond: 1 } }],
])('%s %o holds nothing back after healing', async (id, nemesis) => {
  const { letGo, fired } = await actsOf(id, nemesis, '6h');
  expect(fired).toBeGreaterThan(0);
  expect(letGo).toContain(6);
  expect(Math.max(...letGo)).toBe(6);
});
