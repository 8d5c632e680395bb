/**
 * A unit of work to measure machines by: P-256 multiplications of points that keep changing, by
 * OpenSSL, one core. Gives no secret and takes none.
 */

import { createECDH } from 'node:crypto';

/** Does `count` variable-base multiplications; returns a checksum so that none is left out. */
export function multiplyPoints(count: number): number {
  const fixed = createECDH('prime256v1');
  fixed.setPrivateKey(Buffer.alloc(32, 0x5a));
  const points = Array.from({ length: 16 }, (_, i) => {
    const other = createECDH('prime256v1');
    other.setPrivateKey(Buffer.alloc(32, i + 1));
    return other.getPublicKey();
  });
  let checksum = 0;
  for (let i = 0; i < count; i++) checksum ^= fixed.computeSecret(points[i % 16]!)[0]!;
  return checksum;
}
