/** Manifests: what ENPA's servers publish about themselves (`@priolab/roles/manifest`). */

export { bucketFault, bucketKind, type BucketKind } from './bucket-url.ts';
export { manifestDecoders, manifestText } from './decoders.ts';
export {
  readIngestorManifest,
  readPortalManifest,
  readProcessorGlobalManifest,
  readProcessorManifest,
  writeIngestorManifest,
  writePortalManifest,
  writeProcessorGlobalManifest,
  writeProcessorManifest,
  type BatchSigningPublicKey,
  type BatchSigningPublicKeys,
  type IngestorManifest,
  type OldProcessorManifest,
  type PortalManifest,
  type ProcessorGlobalManifest,
  type ProcessorManifest,
} from './documents.ts';
export {
  lintManifest,
  manifestKinds,
  type Finding,
  type FindingCode,
  type LintOptions,
  type ManifestKind,
} from './lint.ts';
export {
  batchSigningKeys,
  expiredSigningKeys,
  packetEncryptionKeys,
  readExpiration,
} from './manifest-keys.ts';
export { ManifestError } from './manifest-node.ts';
export type { ManifestProblem } from './strict-json.ts';
