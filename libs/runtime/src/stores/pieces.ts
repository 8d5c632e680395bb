/**
 * Chunks of any sizes as pieces of one size: few and large system calls and uploads, from a memory
 * that does not grow with the stream.
 */

/**
 * All pieces but the last one have `size` bytes; of no bytes there is no piece. Each piece is a new
 * array where `isKept`, else a view that is overwritten when the next one is asked for.
 */
export async function* inPieces(
  chunks: AsyncIterable<Uint8Array>,
  { size, isKept }: { readonly size: number; readonly isKept: boolean },
): AsyncGenerator<Uint8Array, void, undefined> {
  let piece = new Uint8Array(size);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      const taken = Math.min(chunk.length - at, size - filled);
      piece.set(chunk.subarray(at, at + taken), filled);
      at += taken;
      filled += taken;
      if (filled < size) continue;
      yield piece;
      if (isKept) piece = new Uint8Array(size);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}
