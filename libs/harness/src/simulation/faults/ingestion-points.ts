/** Ingestion servers that pick the point r badly: where the check is blind, or told beforehand. */

import { FIELD_MODULUS, isSafeQueryRandomness, referencePrio2 } from '@priolab/prio';
import type { Prio2Shape } from '@priolab/prio';

import type { FaultReason } from '../../faults/reasons.ts';
import { windowKey } from '../book.ts';
import type { Inject } from '../fault.ts';
import { madeMs } from './device-stages.ts';
import { assemble, chosenSlots, onBatches, placesOf, reportsIn } from './halves.ts';
import { word } from './parameters.ts';

const OUT_OF_RANGE: FaultReason = 'total-out-of-range';
const P = BigInt(FIELD_MODULUS);
/** A generator of the field's multiplicative group: every root of unity is a power of it. */
const GENERATOR = 19n;

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let factor = base % P;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * factor) % P;
    factor = (factor * factor) % P;
  }
  return result;
}

/** A primitive root of unity of this order. */
function root(order: number): number {
  return Number(power(GENERATOR, (P - 1n) / BigInt(order)));
}

function steered(how: string, { rootCount }: Prio2Shape): number {
  switch (how) {
    case 'root-2n':
      return root(2 * rootCount);
    case 'root-n':
      return root(rootCount);
    case 'one':
      return 1;
    case 'zero':
      return 0;
    case 'minus-one':
      return FIELD_MODULUS - 1;
    default:
      return FIELD_MODULUS + 1;
  }
}

const unsafe: Inject = (context) => {
  const how = word(context.item, 'steer', 'root-2n');
  onBatches(context, ({ task }) => (pair) => {
    const slots = chosenSlots(context, pair.leader);
    if (slots.length === 0) return [pair];
    const r = steered(how, task.shape);
    // 0 evaluates the constant coefficients and is as good as any other (ENPA section 5.3).
    const isSafe = isSafeQueryRandomness(r, task.shape.rootCount);
    const [leader, helper] = [pair.leader, pair.helper].map((half) =>
      assemble(half, placesOf(half)),
    ) as [typeof pair.leader, typeof pair.helper];
    for (const slot of slots) {
      leader.queryRandomness[slot] = r;
      helper.queryRandomness[slot] = r;
    }
    context.strike({
      what: `r steered to ${how} in ${slots.length} reports`,
      reports: reportsIn(context, leader, slots),
      allowed: isSafe ? ['accepted'] : ['unsafe-query-randomness'],
    });
    return [{ ...pair, leader, helper }];
  });
};

/**
 * Phones that know r send 2 in their last bin, with a proof that holds at r and nowhere else. The
 * processors of Prio v2 take r from the ingestor alone and can't tell: `noforge` turns red. What
 * would prevent it: r drawn by both processors after the upload, as later protocols do (VDAF: the
 * verification key); then the proof fails. So many that a bin's total exceeds the count are seen by
 * the combiner, which holds the window.
 */
const known: Inject = (context) => {
  const points = new Map<number, number>();
  const pointFor = ({ rootCount }: Prio2Shape): number => {
    const fixed = points.get(rootCount);
    if (fixed !== undefined) return fixed;
    let attempt = 0;
    let r = context.draw(`r ${rootCount} 0`);
    while (!isSafeQueryRandomness(r, rootCount)) r = context.draw(`r ${rootCount} ${++attempt}`);
    points.set(rootCount, r);
    return r;
  };
  const forged = new Set<string>();
  context.hooks.phones.devices.push((line) => ({
    ...line,
    device: {
      ...line.device,
      prove(block, randomness) {
        line.device.prove(block, randomness);
        const { shape } = block.task;
        for (let slot = 0; slot < block.count; slot++) {
          const { state, vendor, metric } = block.task;
          const who = `${block.day} ${block.devices[slot]!}`;
          const key = `${state} ${vendor} ${metric.id} ${who}`;
          // A report that its phone breaks otherwise is left as it is.
          if (line.deeds.bySlot[slot] !== 0) continue;
          if (!context.chooses(key, madeMs(block, slot))) continue;
          const at = slot * shape.proofLen;
          forge(block.proofs.subarray(at, at + shape.proofLen), shape, pointFor(shape));
          forged.add(key);
        }
      },
    },
  }));
  const numbers: number[] = [];
  context.hooks.phones.uploads.push((report) => {
    const { task, day, device, number } = report;
    if (!forged.has(`${task.state} ${task.vendor} ${task.metric.id} ${day} ${device}`)) {
      return [report];
    }
    numbers.push(number);
    context.book.invented(number);
    context.book.forged(number, 'proof');
    context.strike({
      what: `report ${number} forged for the r that it was told`,
      reports: [number],
      allowed: ['accepted', 'proof-invalid'],
    });
    return [report];
  });
  onBatches(context, ({ task }) => (pair) => {
    const r = pointFor(task.shape);
    const leader = assemble(pair.leader, placesOf(pair.leader));
    const helper = assemble(pair.helper, placesOf(pair.helper));
    leader.queryRandomness.fill(r);
    helper.queryRandomness.fill(r);
    return [{ ...pair, leader, helper }];
  });
  context.atEnd(() => {
    for (const number of numbers) {
      const { task, windowStartMs } = context.book.reports[number]!;
      const window = windowKey(task, windowStartMs);
      if (context.book.windows.get(window)?.held?.reason !== OUT_OF_RANGE) continue;
      context.alsoAllowIn(window, ['accepted', OUT_OF_RANGE]);
    }
    const passed = numbers.filter((one) => context.book.fateOf(one).outcome === 'accepted');
    context.measure('forged', numbers.length);
    context.measure('accepted', passed.length);
  });
};

/** Puts 2 into the last bin and moves one odd value of h so that f * g = h holds at r. */
function forge(proof: Uint32Array, { dimension }: Prio2Shape, r: number): void {
  proof[dimension - 1] = 2;
  const evaluate = (): readonly bigint[] =>
    referencePrio2.verifyInit([...proof].map(BigInt), { role: 'leader', dimension, r: BigInt(r) });
  const [f, g, h] = evaluate() as [bigint, bigint, bigint];
  const at = dimension + 3;
  const before = BigInt(proof[at]!);
  proof[at] = Number((before + 1n) % P);
  const slope = (evaluate()[2]! - h + P) % P;
  const missing = (((f * g - h) % P) + P) % P;
  proof[at] = Number((before + missing * power(slope, P - 2n)) % P);
}

export const pointFaults: Readonly<Record<string, Inject>> = {
  'ing.rpit_unsafe': unsafe,
  'ing.rpit_known': known,
};
