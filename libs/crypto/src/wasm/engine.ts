/**
 * All kernels of the lib with their drivers, on one instance and one memory.
 */

import { POINT_SIZE } from '../backend.ts';
import { toHex } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import type { FixedBase } from './fixed-bases.ts';
import { createGcm } from './gcm.ts';
import type { Gcm } from './gcm.ts';
import { createKernelInstance } from './instance.ts';
import { createKeyDerivation } from './key-derivation.ts';
import type { KeyDerivation } from './key-derivation.ts';
import { createKeystream } from './keystream.ts';
import type { Keystream } from './keystream.ts';
import { createOrderArithmetic } from './order.ts';
import type { OrderArithmetic } from './order.ts';
import { createP256 } from './p256.ts';
import type { P256 } from './p256.ts';
import { createSha256 } from './sha256.ts';
import type { Sha256 } from './sha256.ts';
import { createVerifyTogether } from './verify-together.ts';
import type { VerifyTogether } from './verify-together.ts';
import { createWeights } from './weights.ts';
import { createWorkspace } from './workspace.ts';

/** Recipients remembered; beyond that the first one is forgotten and checked anew. */
const RECIPIENT_COUNT = 64;

export interface Engine {
  readonly p256: P256;
  readonly order: OrderArithmetic;
  readonly gcm: Gcm;
  readonly deriveKeys: KeyDerivation;
  readonly keystream: Keystream;
  readonly sha256: Sha256;
  readonly verifyTogether: VerifyTogether;
  /** A public key to seal to, checked once; throws `invalid-point`. */
  recipient(point: Uint8Array): FixedBase;
}

export function createEngine(): Engine {
  const kernels = createKernelInstance();
  const workspace = createWorkspace(kernels);
  const p256 = createP256(kernels, workspace);
  const sha256 = createSha256(kernels);
  const recipients = new Map<string, FixedBase>();
  return {
    p256,
    order: createOrderArithmetic(kernels),
    gcm: createGcm(kernels),
    deriveKeys: createKeyDerivation(kernels),
    keystream: createKeystream(kernels),
    sha256,
    verifyTogether: createVerifyTogether(
      kernels,
      workspace,
      p256.generator.point,
      createWeights(sha256),
    ),
    recipient(point) {
      const name = toHex(point);
      const known = recipients.get(name);
      if (known !== undefined) return known;
      if (point.length !== POINT_SIZE) {
        throw new CryptoError('invalid-point', 'a recipient key on P-256', 'other bytes');
      }
      const base = p256.fixedBase(point);
      if (recipients.size === RECIPIENT_COUNT) recipients.delete(recipients.keys().next().value!);
      recipients.set(name, base);
      return base;
    },
  };
}
