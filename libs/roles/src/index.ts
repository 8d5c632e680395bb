/** The four parties of ENPA and what passes between them, sans-IO. */

export {
  BATCH_ID_SIZE,
  DAY_MS,
  REPORT_ID_SIZE,
  type AggregateShare,
  type BareBatch,
  type BatchHead,
  type MeasurementBlock,
  type ProcessorRole,
  type ReportBlock,
  type SealedBlock,
  type ShareBatch,
  type UploadBlock,
  type VerifierShareBlock,
} from './blocks.ts';
export { estimate, estimateTotals, type Estimate } from './combiner/authority.ts';
export {
  combine,
  type AggregateResult,
  type Combination,
  type HeldPair,
  type HoldReason,
} from './combiner/combiner.ts';
export { createDevice, type Device, type ProcessorKeys } from './device/device.ts';
export {
  createIdentityIssuer,
  type AuthoritySigner,
  type IdentityBlock,
  type IdentityIssuer,
} from './device/identity.ts';
export { createAttestation, type Attestation } from './ingestor/attestation.ts';
export { createQueryRandomnessOfDigests } from './ingestor/query-randomness.ts';
export { createDirectIntake, type DirectIntake } from './ingestor/direct-intake.ts';
export { createReplayGuard, type ReplayGuard } from './ingestor/replay-guard.ts';
export { createIngestor, type BatchPair, type Ingestor, type Intake } from './ingestor/ingestor.ts';
export {
  decodeBatchSet,
  decodeShareBatch,
  decodeSumPart,
  decodeVerifierShares,
  encodeBatchSet,
  encodeShareBatch,
  encodeSumPart,
  includedDigest,
  encodeVerifierShares,
  reportIdsOf,
  type BatchSet,
  type Decoded,
  type KnownTasks,
  type PeerWord,
  type Rejected,
} from './messages/plain-batch.ts';
export {
  createObjectReader,
  createObjectSigner,
  decodeHeader,
  encodeHeader,
  type Header,
  type ObjectFault,
  type ObjectReader,
  type ObjectSigner,
  type Opened,
  type SignedObject,
} from './messages/signed-object.ts';
export {
  CREATED_AT,
  CERTIFICATE_AT,
  CERTIFICATE_DAY_AT,
  CREDENTIAL_SIZE,
  DEVICE_KEY_AT,
  LEADER_AT,
  LEADER_SIZE_AT,
  REPORT_ID_AT,
  TASK_ID_AT,
  UPLOAD_VERSION,
  readTimeMs,
  uploadFault,
  uploadLayout,
  writeTimeMs,
  writeUint32,
  type UploadLayout,
} from './messages/upload.ts';
export { binLabel } from './metrics/bin-labels.ts';
export { catalogueMetric, metricCatalogue } from './metrics/catalogue.ts';
export {
  encodeCodeVerified,
  encodeDateExposure,
  encodeDateExposureCumulative,
  encodeInteraction,
  encodeKeysUploaded,
  encodeNotification,
  encodeReportType,
  encodeRiskHistogram,
  encodeSecondaryAttack,
  encodeVaccineStatus,
  exposureClassCount,
  reportTypes,
  type Interaction,
  type VaccineStatus,
} from './metrics/encoders.ts';
export {
  MetricError,
  customMetric,
  maxBins,
  type CustomMetricSettings,
  type Metric,
  type MetricCadence,
  type MetricLayout,
} from './metrics/metric.ts';
export { attenuationBin, dayBin, durationBin } from './metrics/risk-histogram.ts';
export { createProcessor, type Processor } from './processor/processor.ts';
export { ProtocolAbort } from './protocol-abort.ts';
export { flipProbability, flipThreshold } from './randomness/flip-threshold.ts';
export { REASONS, reasonCode, reasonOf, type Reason } from './reasons.ts';
export { TASK_ID_SIZE, createTask, type Task, type TaskParameters, type Vendor } from './task.ts';
