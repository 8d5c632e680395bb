/**
 * The four manifests in which ENPA's servers publish keys, buckets and identities: read strictly,
 * and written. Source: ENPA section 6.6, after facilitator/src/manifest.rs.
 *
 * A reader takes what the facilitator took and no more (unknown members, types, formats), and also
 * refuses members that stand twice, malformed bucket URLs and anything of unreasonable size. Keys
 * are only text here: `manifest-keys.ts` reads them.
 */

import { bucketFault } from './bucket-url.ts';
import { readManifest } from './manifest-node.ts';
import type { ManifestNode } from './manifest-node.ts';

const TEXT_LENGTH_MAX = 2048;
/** A certificate with its issuers; everything else is shorter. */
const PEM_LENGTH_MAX = 2 ** 15;

export interface BatchSigningPublicKey {
  /** SubjectPublicKeyInfo in PEM. */
  readonly publicKey: string;
  /** RFC 3339, or empty: none. */
  readonly expiration: string;
}

export type BatchSigningPublicKeys = ReadonlyMap<string, BatchSigningPublicKey>;

/** `{base}/global-manifest.json` or `{base}/{locality}-manifest.json` of an ingestion server. */
export interface IngestorManifest {
  readonly format: 1;
  readonly serverIdentity: {
    readonly awsIamEntity?: string;
    readonly gcpServiceAccountId?: string;
    readonly gcpServiceAccountEmail: string;
  };
  readonly batchSigningPublicKeys: BatchSigningPublicKeys;
}

/** `global-manifest.json` of a data share processor; at most one of the two ids. */
export interface ProcessorGlobalManifest {
  readonly format: 0 | 1;
  readonly serverIdentity: {
    readonly awsAccountId?: bigint;
    /** Decimal digits. */
    readonly gcpServiceAccountId?: string;
    readonly gcpServiceAccountEmail: string;
  };
}

interface ProcessorPlaces {
  readonly ingestionBucket: string;
  /** Role or service account to assume for writing; none: one's own identity. */
  readonly ingestionIdentity?: string;
  readonly peerValidationBucket: string;
  readonly peerValidationIdentity?: string;
  readonly batchSigningPublicKeys: BatchSigningPublicKeys;
}

/** `{instance}-manifest.json` of a data share processor. */
export interface ProcessorManifest extends ProcessorPlaces {
  readonly format: 1 | 2;
  readonly packetEncryptionKeys: ReadonlyMap<
    string,
    { readonly certificateSigningRequest: string }
  >;
}

/** The form of 2020, with certificates: read only. */
export interface OldProcessorManifest extends ProcessorPlaces {
  readonly format: 0;
  readonly packetEncryptionCertificates: ReadonlyMap<string, { readonly certificate: string }>;
}

/** `{base}/global-manifest.json` of the portal. */
export interface PortalManifest {
  readonly format: 1;
  readonly facilitatorSumPartBucket: string;
  readonly phaSumPartBucket: string;
}

/** @throws ManifestError with all problems; so do the other readers */
export function readIngestorManifest(text: string): IngestorManifest {
  return readManifest(text, (root) => {
    const found = root.members('format', 'server-identity', 'batch-signing-public-keys');
    const identity = found['server-identity'].members(
      'aws-iam-entity',
      'gcp-service-account-id',
      'gcp-service-account-email',
    );
    return {
      format: found.format.oneOf(1),
      serverIdentity: {
        ...optional('awsIamEntity', identity['aws-iam-entity']),
        ...optional('gcpServiceAccountId', identity['gcp-service-account-id']),
        gcpServiceAccountEmail: identity['gcp-service-account-email'].text(TEXT_LENGTH_MAX),
      },
      batchSigningPublicKeys: signingKeysOf(found['batch-signing-public-keys']),
    };
  });
}

export function readProcessorGlobalManifest(text: string): ProcessorGlobalManifest {
  return readManifest(text, (root) => {
    const found = root.members('format', 'server-identity');
    const identity = found['server-identity'].members(
      'aws-account-id',
      'gcp-service-account-id',
      'gcp-service-account-email',
    );
    const account = identity['aws-account-id'];
    const service = identity['gcp-service-account-id'];
    if (account.isThere && service.isThere) service.fail('none beside aws-account-id', 'both');
    const digits = (id: string) => (/^\d{1,40}$/.test(id) ? undefined : 'decimal digits');
    return {
      format: found.format.oneOf(0, 1),
      serverIdentity: {
        ...(account.isThere ? { awsAccountId: account.unsigned64() } : {}),
        ...optional('gcpServiceAccountId', service, digits),
        gcpServiceAccountEmail: identity['gcp-service-account-email'].text(TEXT_LENGTH_MAX),
      },
    };
  });
}

const PLACES = [
  'format',
  'ingestion-bucket',
  'ingestion-identity',
  'peer-validation-bucket',
  'peer-validation-identity',
  'batch-signing-public-keys',
] as const;

