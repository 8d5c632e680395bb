// Few bytes: the engine's own copy instruction costs a call out of WebAssembly.

/** Bytes in the opposite order: a big-endian block as a little-endian vector, and back. */
// @ts-ignore: decorator
@inline
export function reversed(x: v128): v128 {
  return v128.swizzle(x, i8x16(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
}

/** `size` bytes from `source` to `target`, which must not overlap. */
export function copyBytes(target: usize, source: usize, size: u32): void {
  for (; size >= 16; size -= 16) {
    v128.store(target, v128.load(source));
    target += 16;
    source += 16;
  }
  for (; size > 0; size--) store<u8>(target++, load<u8>(source++));
}

/** `size` bytes of `a` XOR `b` to `target`; no `a` (0) stands for zeros. */
export function xorBytes(target: usize, a: usize, b: usize, size: u32): void {
  if (a == 0) {
    copyBytes(target, b, size);
    return;
  }
  for (; size >= 16; size -= 16) {
    v128.store(target, v128.xor(v128.load(a), v128.load(b)));
    target += 16;
    a += 16;
    b += 16;
  }
  for (; size > 0; size--) store<u8>(target++, load<u8>(a++) ^ load<u8>(b++));
}

/** `size` zero bytes; `size` is a multiple of 16. */
export function zeroBytes(target: usize, size: u32): void {
  for (; size > 0; size -= 16) {
    v128.store(target, i64x2.splat(0));
    target += 16;
  }
}
