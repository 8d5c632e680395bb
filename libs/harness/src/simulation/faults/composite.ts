/**
 * What the parts of composite faults do that no other fault does: whole machines and stores that
 * are cut off, stopped or gone for a while, and days on which all phones behave alike. The
 * composites themselves do nothing: their parts do (`expand-nemesis.ts`).
 */

import { DAY_MS } from '@priolab/roles';
import { TransportError } from '@priolab/runtime';
import type { Machine } from '@priolab/runtime';

import type { FaultContext, Inject } from '../fault.ts';
import { count, duration } from './parameters.ts';

const isPart = ({ item }: FaultContext): boolean => item.partOf !== undefined;

/** Does something to the machine that a part is at, and undoes it when the part is over. */
const onMachine =
  (what: string, begin: (machine: Machine) => void, end: (machine: Machine) => void): Inject =>
  (context) => {
    const machine = context.machines.get(context.item.at ?? '');
    if (!isPart(context) || machine === undefined) return;
    const { fromMs, untilMs } = context.item;
    context.timeline.at(context.startMs + fromMs, () => {
      context.strike({ what: `${machine.name} ${what}` });
      begin(machine);
    });
    context.timeline.at(context.startMs + untilMs, () => end(machine));
    context.stayUntil(context.startMs + untilMs);
  };

const swizzle = onMachine(
  'is cut off',
  (machine) => machine.pause(),
  (machine) => machine.resume(),
);

const stop = onMachine(
  'is stopped',
  (machine) => machine.crash(),
  (machine) => machine.start(),
);

const STORE = 'store/';

const regionLoss: Inject = (context) => {
  const { at = '' } = context.item;
  if (!at.startsWith(STORE)) return stop(context);
  context.stores.addPolicy((operation, next) => {
    if (`${STORE}${operation.store}` !== at || !context.isOn()) return next(operation);
    context.strike({ what: `${operation.client} can't reach ${operation.store}` });
    const text = `${operation.store}: expected an answer, the place is gone`;
    throw new TransportError('unavailable', text, { retryable: true, definite: false });
  });
};

const HOUR_MS = 3_600_000;
/** When everybody begins. */
const STORM_MS = 8 * HOUR_MS;

const launchDay: Inject = (context) => {
  if (!isPart(context)) return;
  const { phones } = context.hooks;
  if (context.item.at === 'phones/storm') {
    const withinMs = duration(context.item, 'within', '10m');
    phones.measured.push(({ timesMs, day, task }) => {
      if (!context.isOn()) return;
      context.strike({ what: `${timesMs.length} devices of ${task.state} at once on day ${day}` });
      timesMs.forEach((ms, i) => (timesMs[i] = STORM_MS + Math.floor((ms / DAY_MS) * withinMs)));
    });
    return;
  }
  // Lists of keys are late, by half of the time for which a key goes on being accepted.
  const lateMs = context.settings.overlapMs / 2;
  phones.keys.push((keys, timeMs) => {
    const old = context.parties.publicKeysAt(timeMs - lateMs);
    if (!context.isOn() || Buffer.compare(old.leader, keys.leader) === 0) return keys;
    context.strike({ what: 'a late list of keys' });
    return old;
  });
};

/** Share of positive reports that a state is taken to have at least, before it rises. */
const USUAL = 0.02;

const outbreak: Inject = (context) => {
  if (!isPart(context)) return;
  const factor = count(context.item, 'factor', 10);
  context.hooks.phones.measured.push(({ task, day, count: reports, bits, devices, timesMs }) => {
    const { bins, layout } = task.metric;
    if (!context.isOn() || task.state !== context.item.at || bins < 2) return;
    // All within two hours.
    timesMs.forEach((ms, i) => (timesMs[i] = STORM_MS + Math.floor(ms / 12)));
    if (layout !== 'one-hot') return;
    const negative = Array.from({ length: reports }, (_, i) => i).filter(
      (i) => bits[i * bins] === 1,
    );
    const usual = Math.max(USUAL, 1 - negative.length / Math.max(1, reports));
    const rise = Math.min(0.9, (factor - 1) * usual);
    const risen = negative.filter((i) => {
      const key = `${task.vendor} ${task.metric.id} ${day} ${devices[i]}`;
      if (context.draw(key) >= rise * 2 ** 32) return false;
      bits[i * bins] = 0;
      bits[i * bins + 1 + (context.draw(`bin ${key}`) % (bins - 1))] = 1;
      return true;
    });
    context.strike({ what: `${risen.length} of ${reports} more in ${task.state}` });
  });
};

const nothing: Inject = () => {};

export const compositeFaults: Readonly<Record<string, Inject>> = {
  'nem.swarm': nothing,
  'nem.swizzle': swizzle,
  'nem.rolling_upgrade': stop,
  'nem.region_loss': regionLoss,
  'nem.launch_day': launchDay,
  'nem.outbreak': outbreak,
  'nem.byzantine_minority': nothing,
};