/** Format 0 is told from 1 and 2 by what its packet keys are called. */
export function readProcessorManifest(text: string): ProcessorManifest | OldProcessorManifest {
  return readManifest<ProcessorManifest | OldProcessorManifest>(text, (root) => {
    if (root.has('packet-encryption-certificates')) {
      const found = root.members(...PLACES, 'packet-encryption-certificates');
      const certificates = found['packet-encryption-certificates'].byKeyId((key) => {
        const { certificate } = key.members('certificate');
        return { certificate: certificate.text(PEM_LENGTH_MAX) };
      });
      const format = found.format.oneOf(0);
      return { format, ...placesOf(found), packetEncryptionCertificates: certificates };
    }
    const found = root.members(...PLACES, 'packet-encryption-keys');
    const packetEncryptionKeys = found['packet-encryption-keys'].byKeyId((key) => {
      const request = key.members('certificate-signing-request')['certificate-signing-request'];
      return { certificateSigningRequest: request.text(PEM_LENGTH_MAX) };
    });
    return { format: found.format.oneOf(1, 2), ...placesOf(found), packetEncryptionKeys };
  });
}

export function readPortalManifest(text: string): PortalManifest {
  return readManifest(text, (root) => {
    const found = root.members('format', 'facilitator-sum-part-bucket', 'pha-sum-part-bucket');
    return {
      format: found.format.oneOf(1),
      facilitatorSumPartBucket: bucketOf(found['facilitator-sum-part-bucket']),
      phaSumPartBucket: bucketOf(found['pha-sum-part-bucket']),
    };
  });
}

function placesOf(found: Record<(typeof PLACES)[number], ManifestNode>): ProcessorPlaces {
  return {
    ingestionBucket: bucketOf(found['ingestion-bucket']),
    ...optional('ingestionIdentity', found['ingestion-identity']),
    peerValidationBucket: bucketOf(found['peer-validation-bucket']),
    ...optional('peerValidationIdentity', found['peer-validation-identity']),
    batchSigningPublicKeys: signingKeysOf(found['batch-signing-public-keys']),
  };
}

function signingKeysOf(node: ManifestNode): BatchSigningPublicKeys {
  return node.byKeyId((key) => {
    const found = key.members('public-key', 'expiration');
    return {
      publicKey: found['public-key'].text(PEM_LENGTH_MAX),
      expiration: found.expiration.text(TEXT_LENGTH_MAX),
    };
  });
}

function bucketOf(node: ManifestNode): string {
  return node.text(TEXT_LENGTH_MAX, bucketFault);
}

function optional<K extends string>(
  name: K,
  node: ManifestNode,
  fault?: (text: string) => string | undefined,
): { readonly [N in K]?: string } {
  if (!node.isThere) return {};
  return { [name]: node.text(TEXT_LENGTH_MAX, fault) } as { readonly [N in K]?: string };
}

/** The JSON text, with a final newline. @throws ManifestError where it would not be read again */
export function writeIngestorManifest(manifest: IngestorManifest): string {
  const { format, serverIdentity: identity, batchSigningPublicKeys } = manifest;
  return written(readIngestorManifest, {
    format,
    'server-identity': {
      'aws-iam-entity': identity.awsIamEntity,
      'gcp-service-account-id': identity.gcpServiceAccountId,
      'gcp-service-account-email': identity.gcpServiceAccountEmail,
    },
    'batch-signing-public-keys': signingKeysWritten(batchSigningPublicKeys),
  });
}

export function writeProcessorGlobalManifest(manifest: ProcessorGlobalManifest): string {
  const { format, serverIdentity: identity } = manifest;
  return written(readProcessorGlobalManifest, {
    format,
    'server-identity': {
      'aws-account-id': identity.awsAccountId,
      'gcp-service-account-id': identity.gcpServiceAccountId,
      'gcp-service-account-email': identity.gcpServiceAccountEmail,
    },
  });
}

export function writeProcessorManifest(manifest: ProcessorManifest): string {
  const requests = [...manifest.packetEncryptionKeys].map(
    ([id, { certificateSigningRequest }]) =>
      [id, { 'certificate-signing-request': certificateSigningRequest }] as const,
  );
  return written(readProcessorManifest, {
    format: manifest.format,
    'ingestion-bucket': manifest.ingestionBucket,
    'ingestion-identity': manifest.ingestionIdentity,
    'peer-validation-bucket': manifest.peerValidationBucket,
    'peer-validation-identity': manifest.peerValidationIdentity,
    'batch-signing-public-keys': signingKeysWritten(manifest.batchSigningPublicKeys),
    'packet-encryption-keys': new Map(requests),
  });
}

export function writePortalManifest(manifest: PortalManifest): string {
  return written(readPortalManifest, {
    format: manifest.format,
    'facilitator-sum-part-bucket': manifest.facilitatorSumPartBucket,
    'pha-sum-part-bucket': manifest.phaSumPartBucket,
  });
}

function signingKeysWritten(keys: BatchSigningPublicKeys): Writable {
  const entries = [...keys].map(
    ([id, { publicKey, expiration }]) => [id, { 'public-key': publicKey, expiration }] as const,
  );
  return new Map(entries);
}

/** What JSON.stringify can't write: unsigned 64-bit numbers, and members in order of any name. */
type Writable =
  | string
  | number
  | bigint
  | undefined
  | { readonly [name: string]: Writable }
  | ReadonlyMap<string, Writable>;

function written(read: (text: string) => unknown, value: Writable): string {
  const text = `${textOf(value, '')}\n`;
  read(text);
  return text;
}

function textOf(value: Writable, indent: string): string {
  if (typeof value === 'bigint') return `${value}`;
  if (typeof value !== 'object') return JSON.stringify(value);
  const members = value instanceof Map ? [...value] : Object.entries(value);
  const inner = `${indent}  `;
  const lines = members
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => `${inner}${JSON.stringify(name)}: ${textOf(member, inner)}`);
  return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${indent}}`;
}
