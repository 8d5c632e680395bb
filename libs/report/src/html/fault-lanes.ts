/** What struck when: strikes of faults on the simulated clock, and that clock on the machine's. */

import type { RunSummary } from '@priolab/harness';

import { valueAt } from './machine.ts';

export interface Lane {
  readonly id: string;
  /** Places, and how often it struck of how often it had to. */
  readonly about: string;
  /** When the scenario lets it strike, simulated. */
  readonly spans: readonly { readonly fromMs: number; readonly untilMs: number }[];
  readonly strikesMs: readonly number[];
}

export interface Moment {
  readonly ms: number;
  readonly name: string;
}

export interface Story {
  readonly startMs: number;
  readonly endMs: number;
  readonly lanes: readonly Lane[];
  /** Faults that have no lane. */
  readonly cut: number;
  readonly phases: readonly {
    readonly name: string;
    readonly fromMs: number;
    readonly untilMs: number;
  }[];
  readonly moments: readonly Moment[];
  /** The machine's time of a simulated one, from 0; undefined where the record can't tell. */
  readonly machineMs: ((simulatedMs: number) => number) | undefined;
  readonly machineEndMs: number;
}

const LANES_MAX = 16;
const PHASES_MAX = 12;

const UNITS: readonly (readonly [RegExp, number])[] = [
  [/(\d+)d/, 86_400_000],
  [/(\d+)h/, 3_600_000],
  [/(\d+)m(?!s)/, 60_000],
  [/(\d+)s/, 1000],
  [/(\d+)ms/, 1],
];

/** Milliseconds of `1d12h`, as a checked scenario holds it. */
export function durationMs(text: string): number {
  return UNITS.reduce((sum, [unit, ms]) => sum + Number(unit.exec(text)?.[1] ?? 0) * ms, 0);
}

/** Undefined for a run on the wall clock. */
export function storyOf(summary: RunSummary): Story | undefined {
  const { simulation, scenario } = summary;
  if (simulation === undefined) return undefined;
  const { startMs, endMs, daysEndMs } = simulation;
  const at = (text: string): number => Math.min(endMs, startMs + durationMs(text));
  const phases = scenario.phases.map(({ name, from, until }) => {
    return { name, fromMs: at(from), untilMs: at(until) };
  });
  const { heal } = scenario;
  const moments = [
    ...(daysEndMs < endMs ? [{ ms: daysEndMs, name: 'last day ends' }] : []),
    ...(heal === undefined ? [] : [{ ms: at(heal.at), name: 'all healed' }]),
  ].sort((a, b) => a.ms - b.ms);
  const ids = [...new Set(simulation.faults.map(({ id }) => id))];
  const lanes = ids.slice(0, LANES_MAX).map((id) => laneOf(id, summary, { phases, at }));
  const cut = ids.length - lanes.length;
  const shownPhases = phases.slice(0, PHASES_MAX);
  return { startMs, endMs, lanes, cut, phases: shownPhases, moments, ...machineClock(summary) };
}

function laneOf(
  id: string,
  { simulation, scenario }: RunSummary,
  { phases, at }: { phases: Story['phases']; at: (text: string) => number },
): Lane {
  const { startMs, endMs, faults, faultLog } = simulation!;
  const own = faults.filter((fault) => fault.id === id);
  const places = [...new Set(own.flatMap((fault) => fault.at ?? []))];
  const fired = own.reduce((sum, fault) => sum + fault.fired, 0);
  const place = places.length === 0 ? '' : ` at ${places.slice(0, 3).join(', ')}`;
  const times = fired === 1 ? 'once' : `${fired} times`;
  const spans = scenario.nemesis
    .filter((fault) => fault.id === id)
    .map(({ from, until, phase, heal }) => {
      const named = phases.find(({ name }) => name === phase);
      const ends = [until, heal, scenario.heal?.at].flatMap((text) => text ?? []).map(at);
      return {
        fromMs: from === undefined ? (named?.fromMs ?? startMs) : at(from),
        untilMs: Math.min(named?.untilMs ?? endMs, ...ends),
      };
    });
  const strikesMs = faultLog.filter((entry) => entry.id === id).map(({ timeMs }) => timeMs);
  return { id, about: `${place}: struck ${times}`, spans, strikesMs };
}

/** Samples of both clocks side by side give one from the other. */
function machineClock({
  series,
  simulation,
}: RunSummary): Pick<Story, 'machineMs' | 'machineEndMs'> {
  const wall = series?.wall;
  const simulated = wall?.columns.find(({ name }) => name === 'simulated')?.values;
  const machineEndMs = wall?.timesMs.at(-1) ?? 0;
  if (wall === undefined || simulated === undefined || !(machineEndMs > 0)) {
    return { machineMs: undefined, machineEndMs };
  }
  const { startMs } = simulation!;
  return { machineMs: (ms) => valueAt(simulated, wall.timesMs, ms - startMs), machineEndMs };
}
