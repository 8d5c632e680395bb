/**
 * Faults of honest phones in what they draw and hold: poor random numbers, noise that is off or of
 * another epsilon, keys of yesterday, and an identity that two phones share.
 */

import { SEED_SIZE } from '@priolab/crypto';
import { FIELD_MODULUS, createPrio2 } from '@priolab/prio';
import { flipProbability, flipThreshold, uploadLayout } from '@priolab/roles';
import type { MeasurementBlock, ProcessorKeys, ReportBlock } from '@priolab/roles';

import type { FaultContext, Inject } from '../fault.ts';
import { drawScalar } from '../parties.ts';
import type { KeyGeneration } from '../parties.ts';
import { itemOf } from '../seal-each.ts';
import { madeMs, strikeSlots, withStages } from './device-stages.ts';
import { count, number, word } from './parameters.ts';

/** Base ** exponent mod p. */
function power(base: bigint, exponent: bigint): bigint {
  const p = BigInt(FIELD_MODULUS);
  let result = 1n;
  for (let square = base, left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % p;
    square = (square * square) % p;
  }
  return result;
}

/** An element of the set that the generator is stuck in. */
function steered(set: string, rootCount: number, draw: number): number {
  if (set === 'zero') return 0;
  if (set === 'minus-one') return FIELD_MODULUS - 1;
  // Anything to the power of (p - 1) / 2n is a 2n-th root of unity.
  const exponent = BigInt(FIELD_MODULUS - 1) / BigInt(2 * rootCount);
  return Number(power(BigInt(2 + draw), exponent));
}

/** The phone itself notices nothing, and its report is a good one: `rand.safe` must see it. */
const badRng: Inject = (context) => {
  const { item, parties, randomness } = context;
  const how = word(item, 'how', 'repeated-seed');
  const steer = word(item, 'steer', 'zero');
  const states = 2 ** Math.min(32, how === 'low-entropy' ? count(item, 'entropyBits', 8) : 0);
  context.hooks.phones.devices.push((line, place) => {
    const prio2 = createPrio2(line.metric.bins);
    const { proofLen, dimension, rootCount, leaderShareSize } = prio2.shape;
    let struck: number[] = [];
    const choose = (block: MeasurementBlock): void => {
      const mayStrike = (slot: number): boolean => line.deeds.bySlot[slot] === 0;
      struck = strikeSlots(context, block, { place, what: how, allowed: ['accepted'], mayStrike });
    };
    const blind = ({ proofs }: ReportBlock, slot: number): void => {
      const proof = proofs.slice(slot * proofLen, (slot + 1) * proofLen);
      for (const k of [0, 1]) {
        const draw = context.draw(`blind ${k} of ${place.firstReport + slot}`);
        proof[dimension + k] = steered(steer, rootCount, draw % 2 ** 20);
      }
      prio2.proveBlock(1, proof);
      proofs.set(proof, slot * proofLen);
    };
    const seed = ({ proofs, leaderShares, helperShares }: ReportBlock, slot: number): void => {
      const state = context.draw(`seed of ${place.firstReport + slot}`) % states;
      const bytes = randomness.child('seed').bytes(state, SEED_SIZE);
      helperShares.bytes.set(bytes, helperShares.offset + slot * helperShares.stride);
      const expanded = new Uint32Array(proofLen);
      const one = { bytes, offset: 0, stride: SEED_SIZE };
      prio2.expandBlock(parties.backend, 1, one, expanded, new Uint8Array(1));
      const proof = proofs.slice(slot * proofLen, (slot + 1) * proofLen);
      const share = new Uint8Array(leaderShareSize);
      prio2.splitBlock(1, proof, expanded, { bytes: share, offset: 0, stride: leaderShareSize });
      leaderShares.bytes.set(share, leaderShares.offset + slot * leaderShares.stride);
    };
    return withStages(line, (device) => ({
      randomise(block, branch) {
        const report = device.randomise(block, branch);
        choose(block);
        return report;
      },
      prove(report, branch) {
        device.prove(report, branch);
        if (how === 'zero-blind') for (const slot of struck) blind(report, slot);
      },
      split(report, branch) {
        device.split(report, branch);
        if (how !== 'zero-blind') for (const slot of struck) seed(report, slot);
      },
    }));
  });
};

/** Phones whose noise is not what their task says: their flip rate tells them from the others. */
function otherNoise(context: FaultContext, threshold: number): void {
  const struckReports: number[] = [];
  let declared = 0;
  context.hooks.phones.devices.push((line, place) =>
    withStages(line, (device) => ({
      randomise(block, branch) {
        const report = device.randomise(block, branch);
        const { dimension, proofLen } = block.task.shape;
        declared = flipProbability(block.task.flipThreshold);
        const mayStrike = (slot: number): boolean => line.deeds.bySlot[slot] === 0;
        const options = { place, what: 'other noise', allowed: ['accepted'], mayStrike };
        for (const slot of strikeSlots(context, block, options)) {
          const own = place.firstReport + slot;
          struckReports.push(own);
          for (let bin = 0; bin < dimension; bin++) {
            const flip = context.draw(`flip ${bin} of ${own}`) < threshold ? 1 : 0;
            report.proofs[slot * proofLen + bin] = block.bits[slot * dimension + bin]! ^ flip;
          }
        }
        return report;
      },
    })),
  );
  context.atEnd(() => {
    let bits = 0;
    let flips = 0;
    for (const report of struckReports) {
      const { sent, clean } = context.book.reports[report]!;
      bits += sent.length;
      flips += sent.filter((bit, bin) => bit !== clean?.[bin]).length;
    }
    context.measure('flip rate of these phones', bits === 0 ? 0 : flips / bits);
    context.measure('flip rate of their epsilon', flipProbability(threshold));
    context.measure('flip rate of the task', declared);
  });
}

