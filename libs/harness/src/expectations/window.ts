/**
 * When something must have happened for an expectation to be about it: what `ExpectationOutcome`
 * says of its `window`. It takes no part in verdicts.
 */

import { DAY_MS } from '@priolab/roles';

import type { ExpectationOutcome, RunRecord } from '../record/run-record.ts';
import { firstDay } from '../run/settings.ts';
import { durationMs } from '../scenario/durations.ts';
import { expandNemesis } from '../simulation/faults/composite.ts';
import { nemesisOf } from '../simulation/scenario-settings.ts';
import { machineOracles } from './performance.ts';

type Windowed = Pick<ExpectationOutcome, 'window'>;

/** Of anything but a fault. */
export function windowOf(record: RunRecord, id: string): Windowed {
  const { simulation, scenario, interrupted } = record;
  if (machineOracles.has(id)) return {};
  if (simulation !== undefined) {
    const { startMs, endMs } = simulation;
    const isHealed = id === 'live' && scenario.heal !== undefined;
    const sinceStartMs = isHealed ? durationMs(scenario.heal!.at) : 0;
    return within(startMs + sinceStartMs, endMs);
  }
  // Nobody can say which days a run has come to that was cut short: workers share them.
  if (interrupted) return {};
  const fromMs = firstDay(scenario) * DAY_MS;
  return within(fromMs, fromMs + scenario.population.days * DAY_MS);
}

/** Of each fault of the record: the time in which it may strike, if what it waits for comes. */
export function windowsOfFaults({ simulation, scenario }: RunRecord): Windowed[] {
  if (simulation === undefined) return [];
  const { startMs, endMs } = simulation;
  return nemesisOf(expandNemesis(scenario)).map(({ fromMs, untilMs }) =>
    within(startMs + fromMs, Math.min(startMs + untilMs, endMs)),
  );
}

function within(fromMs: number, toMs: number): Windowed {
  return fromMs < toMs ? { window: { fromMs, toMs } } : {};
}
