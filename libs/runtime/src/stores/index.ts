/**
 * Stores that a program uses as they are, without simulated time: in memory, in files, in S3.
 * Whoever only simulates imports `@priolab/runtime`, which loads none of this.
 */

export { createFileStore, type FileStoreOptions } from './file-store.ts';
export { createMemoryStreamingStore, streaming } from './memory-streaming-store.ts';
export { ObjectKeyError, checkKey, checkPrefix, type ObjectKeyErrorCode } from './object-key.ts';
export type { ObjectStat, ObjectStore } from './object-store.ts';
export { openStore, type Environment, type OpenStoreOptions } from './open-store.ts';
export { StoreSettingsError, type S3Address } from './s3/address.ts';
export type { S3Credentials } from './s3/client.ts';
export { createS3Store, type S3StoreOptions } from './s3/s3-store.ts';
export type { OnStoreStep, PutOptions, StreamingStore } from './streaming-store.ts';
export { TransportError, type TransportErrorCode } from '../transport-error.ts';