const rrOff: Inject = (context) => otherNoise(context, 0);
const rrWrong: Inject = (context) =>
  otherNoise(context, flipThreshold(number(context.item, 'epsilon', 1)));

/** Whose keys, and whether a processor still has them when the report's window is summed. */
function keysOf(context: FaultContext, which: string, block: MeasurementBlock) {
  const { parties, settings, timeline, randomness } = context;
  if (which === 'unknown') {
    const scalar = drawScalar(randomness.child('unknown-key'), 0);
    const { publicKey } = parties.backend.privateKey(scalar);
    const keys: ProcessorKeys = { leader: publicKey, helper: publicKey };
    return { keys, allowed: ['decrypt-failed'] };
  }
  const knownOf = (ring: readonly KeyGeneration[]): KeyGeneration[] =>
    ring.filter(({ fromMs }) => fromMs <= timeline.nowMs());
  const known = { leader: knownOf(parties.rings.leader), helper: knownOf(parties.rings.helper) };
  if (known.leader.length < 2) return undefined;
  const at = which === 'retired' ? 0 : -2;
  const leader = known.leader.at(at)!;
  const { windowMs } = block.task;
  const windowStartMs = madeMs(block, 0) - (madeMs(block, 0) % windowMs);
  const sumMs = windowStartMs + windowMs + settings.graceMs;
  const isKept = leader.untilMs > sumMs + 6 * settings.scanEveryMs;
  const refusedAs = ['decrypt-failed'];
  return {
    keys: { leader: leader.key.publicKey, helper: known.helper.at(at)!.key.publicKey },
    // While the old key is kept, its reports count; once it is gone, none does.
    allowed: isKept
      ? ['accepted']
      : leader.untilMs <= sumMs
        ? refusedAs
        : ['accepted', ...refusedAs],
  };
}

const staleKey: Inject = (context) => {
  const which = word(context.item, 'key', 'retired');
  context.hooks.phones.devices.push((line, place) => {
    let struck: number[] = [];
    let stale: ReturnType<typeof keysOf>;
    return withStages(line, (device) => ({
      randomise(block, branch) {
        const report = device.randomise(block, branch);
        stale = keysOf(context, which, block);
        const mayStrike = (slot: number): boolean => line.deeds.bySlot[slot] === 0;
        const what = `sealed to a key that is ${which}`;
        struck =
          stale === undefined
            ? []
            : strikeSlots(context, block, { place, what, allowed: stale.allowed, mayStrike });
        return report;
      },
      seal(report, keys, branch) {
        if (stale === undefined) return device.seal(report, keys, branch);
        const { leaderSealedSize, helperSealedSize } = uploadLayout(report.task.shape);
        const old = device.seal(report, stale.keys, branch);
        const kept = struck.map((slot) => ({
          slot,
          leader: itemOf(old.leader, slot, leaderSealedSize).slice(),
          helper: itemOf(old.helper, slot, helperSealedSize).slice(),
        }));
        const sealed = device.seal(report, keys, branch);
        for (const { slot, leader, helper } of kept) {
          itemOf(sealed.leader, slot, leaderSealedSize).set(leader);
          itemOf(sealed.helper, slot, helperSealedSize).set(helper);
        }
        return sealed;
      },
    }));
  });
};

/** A phone restored from another's backup has its key: of the two only one may count. */
const clone: Inject = (context) => {
  const { book, item: instance } = context;
  const pairs: (readonly [number, number])[] = [];
  context.hooks.phones.measured.push((block, { firstReport }) => {
    for (let slot = 1; slot < block.count; slot++) {
      const report = firstReport + slot;
      const [, last] = pairs.at(-1) ?? [];
      // Its neighbour is the original, which is no copy of a third.
      if (last === report - 1 || pairs.length >= instance.dose) continue;
      if (!context.chooses(`report ${report}`, madeMs(block, slot))) continue;
      block.identityIndex[slot] = block.identityIndex[slot - 1]!;
      pairs.push([report - 1, report]);
    }
  });
  context.atEnd(() => {
    for (const pair of pairs) {
      const fates = pair.map((report) => book.fateOf(report));
      const counted = fates.filter(({ outcome }) => outcome === 'accepted').length;
      const refused = fates.filter(({ reason }) => reason === 'replayed').length;
      // Whichever came first counts, unless something else is wrong with it.
      const allowed = counted < 2 && refused < 2 ? ['accepted', 'replayed'] : [];
      context.strike({ what: `${pair.join(' and ')} have one key`, reports: pair, allowed });
    }
  });
};

export const deviceSecretFaults: Readonly<Record<string, Inject>> = {
  'dev.bad_rng': badRng,
  'dev.rr_off': rrOff,
  'dev.rr_wrong': rrWrong,
  'dev.stale_key': staleKey,
  'dev.clone': clone,
};
