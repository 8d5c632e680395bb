/**
 * Where things are in a run whose processors are processes, and whose key is which: one instance
 * for each state and vendor, as in ENPA; keys from the seed tree, so that what devices seal opens.
 * Source: ENPA sections 6.2 (instance = locality-ingestor), 6.6 (which buckets there are).
 */

import { KeyPair, sha256 } from '@priolab/crypto';
import type { SeedBranch } from '@priolab/crypto';
import type { ProcessorRole, Vendor } from '@priolab/roles';

import { branches } from '../run/settings.ts';
import { scalarOf } from '../run/world.ts';

export const ROLES: readonly ProcessorRole[] = ['leader', 'helper'];

/** For example `us-wa-apple`. */
export function instanceOf(state: string, vendor: Vendor): string {
  return `${state}-${vendor}`;
}

/** Buckets of a run, below a folder or an S3 prefix; they are plain data, for worker threads. */
export interface Buckets {
  /** A path, or `s3://region/bucket/prefix`. */
  readonly root: string;
}

/** Where the ingestor of an instance writes for a processor. */
export function ingestionBucket({ root }: Buckets, role: ProcessorRole, instance: string): string {
  return `${root}/${role}-ingestion/${instance}`;
}

/** Where the peer writes for a processor. */
export function validationBucket({ root }: Buckets, role: ProcessorRole, instance: string): string {
  return `${root}/${role}-validations/${instance}`;
}

/** Where a processor writes its sum parts. */
export function sumBucket({ root }: Buckets, role: ProcessorRole): string {
  return `${root}/${role}-sums`;
}

export function packetKeyId(role: ProcessorRole): string {
  return `${role}-packet-key`;
}

export function signingKeyId(owner: ProcessorRole | Vendor): string {
  return `${owner}-signing-key`;
}

/** What devices seal to a processor, which is the in-memory processor's as well. */
export function packetKey(seedTree: SeedBranch, role: ProcessorRole): KeyPair {
  return new KeyPair(scalarOf(branches.processor(seedTree, role)));
}

export function processorSigningKey(seedTree: SeedBranch, role: ProcessorRole): KeyPair {
  return new KeyPair(scalarOf(branches.processor(seedTree, role).child('batch-signing')));
}

export function ingestorSigningKey(seedTree: SeedBranch, vendor: Vendor): KeyPair {
  return new KeyPair(scalarOf(branches.ingestor(seedTree, vendor).child('batch-signing')));
}

/** The mark between a file's blocks, by the file's name: the same run writes the same files. */
export function syncOf(key: string): Uint8Array {
  return sha256(new TextEncoder().encode(`priolab sync mark\n${key}`)).slice(0, 16);
}
