/** Ingestion servers that die at a step of their work, and clean up before their work is safe. */

import { PACKETS, storeNames } from '@priolab/nodes';
import type { Vendor } from '@priolab/roles';
import type { StoreOperation } from '@priolab/runtime';

import { VENDORS, isNameAt, machineNames } from '../../faults/places.ts';
import type { Inject } from '../fault.ts';
import { bounce, byHealing, never, overAtMs } from './acting.ts';
import { duration, word } from './parameters.ts';

function isIngestionWrite({ kind, client }: StoreOperation): boolean {
  return kind === 'put' && client.startsWith('ingestion/');
}

/** Dies before a write, between the two processors' halves, or after a write, unaware of it. */
const crash: Inject = (context) => {
  const step = word(context.item, 'step', 'before-write');
  const awayMs = duration(context.item, 'restart', '10m');
  const seen = new Map<string, number>();
  context.stores.addPolicy(async (operation, next) => {
    const { client, store, key } = operation;
    const isHere = isNameAt('ingestor', context.item.place, client);
    if (!isIngestionWrite(operation) || !isHere) return next(operation);
    const isBetween = store === storeNames.ingestion('helper') && key.endsWith(PACKETS);
    if (step === 'between-writes' && !isBetween) return next(operation);
    const name = `${client} ${store} ${key}`;
    const times = seen.get(name) ?? 0;
    seen.set(name, times + 1);
    if (!context.chooses(`${name} ${times}`)) return next(operation);
    context.strike({ what: `${client} dies ${step} of ${store} ${key}` });
    if (step === 'before-ack') await next(operation);
    bounce(context, client, awayMs);
    return never();
  });
};

/**
 * The clean-up is told to keep nothing, the batch job dies again and again, and the clock of its
 * machine is days ahead when it comes back: nothing that is not in a durable batch may go.
 */
const deleteEarly: Inject = (context) => {
  const isHere = (vendor: Vendor): boolean => isNameAt('vendor', context.item.place, vendor);
  const keepFor = (otherwise: () => number) => (): number => (context.isOn() ? 0 : otherwise());
  context.hooks.batcher.push((options, { vendor }) =>
    isHere(vendor) ? { ...options, keepForMs: keepFor(options.keepForMs) } : options,
  );
  const batchers = new Set(VENDORS.filter(isHere).map(machineNames.batcher));
  context.stores.addPolicy(async (operation, next) => {
    const { client, key } = operation;
    const isPlan = isIngestionWrite(operation) && key.startsWith('plans/');
    const isStruck = isPlan && batchers.has(client);
    if (!isStruck || !context.chooses(`${client} ${key}`)) return next(operation);
    await next(operation);
    context.strike({ what: `${client} dies after ${key}, its clock ahead` });
    const machine = context.machines.get(client)!;
    machine.crash();
    machine.skewClock(5 * 86_400_000);
    const backMs = byHealing(context, context.timeline.nowMs() + 600_000);
    context.timeline.at(backMs, () => machine.start());
    const rightAgainMs = overAtMs(context, context.timeline.nowMs() + 2 * 3_600_000);
    context.timeline.at(rightAgainMs, () => machine.skewClock(-5 * 86_400_000));
    return never();
  });
};

export const crashFaults: Readonly<Record<string, Inject>> = {
  'ing.crash': crash,
  'ing.delete_early': deleteEarly,
};
