/** Faults of clocks: those of machines, which are wrong, and reports on the edges of days. */

import type { Machine } from '@priolab/runtime';

import { isNameAt } from '../../faults/places.ts';
import type { FaultContext, Inject } from '../fault.ts';
import { atItsTime, overAtMs, stepAfter } from './acting.ts';
import { madeMs } from './device-stages.ts';
import { reportOf } from './network.ts';
import { duration, word } from './parameters.ts';

const DAY_MS = 86_400_000;

function machinesAt({ item, machines }: FaultContext): Machine[] {
  return [...machines.values()].filter(({ name }) => isNameAt('machine', item.place, name));
}

/** Uploads that reach a server whose clock is off by more than it forgives may be refused. */
function strikeUploads(context: FaultContext, names: ReadonlySet<string>, offsetMs: number): void {
  const { skewMsMax } = context.settings;
  if (Math.abs(offsetMs) <= skewMsMax) return;
  context.network.addPolicy((transmission, deliver) => {
    const report = reportOf(transmission);
    const isHit = transmission.leg === 'request' && names.has(transmission.to) && context.isOn();
    if (isHit && report !== undefined) {
      const what = `report ${report} to a wrong clock`;
      context.strike({ what, reports: [report], allowed: ['accepted', 'stale'] });
    }
    deliver(transmission);
  });
}

/** Clocks are off from the fault's beginning to its end, and right again after that. */
function putOff(context: FaultContext, offsetMs: number, what: string): void {
  const { timeline } = context;
  const machines = machinesAt(context);
  atItsTime(context, 0, () => {
    for (const machine of machines) {
      machine.skewClock(offsetMs);
      context.strike({ what: `${machine.name} is ${what}` });
    }
    const endMs = overAtMs(context, Infinity);
    if (endMs === Infinity) return;
    timeline.at(endMs, () => machines.forEach((machine) => machine.skewClock(-offsetMs)));
  });
  strikeUploads(context, new Set(machines.map(({ name }) => name)), offsetMs);
}

const skew: Inject = (context) => {
  const sizeMs = duration(context.item, 'offset', '15m');
  const offsetMs = word(context.item, 'direction', 'ahead') === 'ahead' ? sizeMs : -sizeMs;
  putOff(context, offsetMs, `off by ${offsetMs} ms`);
};

const back: Inject = (context) => {
  const byMs = duration(context.item, 'by', '2h');
  putOff(context, -byMs, `back by ${byMs} ms`);
};

/** While it stands still, a machine may also be switched off and on: its names must stay new. */
const freeze: Inject = (context) => {
  const lastsMs = duration(context.item, 'duration', '2h');
  const { timeline } = context;
  const machines = machinesAt(context);
  atItsTime(context, 0, () => {
    const endMs = overAtMs(context, timeline.nowMs() + lastsMs);
    for (const machine of machines) {
      machine.freezeClock(true);
      context.strike({ what: `${machine.name}'s clock stands` });
      stepAfter(context, lastsMs / 2, () => {
        machine.crash();
        machine.start();
      });
      timeline.at(endMs, () => machine.freezeClock(false));
    }
  });
  strikeUploads(context, new Set(machines.map(({ name }) => name)), lastsMs);
};

/** The first and last milliseconds of windows and days. */
const boundary: Inject = (context) => {
  context.hooks.phones.measured.push((block, { shard, metricSlot, firstReport }) => {
    const { windowMs } = block.task;
    const edges: number[] = [];
    for (let at = 0; at <= DAY_MS; at += Math.min(windowMs, DAY_MS)) {
      edges.push(...[at - 1, at, at + 1].filter((one) => one >= 0 && one < DAY_MS));
    }
    for (let i = 0; i < block.count; i++) {
      const key = `${shard.index} ${metricSlot} ${block.devices[i]!}`;
      if (!context.chooses(key, madeMs(block, i))) continue;
      block.timesMs[i] = edges[context.draw(key) % edges.length]!;
      const what = `a report at ${block.timesMs[i]!} ms of day ${block.day}`;
      context.strike({ what, seenIn: [firstReport + i] });
    }
  });
};

export const clockFaults: Readonly<Record<string, Inject>> = {
  'clk.skew': skew,
  'clk.back': back,
  'clk.freeze': freeze,
  'clk.boundary': boundary,
};
