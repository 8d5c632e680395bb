/** Safety first, then liveness: faults stop at a time, a core comes back, and all must drain. */

import { describe, expect, test } from 'vitest';

import type { FaultId } from '../../src/faults/catalogue.ts';
import type { ScenarioInput } from '../../src/scenario/scenario.ts';
import type { FaultContext, Inject } from '../../src/simulation/fault.ts';
import { faultCode } from '../../src/simulation/faults/registry.ts';
import { isOfCore } from '../../src/simulation/scenario-settings.ts';
import { ciSlice } from '../ci-slice.ts';
import { faultIn, redOf, runFaulty } from './fault-run.ts';
import { shortWindows } from './small-deployment.ts';

const HOUR_MS = 3_600_000;

/** The helper dies at its first write and is away for two days. */
const away: ScenarioInput['nemesis'] = [
  { id: 'proc.crash', at: 'processor/helper', from: '6h', dose: 1, params: { restart: '2d' } },
];

test('a machine that is away comes back when it is healed, and all drains in time', async () => {
  const heal = { at: '12h' };
  const healed = { ...shortWindows, nemesis: away, heal, liveness: { within: '2h' } };
  expect(redOf(await runFaulty(healed))).toEqual([]);
  // Where it is not of the core, windows wait for it, and are late.
  const core = ['leader', 'ingestion', 'portal'];
  const late = await runFaulty({ ...healed, heal: { ...heal, core } });
  expect(late.simulation!.windows.late).toBeGreaterThan(0);
  expect(redOf(late)).toEqual(['live']);
});

test('what drains later than liveness allows is red', async () => {
  const run = { ...shortWindows, nemesis: away, heal: { at: '1d' }, liveness: { within: '1s' } };
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
    runFaulty({ ...shortWindows, nemesis, heal: { at: '1h', ...(core && { core }) } });
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
    const { simulation } = await runFaulty({ ...shortWindows, nemesis, heal: { at: '1h', core } });
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
    const after: typeof timeline.after = (delayMs, action) =>
      at(timeline.nowMs() + delayMs, action);
    const sleep: typeof timeline.sleep = (delayMs) =>
      new Promise((resolve) => after(delayMs, resolve));
    const { phones } = context.hooks;
    faultCode.get(id)!({ ...context, machines, timeline: { ...timeline, at, after, sleep } });
    // Uploads that the fault puts off, or sends beside the report itself.
    for (const hooks of [phones.uploads, phones.afterwards]) {
      hooks.forEach((hook, index) => {
        hooks[index] = (report, where) => {
          const sent = hook(report, where);
          const others = sent.filter(({ sendAtMs }) => sendAtMs !== report.sendAtMs);
          letGo.push(...others.map(({ sendAtMs }) => hourOf(context, sendAtMs)));
          return sent;
        };
      });
    }
  };
}

async function actsOf(id: FaultId, nemesis: object, heal: string, more: object = {}) {
  const acts: Act[] = [];
  const letGo: number[] = [];
  const run = { ...shortWindows, nemesis: [{ id, ...nemesis }], heal: { at: heal }, ...more };
  const summary = await runFaulty(run, { id, instead: watched(id, acts, letGo) });
  return { acts, letGo, fired: faultIn(summary, id).fired };
}

test.each<[FaultId, object, string, number]>(
  ciSlice<[FaultId, object, string, number]>(
    [
      ['nem.rolling_upgrade', {}, '5h', 0],
      ['nem.swizzle', {}, '5h', 0],
      ['key.lost', { from: '6h' }, '5h', 0],
      ['nem.rolling_upgrade', { from: '5h' }, '5h40m', 3],
    ],
    3,
  ),
)('%s %o, healed at %s: strikes so often as it has had time for', async (...one) => {
  const [id, nemesis, heal, times] = one;
  const { acts, fired } = await actsOf(id, nemesis, heal);
  expect(fired).toBe(times);
  expect(acts.length).toBe(times);
});

