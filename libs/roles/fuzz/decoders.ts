/**
 * The table of decoders that the fuzzer drives: one line for each that reads what strangers write.
 * A decoder may do one of two things with bytes: give a value within the bounds, or throw its typed
 * error. To add one, add an entry.
 */

import {
  EnpaError,
  createBatchVerifier,
  createContainerReader,
  decodeAggregationTask,
  decodeContainer,
  decodeIntakeTask,
  decodeOne,
  encodeAggregationTask,
  encodeContainer,
  encodeIntakeTask,
  openHeader,
  parseBucketUrl,
  parseMinute,
  readBatchPath,
  readSumPartPath,
  records,
} from '../src/messages/enpa/index.ts';
import type { Draw } from './mutate.ts';
import {
  SAMPLE_KEY_ID,
  anyKind,
  foreignPackets,
  publishedContainers,
  sampleContainer,
  sampleForm,
  sampleKeyPair,
  sampleSingle,
} from './samples.ts';
import type { KindName } from './samples.ts';

export interface Decoder {
  readonly name: string;
  /** Whole inputs that are right, to be damaged. */
  readonly seeds: readonly Uint8Array[];
  /**
   * Decodes, and checks what must hold of every value it gives.
   * @returns the value, and how many steps it took where that is known
   */
  decode(bytes: Uint8Array, draw: Draw): { value: unknown; steps?: number };
  /** The stable code of an error that the decoder may throw; undefined for any other. */
  codeOf(error: unknown): string | undefined;
}

const UTF8 = new TextEncoder();
const KINDS = Object.keys(records) as KindName[];
const CONTAINERS: readonly Uint8Array[] = [
  ...KINDS.map(sampleContainer),
  sampleSingle(),
  foreignPackets(),
  ...publishedContainers(),
];
const TIME = 1_604_102_400_000;
const UUID = 'b8a5579a-f984-460a-a42d-2813cbf57771';
const KEY = 'kittens-seen/2020/10/31/20/29/b8a5579a-f984-460a-a42d-2813cbf57771.batch.sig';

const codeOf = (error: unknown) => (error instanceof EnpaError ? error.code : undefined);

export const decoders: readonly Decoder[] = [
  ...KINDS.map((name) => containerDecoder(name)),
  ...KINDS.map((name) => streamDecoder(name)),
  signedDecoder(),
  textDecoder('intake-task', decodeIntakeTask, [
    encodeIntakeTask({ traceId: UUID, aggregationId: 'a', batchId: UUID, date: TIME }),
  ]),
  textDecoder('aggregation-task', decodeAggregationTask, [
    encodeAggregationTask({
      traceId: UUID,
      aggregationId: 'a',
      aggregationStart: TIME,
      aggregationEnd: TIME,
      batches: [{ id: UUID, time: TIME }],
    }),
  ]),
  textDecoder('batch-path', readBatchPath, [KEY]),
  textDecoder('sum-part-path', readSumPartPath, [
    'us-ca-apple/a.b/202010310000-202010310800.sum_1',
  ]),
  textDecoder('minute', (text) => parseMinute(text), ['2020/10/31/20/29']),
  textDecoder('bucket-url', (text) => parseBucketUrl(text), [
    's3://us-west-2/my-bucket/path',
    'gs://the-bucket',
    'relative/path',
  ]),
];

/** A container in one piece. What it gives must survive being written and read again. */
function containerDecoder(name: KindName): Decoder {
  const kind = anyKind(name);
  return {
    name: `container/${name}`,
    seeds: [sampleContainer(name), ...CONTAINERS],
    decode(bytes) {
      const value = decodeContainer(kind, bytes);
      if (!holdsNaN(value)) {
        const again = decodeContainer(kind, encodeContainer(kind, value, sampleForm(name)));
        if (textOf(again) !== textOf(value)) throw new Error('written and read again, it differs');
      }
      return { value };
    },
    codeOf,
  };
}

/** A container in pieces: the same records as in one piece, or an error where that is one. */
function streamDecoder(name: KindName): Decoder {
  const kind = anyKind(name);
  return {
    name: `stream/${name}`,
    seeds: [sampleContainer(name), ...CONTAINERS],
    decode(bytes, draw) {
      const reader = createContainerReader(kind);
      const value: object[] = [];
      const sizeMax = 1 + draw.number(draw.number(2) === 0 ? 8 : 512);
      let failure: unknown;
      try {
        for (let at = 0; at < bytes.length;) {
          const chunk = Uint8Array.from(bytes.subarray(at, at + 1 + draw.number(sizeMax)));
          at += chunk.length;
          value.push(...reader.push(chunk));
          // Whoever pushed it may use it again.
          chunk.fill(0xee);
          if (reader.pendingSize > bytes.length) throw new Error('it keeps more than it was given');
        }
        value.push(...reader.end());
      } catch (error) {
        if (codeOf(error) === undefined) throw error;
        failure = error;
      }
      checkSame(failure === undefined ? value : undefined, () => decodeContainer(kind, bytes));
      if (failure instanceof Error) throw failure;
      return { value, steps: reader.steps };
    },
    codeOf,
  };
}

/** A signature object, with its header beside it or in it. */
function signedDecoder(): Decoder {
  const verifier = createBatchVerifier(new Map([[SAMPLE_KEY_ID, sampleKeyPair.publicKey]]));
  const header = sampleContainer('validityHeader');
  const onInvalidSignature = () => undefined;
  return {
    name: 'signed-header',
    seeds: [sampleSingle(), sampleContainer('batchSignature'), ...publishedContainers()],
    decode(signature, draw) {
      const parts = draw.number(2) === 0 ? { signature } : { signature, header };
      const permit = draw.number(2) === 0 ? onInvalidSignature : undefined;
      const opened = openHeader(records.validityHeader, parts, verifier, permit);
      if (opened.packets !== undefined) decodeContainer(records.validityPacket, opened.packets);
      return { value: [opened, decodeOne(records.batchSignature, signature)] };
    },
    codeOf,
  };
}

/** A decoder of texts; bytes that are no UTF-8 become U+FFFD on the way. */
export function textDecoder(
  name: string,
  decode: (text: string) => unknown,
  seeds: readonly string[],
  code: (error: unknown) => string | undefined = codeOf,
): Decoder {
  return {
    name,
    seeds: seeds.map((text) => UTF8.encode(text)),
    decode: (bytes) => ({ value: decode(Buffer.from(bytes).toString('utf8')) }),
    codeOf: code,
  };
}

function checkSame(value: readonly object[] | undefined, decodeWhole: () => object[]): void {
  let whole: object[] | undefined;
  try {
    whole = decodeWhole();
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
  }
  const isSame = whole === undefined ? value === undefined : textOf(whole) === textOf(value);
  if (!isSame) throw new Error('in pieces it is not the same as whole');
}

function holdsNaN(items: readonly object[]): boolean {
  return items.some((item) => Object.values(item).some((value) => Number.isNaN(value)));
}

/** A text that is equal for equal records, NaN and bytes among them. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'number' ? String(item) : item,
  );
}
