/** The S-box circuit of the bitsliced AES kernel, on all bytes. */

import { expect, it } from 'vitest';
import { affine, invert } from '../../kernels/symmetric/aes-tower.ts';
import { SBOX_GATES } from '../../kernels/symmetric/sbox-circuit.ts';

it('substitutes every byte as AES does, in 115 gates', () => {
  expect(SBOX_GATES).toHaveLength(115);
  for (let x = 0; x < 256; x++) {
    const bits = new Map<string, number>();
    for (let i = 0; i < 8; i++) bits.set(`x${i}`, (x >> (7 - i)) & 1);
    for (const { result, operator, operands } of SBOX_GATES) {
      const [left, right] = operands.map((name) => bits.get(name)) as [number, number];
      bits.set(result, operator === '&' ? left & right : left ^ right);
    }
    const y = [0, 1, 2, 3, 4, 5, 6, 7].reduce((sum, i) => 2 * sum + bits.get(`s${i}`)!, 0);
    expect(y, `byte ${x}`).toBe(affine(invert(x)));
  }
});
