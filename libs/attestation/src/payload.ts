/**
 * An Android upload, and the bytes of it that the device signs: a protocol buffer that neither the
 * document nor the server's pipeline holds, made again by whoever verifies.
 * Source: ENPA section 7.2; the published signature verifies over these bytes.
 *
 *   Payload { string uuid = 1; PrioParams prio_params = 3; int32 schema_version = 4;
 *     PacketsResponse packets_response = 5 { Status status = 1 { code = 1: OK (1) };
 *     repeated bytes shares = 2 } }
 *   PrioParams { int32 bins = 1; double epsilon = 2; uint64 prime = 3; int32 number_servers = 4;
 *     int32 hamming_weight = 5, absent where the metric has none }
 */

export interface PrioParams {
  readonly bins: number;
  readonly prime: number;
  readonly epsilon: number;
  readonly numberServers: number;
  readonly hammingWeight?: number;
}

/** One sealed share: `payload` is what only the processor with that key can open. */
export interface EncryptedShare {
  readonly payload: Uint8Array;
  readonly encryptionKeyId: string;
}

/** One report of an Android phone as it reaches Google's ingestor. */
export interface AndroidUpload {
  /** A UUID in lower case; our processors know reports by its 16 bytes. */
  readonly uuid: string;
  /** ENPA's aggregation id, `histogramMetric-v2`. */
  readonly metric: string;
  readonly createdMs: number;
  readonly schemaVersion: number;
  readonly prioParams: PrioParams;
  /** First the PHA server's (leader), then the facilitator's (helper). */
  readonly shares: readonly EncryptedShare[];
  /** ECDSA P-256 with SHA-256 over `serializePayload`, in DER. */
  readonly signature: Uint8Array;
  /** DER, from the leaf to the root. */
  readonly certificateChain: readonly Uint8Array[];
}

/** Neither the time, the metric's name nor the key ids are signed. (The name is attested.) */
export type SignedPart = Pick<AndroidUpload, 'uuid' | 'schemaVersion' | 'prioParams' | 'shares'>;

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
/** `ResponseStatus.StatusCode.OK` of libprio-cc. */
const STATUS_OK = 1;
const STATUS = field(1, number(1, STATUS_OK));
const UTF8 = new TextEncoder();

/** The exact bytes that the device signs. Numbers must be whole, from 0 to 2^53 - 1. */
export function serializePayload(upload: SignedPart): Uint8Array {
  const { uuid, prioParams, schemaVersion, shares } = upload;
  const packets = [STATUS, ...shares.map(({ payload }) => field(2, [payload]))].flat();
  const parts = [
    field(1, [UTF8.encode(uuid)]),
    field(3, paramsOf(prioParams)),
    number(4, schemaVersion),
    field(5, packets),
  ];
  return new Uint8Array(Buffer.concat(parts.flat()));
}

function paramsOf(params: PrioParams): readonly Uint8Array[] {
  const epsilon = new Uint8Array(9);
  epsilon[0] = (2 << 3) | FIXED64;
  new DataView(epsilon.buffer).setFloat64(1, params.epsilon, true);
  return [
    ...number(1, params.bins),
    epsilon,
    ...number(3, params.prime),
    ...number(4, params.numberServers),
    ...(params.hammingWeight === undefined ? [] : number(5, params.hammingWeight)),
  ];
}

function field(id: number, content: readonly Uint8Array[]): readonly Uint8Array[] {
  const size = content.reduce((sum, part) => sum + part.length, 0);
  return [Uint8Array.of((id << 3) | LENGTH_DELIMITED, ...varint(size)), ...content];
}

function number(id: number, value: number): readonly Uint8Array[] {
  return [Uint8Array.of((id << 3) | VARINT, ...varint(value))];
}

function varint(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return [...bytes, rest];
}
