/**
 * What a processor says about the reports of a block, as it is noted and as it is sent: three field
 * elements for a report that it could evaluate, nothing for any other. The wire has no place for
 * reasons; whoever is not mentioned is refused by both.
 * Source: ENPA section 6.1 (PrioValidityPacket), 6.5 step 5 (a packet missing at the peer).
 *
 *   said = (u8 uuid[16] || u8 status || u32 f || u32 g || u32 h) x count    // little-endian
 */

import { REPORT_ID_SIZE } from '@priolab/roles';
import type { ValidityPacket } from '@priolab/roles/enpa';

import { uuidText } from './share-blocks.ts';

const SAID_SIZE = REPORT_ID_SIZE + 13;

export function encodeSaid(
  reportIds: Uint8Array,
  status: Uint8Array,
  values: Uint32Array,
): Uint8Array {
  const said = Buffer.alloc(status.length * SAID_SIZE);
  status.forEach((code, i) => {
    const at = i * SAID_SIZE;
    said.set(reportIds.subarray(i * REPORT_ID_SIZE, (i + 1) * REPORT_ID_SIZE), at);
    said[at + REPORT_ID_SIZE] = code;
    for (let k = 0; k < 3; k++) {
      const value = code === 0 ? values[3 * i + k]! : 0;
      said.writeUInt32LE(value, at + REPORT_ID_SIZE + 1 + 4 * k);
    }
  });
  return new Uint8Array(said.buffer, said.byteOffset, said.length);
}

/** A block of what was said, to be read. */
export interface SaidBlock {
  readonly count: number;
  /** Reason codes, a copy. */
  readonly status: Uint8Array;
  /** count x 3. */
  readonly values: Uint32Array;
  idOf(index: number): Uint8Array;
}

export function decodeSaid(bytes: Uint8Array): SaidBlock {
  const count = bytes.length / SAID_SIZE;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const status = new Uint8Array(count);
  const values = new Uint32Array(3 * count);
  for (let i = 0; i < count; i++) {
    const at = i * SAID_SIZE + REPORT_ID_SIZE;
    status[i] = bytes[at]!;
    for (let k = 0; k < 3; k++) values[3 * i + k] = view.getUint32(at + 1 + 4 * k, true);
  }
  const idOf = (index: number): Uint8Array =>
    bytes.subarray(index * SAID_SIZE, index * SAID_SIZE + REPORT_ID_SIZE);
  return { count, status, values, idOf };
}

/** The packets for the peer. */
export function validityPackets(said: Uint8Array): ValidityPacket[] {
  const { count, status, values, idOf } = decodeSaid(said);
  const packets: ValidityPacket[] = [];
  for (let i = 0; i < count; i++) {
    if (status[i] !== 0) continue;
    const [fR, gR, hR] = values.subarray(3 * i, 3 * i + 3) as unknown as [number, number, number];
    packets.push({ uuid: uuidText(idOf(i)), fR, gR, hR });
  }
  return packets;
}

/** A sum as it is noted: u32 little-endian a bin. */
export function encodeSum(sum: Uint32Array): Uint8Array {
  const out = Buffer.alloc(4 * sum.length);
  sum.forEach((element, bin) => out.writeUInt32LE(element, 4 * bin));
  return new Uint8Array(out.buffer, out.byteOffset, out.length);
}

export function decodeSum(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, bin) => view.getUint32(4 * bin, true));
}
