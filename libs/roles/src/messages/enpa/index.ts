/**
 * The wire of ENPA as the real servers of 2021 speak it: Avro containers, signatures, names,
 * windows and tasks. Sans-IO: bytes and texts in, records out. ENPA's own words stop here.
 */

export { createContainerReader, decodeContainer, decodeOne } from './container-reader.ts';
export type { ContainerReader } from './container-reader.ts';
export { createContainerWriter, encodeContainer } from './container-writer.ts';
export type { ContainerForm, ContainerWriter } from './container-writer.ts';
export { EnpaError } from './errors.ts';
export type { EnpaErrorCode } from './errors.ts';
export { sealIngestionBatch, uuidText } from './ingestion-batch.ts';
export type { IngestionBatch, SealedBatch } from './ingestion-batch.ts';
export { isU32, isUuid, records } from './records.ts';
export type {
  BatchParameters,
  BatchSignature,
  DataSharePacket,
  IngestionHeader,
  InvalidPacket,
  RecordKind,
  SumPart,
  ValidityHeader,
  ValidityPacket,
} from './records.ts';
export { parseBucketUrl } from './bucket-url.ts';
export type { BucketDialect, BucketUrl } from './bucket-url.ts';
export {
  aggregateMarker,
  aggregationIds,
  batchPath,
  ingestionEndings,
  intakeMarker,
  isNameSegment,
  markerFolder,
  readBatchPath,
  readSumPartPath,
  sortBatches,
  sumPartPath,
  validationEndings,
} from './names.ts';
export type { BatchName, Endings, ServerIndex, SumPartName } from './names.ts';
export { sampleConstants, sampleSum, sampleVector, sampleVectors } from './sample.ts';
export {
  checkPacketDigest,
  createBatchSigner,
  createBatchVerifier,
  createServiceSigner,
  openHeader,
  sealHeader,
  sealSingle,
} from './signature.ts';
export type {
  BatchSigner,
  BatchVerifier,
  OpenedHeader,
  SignatureVerdict,
  SignedParts,
} from './signature.ts';
export { pairSumParts } from './sum-pairs.ts';
export type { HeldSum, NamedSumPart, SumPairing, SumTotal } from './sum-pairs.ts';
export {
  decodeAggregationTask,
  decodeIntakeTask,
  encodeAggregationTask,
  encodeIntakeTask,
} from './tasks.ts';
export type { AggregationTask, IntakeTask } from './tasks.ts';
export { formatMinute, fromWireTime, parseMinute, toWireTime } from './time.ts';
export type { TimeUnit } from './time.ts';
export { aggregationWindow, hourPrefixes, intakeWindow, isWithin, windowAt } from './windows.ts';
export type { Interval } from './windows.ts';
