// Copies of a few bytes: the engine's own copy instruction costs a call out of WebAssembly.

/** `size` bytes from `source` to `target`, which must not overlap. */
export function copyBytes(target: usize, source: usize, size: u32): void {
  for (; size >= 16; size -= 16) {
    v128.store(target, v128.load(source));
    target += 16;
    source += 16;
  }
  for (; size > 0; size--) store<u8>(target++, load<u8>(source++));
}

/** `size` zero bytes; `size` is a multiple of 16. */
export function zeroBytes(target: usize, size: u32): void {
  for (; size > 0; size -= 16) {
    v128.store(target, i64x2.splat(0));
    target += 16;
  }
}
