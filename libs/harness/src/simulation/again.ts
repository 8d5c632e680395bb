/**
 * What a phone can do by itself beside its one upload: sign other bytes with its attestation key,
 * and make its report again. Faults of devices and adversarial clients use it; everything in it is
 * in a real phone's power.
 */

import { SIGNATURE_SIZE, SCALAR_SIZE, sha256, toHex } from '@priolab/crypto';
import type { SeedBranch } from '@priolab/crypto';
import { createPrio2 } from '@priolab/prio';
import { createDevice } from '@priolab/roles';
import type { Device, IdentityBlock, MeasurementBlock, Metric } from '@priolab/roles';
import type { ProcessorKeys } from '@priolab/roles';

import { drawScalar } from './parties.ts';
import type { Parties } from './parties.ts';

/** One report of a block, and its phone's secrets. */
interface Maker {
  readonly block: MeasurementBlock;
  readonly slot: number;
  readonly identities: IdentityBlock;
  /** The cell's device branch. */
  readonly randomness: SeedBranch;
}

export interface ReportMaker {
  /** The bytes with a good signature in place of their last 64. */
  sign(bytes: Uint8Array, maker: Maker): Uint8Array;
  /** An upload of the same noisy bits under another id, with fresh blinds, shares and keys. */
  again(name: string, maker: Maker & { readonly keys: ProcessorKeys }): Uint8Array;
}

export function createReportMaker({ backend }: Parties, metric: Metric): ReportMaker {
  let device: Device | undefined;
  return {
    sign(bytes, { block, slot, identities, randomness }) {
      const signed = bytes.slice();
      const at = bytes.length - SIGNATURE_SIZE;
      const digest = sha256(signed.subarray(0, at));
      const identity = block.identityIndex[slot]! * SCALAR_SIZE;
      // By what is signed: two messages never share a nonce.
      const nonce = drawScalar(randomness.child('signature-again', toHex(digest)), 0);
      const whole = (item: Uint8Array) => ({ bytes: item, offset: 0, stride: item.length });
      backend.sign({
        count: 1,
        scalars: whole(identities.scalars.slice(identity, identity + SCALAR_SIZE)),
        digests: whole(digest),
        nonces: whole(nonce),
        signatures: { bytes: signed, offset: at, stride: SIGNATURE_SIZE },
        status: new Uint8Array(1),
      });
      return signed;
    },

    again(name, { block, slot, identities, keys, randomness }) {
      device ??= createDevice({ backend, prio2: createPrio2(metric.bins), capacity: 1 });
      const { devices, identityIndex, timesMs, bits } = block;
      const { bins } = metric;
      const one: MeasurementBlock = {
        ...block,
        count: 1,
        devices: devices.slice(slot, slot + 1),
        identityIndex: identityIndex.slice(slot, slot + 1),
        timesMs: timesMs.slice(slot, slot + 1),
        bits: bits.slice(slot * bins, (slot + 1) * bins),
      };
      const fresh = randomness.child('again', name);
      const report = device.randomise(one, randomness);
      device.prove(report, fresh);
      device.split(report, fresh);
      const sealed = device.seal(report, keys, fresh);
      const { bytes, offsets, sizes } = device.attest(sealed, identities, fresh);
      return bytes.slice(offsets[0]!, offsets[0]! + sizes[0]!);
    },
  };
}
