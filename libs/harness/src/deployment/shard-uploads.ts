/**
 * The uploads of one shard on their way from a worker to the thread that sends them: all bytes in
 * one arena, which moves. What the ingestors in memory made of each upload goes along, to hold the
 * real ones' answers against.
 */

/** As bytes of `messages/upload.ts`, or as a Firestore document with its target before it. */
export type UploadForm = 'plain' | 'document';

/** `copy`: arrives soon after its original; `next-day`: a day later. */
export const UPLOAD_KINDS = ['own', 'copy', 'next-day'] as const;
export type UploadKind = (typeof UPLOAD_KINDS)[number];

export interface ShardUploads {
  readonly form: UploadForm;
  readonly count: number;
  /** Upload i is `bytes[offsets[i] .. offsets[i] + sizes[i])`; copies share their original's. */
  readonly bytes: Uint8Array;
  readonly offsets: Uint32Array;
  readonly sizes: Uint32Array;
  /** When each was made: nobody's clock is to be far from it. */
  readonly createdMs: Float64Array;
  /** Positions in `UPLOAD_KINDS`. */
  readonly kinds: Uint8Array;
  /** What the ingestors in memory said: a reason code; 0, taken in. */
  readonly reasons: Uint8Array;
}

/** Grows as uploads come; what it gives away it does not keep. */
export interface UploadArena {
  /** Copies one upload in. @returns its index */
  add(bytes: Uint8Array, createdMs: number): number;
  /** The upload of an index once more, without a copy of its bytes. @returns the new index */
  repeat(index: number, kind: UploadKind): number;
  setReason(index: number, code: number): void;
  /** What was added since the last call, all of one form. */
  take(form: UploadForm): ShardUploads;
}

const SIZE_FIRST = 2 ** 16;
const COUNT_FIRST = 2 ** 9;

export function createUploadArena(): UploadArena {
  let bytes = new Uint8Array(0);
  let columns = createColumns(0);
  let used = 0;
  let count = 0;
  let wanted = { size: SIZE_FIRST, count: COUNT_FIRST };
  /** The first large upload: a thousand of them may be the same garbage. */
  let large = -1;

  const reserve = (size: number): void => {
    if (used + size > bytes.length) {
      const larger = new Uint8Array(Math.max(wanted.size, used + size, 2 * bytes.length));
      larger.set(bytes.subarray(0, used));
      bytes = larger;
    }
    if (count < columns.sizes.length) return;
    columns = createColumns(Math.max(wanted.count, 2 * count), columns);
  };
  const enter = (from: { offset: number; size: number; createdMs: number }, kind: UploadKind) => {
    columns.offsets[count] = from.offset;
    columns.sizes[count] = from.size;
    columns.createdMs[count] = from.createdMs;
    columns.kinds[count] = UPLOAD_KINDS.indexOf(kind);
    columns.reasons[count] = 0;
    return count++;
  };
  const bytesOf = (index: number): Uint8Array => {
    const offset = columns.offsets[index]!;
    return bytes.subarray(offset, offset + columns.sizes[index]!);
  };

  const repeat = (index: number, kind: UploadKind, at = columns.createdMs[index]!): number => {
    reserve(0);
    const [offset, size] = [columns.offsets[index]!, columns.sizes[index]!];
    return enter({ offset, size, createdMs: at }, kind);
  };

  return {
    repeat,
    add(upload, createdMs) {
      const isLarge = upload.length >= SIZE_FIRST;
      if (isLarge && large !== -1 && Buffer.compare(bytesOf(large), upload) === 0) {
        return repeat(large, 'own', createdMs);
      }
      reserve(upload.length);
      bytes.set(upload, used);
      const index = enter({ offset: used, size: upload.length, createdMs }, 'own');
      used += upload.length;
      if (isLarge && large === -1) large = index;
      return index;
    },
    setReason(index, code) {
      columns.reasons[index] = code;
    },
    take(form) {
      const taken = { form, count, bytes, ...columns };
      // The next shard is about as large.
      wanted = { size: Math.max(SIZE_FIRST, used), count: Math.max(COUNT_FIRST, count) };
      bytes = new Uint8Array(0);
      columns = createColumns(0);
      used = 0;
      count = 0;
      large = -1;
      return taken;
    },
  };
}

/** The buffers of a shard's uploads, which move to the receiver. */
export function buffersOf(uploads: ShardUploads): ArrayBuffer[] {
  const { bytes, offsets, sizes, createdMs, kinds, reasons } = uploads;
  return [bytes, offsets, sizes, createdMs, kinds, reasons].map(
    ({ buffer }) => buffer as ArrayBuffer,
  );
}

type Columns = Pick<ShardUploads, 'offsets' | 'sizes' | 'createdMs' | 'kinds' | 'reasons'>;

function createColumns(size: number, before?: Columns): Columns {
  const columns = {
    offsets: new Uint32Array(size),
    sizes: new Uint32Array(size),
    createdMs: new Float64Array(size),
    kinds: new Uint8Array(size),
    reasons: new Uint8Array(size),
  };
  if (before === undefined) return columns;
  for (const name of ['offsets', 'sizes', 'createdMs', 'kinds', 'reasons'] as const) {
    columns[name].set(before[name]);
  }
  return columns;
}