test.each<[FaultId, object]>(
  ciSlice<[FaultId, object]>(
    [
      ['clk.skew', { from: '2h', params: { offset: '30m' } }],
      ['clk.back', { from: '2h', at: 'processor' }],
      ['clk.freeze', { from: '2h', params: { duration: '9h' } }],
      ['proc.pause', { p: 0.2, params: { duration: '9h' } }],
      ['ing.delete_early', { from: '4h30m' }],
    ],
    3,
  ),
)('%s %o is over when it is healed', async (id, nemesis) => {
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

test.each<[FaultId, object]>(
  ciSlice<[FaultId, object]>(
    [
      ['net.clog', { from: '2h', params: { duration: '9h' } }],
      ['net.swizzle', { from: '2h', params: { duration: '9h' } }],
      ['net.cap', { from: '2h', params: { duration: '9h', bytesPerSecond: 1 } }],
    ],
    3,
  ),
)('%s %o holds nothing back after healing', async (id, nemesis) => {
  const { letGo, fired } = await actsOf(id, nemesis, '6h');
  expect(fired).toBeGreaterThan(0);
  expect(letGo).toContain(6);
  expect(Math.max(...letGo)).toBe(6);
});

/** What is put off, doubled or taken down by a fault that lasts for long, unless it is healed. */
const lasting: readonly (readonly [FaultId, object])[] = [
  ['proc.peer_late', { params: { by: '1d' } }],
  ['ing.late_batch', { params: { by: '2d' } }],
  ['ing.partial_write', { params: { repair: '1d' } }],
  ['net.delay', { p: 0.3, params: { by: '5h', spread: '5h' } }],
  ['net.reorder', { p: 0.3, params: { within: '9h' } }],
  ['net.dup', { p: 0.3, params: { copies: 9, after: '1h' } }],
  ['net.replay', { params: { after: '2h' } }],
  ['proc.redeliver', { from: '8h', dose: 3, params: { times: 12 } }],
  ['sto.slow', { p: 0.1, params: { latency: '3h' } }],
  ['proc.oom', { dose: 2, params: { restart: '2d' } }],
  ['ing.crash', { dose: 3, params: { restart: '2d' } }],
  ['nem.region_loss', { from: '4h', params: { duration: '1d' } }],
  ['dev.offline', { p: 0.5, params: { duration: '20h' } }],
  ['dev.crash_mid_upload', { p: 0.5, params: { restart: '20h' } }],
  ['dev.retry_same', { from: '8h', dose: 2, params: { times: 70 } }],
  ['dev.retry_fresh', { from: '8h', dose: 2, params: { times: 70 } }],
  ['dev.storm', { from: '5h', params: { within: '9h' } }],
  ['cli.flood', { from: '8h', dose: 1, params: { reports: 3700 } }],
  ['cli.replay', { p: 0.5 }],
  ['cli.dup_uuid', { p: 0.5 }],
];

const slice = ciSlice(lasting, 5);
const twoDays = { population: { ...shortWindows.population, days: 2, reports: 160 } };

describe('what a fault has begun', () => {
  test.each(slice)('%s %o is over by 9h', async (id, nemesis) => {
    const system = { ...shortWindows.system, windowHours: 2 };
    const more = id === 'net.replay' ? { ...twoDays, system } : { system };
    const { letGo, fired } = await actsOf(id, nemesis, '9h', more);
    expect(fired).toBeGreaterThan(0);
    expect(Math.max(...letGo)).toBeLessThanOrEqual(9);
    // It would have gone on.
    const sick = await actsOf(id, nemesis, '2d', { ...more, heal: undefined });
    expect(Math.max(...sick.letGo)).toBeGreaterThan(9);
  });

  test.each<[FaultId, object]>(
    ciSlice<[FaultId, object]>(
      [
        ['proc.order', { until: '9h' }],
        ['proc.slow', { until: '9h', p: 0.3, params: { factor: 1000 } }],
      ],
      3,
    ),
  )('%s %o, healed a moment before its last wait is over, waits no longer', async (...one) => {
    const [id, nemesis] = one;
    const sick = await actsOf(id, nemesis, '1d', { heal: undefined });
    const healMs = Math.round(Math.max(...sick.letGo) * HOUR_MS) - 1;
    const item = { ...nemesis, heal: `${healMs}ms` };
    const { letGo } = await actsOf(id, item, '1d', { heal: undefined });
    expect(Math.round(Math.max(...letGo) * HOUR_MS)).toBe(healMs);
  });

  test('a late batch that healing brings in time is counted', async () => {
    const nemesis = [{ id: 'ing.late_batch', p: 0.5, params: { by: '2d' } }] as const;
    const run = {
      ...shortWindows,
      services: { ...shortWindows.services, processors: { grace: '8h' } },
    } as const;
    const healed = await runFaulty({ ...run, nemesis: [{ ...nemesis[0], heal: '8h' }] });
    expect(redOf(healed)).toEqual([]);
    expect(faultIn(healed).fates).toEqual({ accepted: expect.any(Number) });
    // Its own heal does what that of the run does.
    const all = await runFaulty({ ...run, nemesis: [...nemesis], heal: { at: '8h' } });
    expect(all.simulation!.journal.digest).toBe(healed.simulation!.journal.digest);
    const late = await runFaulty({ ...run, nemesis: [...nemesis] });
    expect(Object.keys(faultIn(late).fates)).toContain('batch-late');
  });
});

describe('keys', () => {
  /** Hours at which the reports were made that a fault of keys struck. */
  async function madeAt(id: FaultId, nemesis: object, more: object): Promise<number[]> {
    const hours: number[] = [];
    const instead: Inject = (context) =>
      faultCode.get(id)!({
        ...context,
        strike(strike) {
          context.strike(strike);
          context.atEnd(() => {
            const made = strike.reports!.map((one) => context.book.reports[one]!.createdMs);
            hours.push(...made.map((ms) => (ms - context.startMs) / HOUR_MS));
          });
        },
      });
    const run = { ...shortWindows, ...more, nemesis: [{ id, ...nemesis }] } as ScenarioInput;
    expect(redOf(await runFaulty(run, { id, instead }))).toEqual([]);
    return hours.sort((a, b) => a - b);
  }

  test.each<[FaultId, object, number, number]>(
    ciSlice<[FaultId, object, number, number]>(
      [
        ['key.wrong', { from: '31h', params: { duration: '5h' } }, 31, 36],
        ['key.wrong', { from: '31h', until: '35h', params: { duration: '9h' } }, 31, 35],
        ['key.manifest_down', { from: '31h', params: { duration: '5h' } }, 31, 36],
        ['key.manifest_stale', { from: '31h', until: '36h' }, 31, 36],
        ['key.expired', { from: '79h', until: '84h' }, 79, 84],
      ],
      3,
    ),
  )('%s %o strikes what is made in its time', async (id, nemesis, fromHour, untilHour) => {
    const more = {
      population: { ...shortWindows.population, days: 4, reports: 240 },
      services: { ...shortWindows.services, keys: { rotateEvery: '12h', overlap: '6h' } },
      expect: ['sum.exact', 'blast'],
    };
    const hours = await madeAt(id, nemesis, more);
    expect(hours.length).toBeGreaterThan(3);
    expect(hours[0]).toBeGreaterThanOrEqual(fromHour);
    expect(hours.at(-1)).toBeLessThan(untilHour);
  });

  test('a key that was withdrawn is trusted again when all is healed', async () => {
    const refused = async (heal?: string): Promise<number> => {
      const item = { id: 'key.revoked', from: '8h', ...(heal === undefined ? {} : { heal }) };
      const run = { ...twoDays, expect: [...shortWindows.expect, 'blast', 'reason'] };
      const summary = await runFaulty({
        ...shortWindows,
        ...run,
        nemesis: [item],
      } as ScenarioInput);
      expect(redOf(summary)).toEqual([]);
      return faultIn(summary).fates['batch-signature'] ?? 0;
    };
    const [healed, sick] = [await refused('13h'), await refused()];
    expect(healed).toBeGreaterThan(0);
    expect(sick).toBeGreaterThan(2 * healed);
  });

  test('a key that was stolen reads what is there while it is of use', async () => {
    const read = async (heal?: string): Promise<string> => {
      const whats: string[] = [];
      const id = 'key.compromise_one';
      const instead: Inject = (context) =>
        faultCode.get(id)!({ ...context, strike: ({ what }) => void whats.push(what) });
      const item = { id, ...(heal === undefined ? {} : { heal }) };
      await runFaulty({ ...shortWindows, nemesis: [item] } as ScenarioInput, { id, instead });
      return whats.join();
    };
    const elements = (what: string): number => Number(/\d+/.exec(what)![0]);
    expect(elements(await read('12h'))).toBeLessThan(elements(await read()));
    expect(await read('1s')).toBe('');
  });
});

test.each<[FaultId, string]>(
  ciSlice<[FaultId, string]>(
    [
      ['sto.expire', 'both'],
      ['ing.delete_early', 'batcher'],
    ],
    3,
  ),
)('%s keeps for as long as ever before and after its time', async (id, who) => {
  const kept: (readonly [hour: number, ...ms: number[]])[] = [];
  const instead: Inject = (context) => {
    const { hooks, timeline, startMs } = context;
    faultCode.get(id)!(context);
    const batcher = hooks.batcher.at(-1)!({ keepForMs: () => 7 } as never, { vendor: 'apple' });
    const settings = { keepForMs: () => 7 };
    const desk = hooks.desk.at(-1)?.({ settings } as never, { role: 'leader' });
    for (const hour of [1, 3, 5]) {
      timeline.at(startMs + hour * HOUR_MS, () => {
        kept.push([hour, batcher.keepForMs(), desk?.settings.keepForMs() ?? 7]);
      });
    }
  };
  const item = { id, from: '2h', until: '4h' };
  await runFaulty({ ...shortWindows, nemesis: [item] } as ScenarioInput, { id, instead });
  const during = who === 'both' ? 0 : 7;
  expect(kept).toEqual([
    [1, 7, 7],
    [3, 0, during],
    [5, 7, 7],
  ]);
});
