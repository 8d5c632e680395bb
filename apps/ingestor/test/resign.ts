/** The signature of a test phone's own key over an upload that was changed. */

import { createBackend, sha256 } from '@priolab/crypto';
import type { Vendor } from '@priolab/roles';

import { deviceScalar } from './phones.ts';

export function signatureOf(options: {
  readonly vendor: Vendor;
  readonly device: number;
  readonly upload: Uint8Array;
}): Uint8Array {
  const { vendor, device, upload } = options;
  const signatures = { bytes: new Uint8Array(64), offset: 0, stride: 64 };
  const one = (bytes: Uint8Array) => ({ bytes, offset: 0, stride: bytes.length });
  createBackend('node').sign({
    count: 1,
    scalars: one(deviceScalar(vendor, device)),
    digests: one(sha256(upload.subarray(0, -64))),
    nonces: one(sha256(Uint8Array.of(device))),
    signatures,
    status: new Uint8Array(1),
  });
  return signatures.bytes;
}
