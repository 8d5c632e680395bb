/**
 * Cost of ENPA's containers, a packet (see `npm run bench`): the streaming reader on chunks of 64
 * KiB and the writer, for the shares that the health authority gets of 5 and of 1344 bins, and for
 * validity packets. Opening an envelope costs about 100 us beside it.
 */

import {
  createContainerReader,
  createContainerWriter,
  encodeContainer,
  records,
} from '../src/messages/enpa/index.ts';
import type { DataSharePacket, RecordKind, ValidityPacket } from '../src/messages/enpa/index.ts';

interface BenchRow {
  readonly name: string;
  readonly sizes: { readonly smoke: number; readonly full: number };
  prepare(size: number): () => number;
}

const CHUNK_SIZE = 64 * 1024;
const FORM = { sync: new Uint8Array(16).fill(7) };
const SIZES = { smoke: 100, full: 10_000 };
/** 4 bytes for bins, f(0), g(0), h(0) and the points of h; then the envelope's 81. */
const SEALED_SIZES = { 5: 4 * (5 + 3 + 8) + 81, 1344: 4 * (1344 + 3 + 2048) + 81 } as const;

const uuidOf = (index: number) => `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;

function packets(count: number, payloadSize: number): DataSharePacket[] {
  return Array.from({ length: count }, (_, index) => ({
    uuid: uuidOf(index),
    encryptedPayload: new Uint8Array(payloadSize).fill(index),
    encryptionKeyId: 'pha-fake-key-1',
    rPit: 998_314_904 + index,
    versionConfiguration: 'config-1',
    deviceNonce: null,
  }));
}

function validities(count: number): ValidityPacket[] {
  return Array.from({ length: count }, (_, index) => ({
    uuid: uuidOf(index),
    fR: 4_000_000_000 + index,
    gR: 3_000_000_000 + index,
    hR: 2_000_000_000 + index,
  }));
}

function reading<T>(
  name: string,
  kind: RecordKind<T>,
  make: (count: number) => readonly T[],
  check: (item: T) => number,
): BenchRow {
  return {
    name: `enpa/read/${name}`,
    sizes: SIZES,
    prepare(size) {
      const container = encodeContainer(kind, make(size), FORM);
      return () => {
        const reader = createContainerReader(kind);
        let sum = 0;
        const add = (items: readonly T[]) => {
          for (const item of items) sum += check(item);
        };
        for (let at = 0; at < container.length; at += CHUNK_SIZE) {
          add(reader.push(container.subarray(at, at + CHUNK_SIZE)));
        }
        add(reader.end());
        return sum;
      };
    },
  };
}

function writing<T>(
  name: string,
  kind: RecordKind<T>,
  make: (count: number) => readonly T[],
): BenchRow {
  return {
    name: `enpa/write/${name}`,
    sizes: SIZES,
    prepare(size) {
      const items = make(size);
      return () => {
        const writer = createContainerWriter(kind, FORM);
        let sum = writer.head().length;
        for (let at = 0; at < items.length; at += 100) {
          sum += writer.block(items.slice(at, at + 100)).length;
        }
        return sum;
      };
    },
  };
}

const { dataSharePacket, validityPacket } = records;
const ofPacket = (packet: DataSharePacket) => packet.rPit + packet.encryptedPayload.length;
const ofValidity = ({ fR, gR, hR }: ValidityPacket) => fR + gR + hR;
const small = (count: number) => packets(count, SEALED_SIZES[5]);
const large = (count: number) => packets(count, SEALED_SIZES[1344]);

export const rows: readonly BenchRow[] = [
  reading('packets of 5 bins', dataSharePacket, small, ofPacket),
  reading('packets of 1344 bins', dataSharePacket, large, ofPacket),
  reading('validity packets', validityPacket, validities, ofValidity),
  writing('packets of 5 bins', dataSharePacket, small),
  writing('validity packets', validityPacket, validities),
];
