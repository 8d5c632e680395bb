/**
 * An ingestion batch as the real servers read it: what an ingestor gives one processor, as the
 * three objects of a bucket in the order in which they are written.
 * Source: ENPA sections 6.1 (PrioIngestionHeader, PrioDataSharePacket), 6.2 (names, write order).
 */

import { sha256 } from '@priolab/crypto';

import { REPORT_ID_SIZE } from '../../blocks.ts';
import type { ShareBatch } from '../../blocks.ts';
import { encodeContainer } from './container-writer.ts';
import { batchPath, ingestionEndings } from './names.ts';
import type { BatchName } from './names.ts';
import { records } from './records.ts';
import type { BatchParameters, DataSharePacket } from './records.ts';
import { sealHeader } from './signature.ts';
import type { BatchSigner } from './signature.ts';
import { toWireTime } from './time.ts';
import type { TimeUnit } from './time.ts';

export interface IngestionBatch {
  readonly batch: ShareBatch;
  readonly parameters: BatchParameters;
  /** A whole minute in ms: the name says it, and it decides in which window the batch is summed. */
  readonly batchTime: number;
  /** Of the contributions, in ms. */
  readonly startTime: number;
  readonly endTime: number;
  readonly timeUnit: TimeUnit;
  readonly signer: BatchSigner;
  /** The sync marker of the object with this key: 16 bytes. */
  readonly syncOf: (key: string) => Uint8Array;
  readonly encryptionKeyId: string | null;
  readonly versionConfiguration: string | null;
}

export interface SealedBatch {
  readonly name: BatchName;
  /** Packets, header, signature: a batch is there when its signature is. */
  readonly objects: readonly { readonly key: string; readonly bytes: Uint8Array }[];
}

/**
 * The bytes are copies: `batch` may be a view of an ingestor's arena. A batch of no reports has no
 * packet object, as a bucket holds no object of zero bytes.
 * @throws EnpaError `wrong-value`, `name`
 */
export function sealIngestionBatch(options: IngestionBatch): SealedBatch {
  const { batch, parameters, startTime, endTime, timeUnit, signer, syncOf } = options;
  const batchUuid = uuidText(batch.batchId);
  const name: BatchName = { aggregation: parameters.name, time: options.batchTime, batchUuid };
  const base = batchPath(name);
  const keyOf = (part: keyof typeof ingestionEndings): string => base + ingestionEndings[part];
  const keys = { packets: keyOf('packets'), header: keyOf('header') };
  const packets = encodeContainer(records.dataSharePacket, packetsOf(options), {
    sync: syncOf(keys.packets),
  });
  const header = {
    batchUuid,
    ...parameters,
    batchStartTime: toWireTime(startTime, timeUnit),
    batchEndTime: toWireTime(endTime, timeUnit),
    packetFileDigest: sha256(packets),
  };
  const form = { sync: syncOf(keys.header) };
  const sealed = sealHeader(records.ingestionHeader, header, signer, form);
  return {
    name,
    objects: [
      ...(packets.length === 0 ? [] : [{ key: keys.packets, bytes: packets }]),
      { key: keys.header, bytes: sealed.header },
      { key: keyOf('signature'), bytes: sealed.signature },
    ],
  };
}

function packetsOf({
  batch,
  encryptionKeyId,
  versionConfiguration,
}: IngestionBatch): DataSharePacket[] {
  const { count, reportIds, queryRandomness, sealed, sealedSize } = batch;
  return Array.from({ length: count }, (_, i) => {
    const at = sealed.offset + i * sealed.stride;
    return {
      uuid: uuidText(reportIds, i * REPORT_ID_SIZE),
      encryptedPayload: sealed.bytes.subarray(at, at + sealedSize),
      encryptionKeyId,
      rPit: queryRandomness[i]!,
      versionConfiguration,
      deviceNonce: null,
    };
  });
}

/** 16 bytes from `offset` on as the text of a uuid; any bytes, whatever version they would be. */
export function uuidText(bytes: Uint8Array, offset = 0): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset + offset, 16).toString('hex');
  const cuts = [0, 8, 12, 16, 20, 32];
  return cuts
    .slice(1)
    .map((to, i) => hex.slice(cuts[i], to))
    .join('-');
}
